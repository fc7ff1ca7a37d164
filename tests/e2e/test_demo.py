"""A whole training over HTTP: nothing is lost, nothing is counted twice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zhixing.bench.cluster import Cluster
from zhixing.demo import play, training
from zhixing.demo.statements import Moodle

FIGURES = [
    "members",
    "statements",
    "enrollments",
    "scored",
    "passed",
    "certificates",
    "records",
    "lost",
    "doubled",
    "seconds",
]


def demo(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "zhixing", "demo", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=250)


def agree(figures: dict[str, Any], members: int) -> None:
    """The figures of a whole training that went well."""
    assert (figures["lost"], figures["doubled"]) == (0, 0)
    assert figures["members"] == members
    assert figures["enrollments"] == figures["scored"] == figures["records"] > members
    assert figures["certificates"] == figures["passed"]
    assert 0 < figures["passed"] < figures["scored"]
    assert figures["statements"] > len(Moodle(play.DATA).told)


@pytest.fixture(scope="module")
def members() -> int:
    return len(training.places(play.today()))


def test_the_demo_plays_a_whole_training_and_nothing_is_lost_or_doubled(members: int) -> None:
    done = demo("--json")
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads(done.stdout)
    assert list(figures) == FIGURES
    agree(figures, members)


def test_without_real_data_the_demo_plays_with_its_own(members: int, tmp_path: Path) -> None:
    done = demo("--json", "--data", str(tmp_path))
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads(done.stdout)
    assert (figures["lost"], figures["doubled"]) == (0, 0)
    assert figures["members"] == members


def test_one_process_per_service_on_a_real_broker_loses_and_doubles_nothing(
    members: int, tmp_path: Path
) -> None:
    with Cluster(tmp_path) as cluster:
        figures = play.play_at(cluster.gateway, cluster.environment["ZHIXING_ADMIN_PASSWORD"])
    agree(figures, members)
