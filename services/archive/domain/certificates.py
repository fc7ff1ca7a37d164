"""Which certificates an enrollment has, from its releases and those issued."""

from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

VALID, SUPERSEDED, QUESTIONED = "valid", "superseded", "questioned"


@dataclass(frozen=True, slots=True)
class Release:
    """A score told to its member; rounds count from 1."""

    id: str
    round: int
    total: str
    hours: str
    passed: bool
    on: date


@dataclass(frozen=True, slots=True)
class Due:
    """A certificate that follows from a release."""

    serial: str
    release: Release
    supersedes: str | None


def serial(release: Release) -> str:
    """`ZX`, the year and 50 bits that only who knows the release could guess.

    Derived, so that the same release never has two.
    """
    check = b32encode(sha256(f"certificate\n{release.id}".encode()).digest()).decode()
    return f"ZX{release.on.year}-{check[:5]}-{check[5:10]}"


def in_order(releases: Iterable[Release]) -> list[Release]:
    """The releases of rounds 1, 2, … as far as none is missing: what follows waits."""
    by_round = {release.round: release for release in releases}
    ordered: list[Release] = []
    while len(ordered) + 1 in by_round:
        ordered.append(by_round[len(ordered) + 1])
    return ordered


def certificates(releases: Iterable[Release]) -> list[Due]:
    """One for the first passed release, and a new one whenever what is printed changed.

    A pure function of the releases in their rounds, so it does not matter in
    which order they were heard.
    """
    due: list[Due] = []
    for release in in_order(releases):
        if not release.passed:
            continue
        last = due[-1] if due else None
        if last and (last.release.total, last.release.hours) == (release.total, release.hours):
            continue
        due.append(Due(serial(release), release, last.serial if last else None))
    return due


def status(certificate: Due, due: list[Due], releases: Iterable[Release]) -> str:
    """valid; superseded by a later one; or questioned, when a later release did not pass.

    Nothing is revoked silently: a questioned certificate waits for a decision.
    """
    if certificate != due[-1]:
        return SUPERSEDED
    return VALID if in_order(releases)[-1].passed else QUESTIONED
