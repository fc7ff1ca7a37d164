"""Documents say what is there: links lead somewhere, records are whole, nothing names a machine."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
SECTIONS = [
    "## Context",
    "## Decision",
    "## What it costs",
    "## What was measured",
    "## How to reverse",
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# Folders of one machine, and hosts from which packages or images come.
MACHINE = re.compile(
    r"(?<![\w.$~/-])/(?:home/\w|Users/\w|root/|work/|tmp/\w)"
    r"|\bregistry\.[a-z0-9-]+\.(?:com|io|net|org|cn)\b"
    r"|\b(?:docker|ghcr|quay|gcr|pypi|pythonhosted|npmjs)\.(?:com|io|org)\b"
)


def tracked() -> list[Path]:
    """The files of the repository, also those not yet committed."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*command, "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted({file for file in files if file.is_file()})


def text_of(file: Path) -> str:
    """What a text file says; nothing for others."""
    content = file.read_bytes()
    return "" if b"\0" in content else content.decode()


def broken_links(file: Path) -> list[str]:
    """The relative links of a document that lead nowhere."""
    targets = LINK.findall(FENCE.sub("", text_of(file)))
    relative = (target.partition("#")[0] for target in targets if ":" not in target)
    return [
        target for target in relative if target and not (file.parent / unquote(target)).exists()
    ]


def test_every_relative_link_leads_somewhere() -> None:
    broken = {
        str(file.relative_to(ROOT)): links
        for file in tracked()
        if file.suffix == ".md" and (links := broken_links(file))
    }
    assert broken == {}


def records() -> list[Path]:
    return sorted(DECISIONS.glob("[0-9]*.md"))


@pytest.mark.parametrize("record", records(), ids=lambda record: str(record.stem))
def test_a_decision_has_its_sections(record: Path) -> None:
    lines = record.read_text().splitlines()
    assert lines[0].startswith(f"# {int(record.stem[:4])}. ")
    assert [line for line in lines if line.startswith("## ")] == SECTIONS
    for section in re.split(r"^## .*$", record.read_text(), flags=re.MULTILINE)[1:]:
        assert section.strip()


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    numbers = [int(record.stem[:4]) for record in records()]
    assert numbers == list(range(1, len(numbers) + 1))
    listed = LINK.findall((DECISIONS / "README.md").read_text())
    assert listed == [record.name for record in records()]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {
        f"{file.relative_to(ROOT)}:{number}": line.strip()[:120]
        for file in tracked()
        if file != Path(__file__)
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if MACHINE.search(line)
    }
    assert found == {}
