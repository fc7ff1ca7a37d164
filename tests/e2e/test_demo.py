"""A whole training over HTTP: nothing is lost, nothing is counted twice."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.intake.statements import read_statement
from zhixing.bench.cluster import Cluster
from zhixing.demo import play, ratings, training
from zhixing.demo.statements import ATTENDED, COMPLETED, COURSE, DELETED, REPLIED, SCORM, Moodle

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


def test_without_real_data_there_is_a_statement_of_each_event_and_a_rating_of_each_outcome() -> (
    None
):
    made, now = Moodle(), datetime.now(UTC)
    for event in (COURSE, COMPLETED, ATTENDED, SCORM, REPLIED, DELETED):
        read_statement(made.of_event[event], partner="p", now=now)
    assert all(len(group.marks) >= play.REVIEWERS for group in ratings.read(None))


def test_one_process_per_service_on_a_real_broker_loses_and_doubles_nothing(
    members: int, tmp_path: Path
) -> None:
    with Cluster(tmp_path) as cluster:
        figures = play.play_at(cluster.gateway, cluster.environment["ZHIXING_ADMIN_PASSWORD"])
    agree(figures, members)
