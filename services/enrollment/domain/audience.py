"""Whom a program is for, and which enrollment follows from that."""

from collections.abc import Callable, Mapping, Sequence

from services.enrollment.domain.words import CATEGORIES, STAGES


def segments(path: str) -> list[str]:
    """The codes of an organization path: `/1/12/133/` is 1, 12, 133."""
    return [code for code in path.split("/") if code]


def below(path: str, top: str) -> bool:
    """Whether `path` is `top` or lies below it. `/` is above everything; `/1/` not above `/12/`."""
    above = segments(top)
    return segments(path)[: len(above)] == above


def standing(entered: Mapping[str, str]) -> frozenset[str]:
    """The categories a member is of, from each category ever entered and the day since when.

    Of the stages it is the one entered last, on equal days the further one;
    duties stand beside it.
    """
    stages = [category for category in STAGES.values() if category in entered]
    duties = frozenset(entered) - frozenset(stages)
    if not stages:
        return duties
    return duties | {max(stages, key=lambda stage: (entered[stage], stages.index(stage)))}


def belongs(
    member_categories: frozenset[str],
    member_path: str,
    audience: Mapping[str, Sequence[str]],
) -> str | None:
    """The category in which a member is of an audience, or None.

    `audience` is that of a published program: `categories` and `paths`. Of
    several matching categories it is the first in the order of CATEGORIES.
    An audience that names no organization is nobody's.
    """
    if not any(below(member_path, top) for top in audience["paths"]):
        return None
    wanted = member_categories & frozenset(audience["categories"])
    return next((category for category in CATEGORIES if category in wanted), None)


def enrollment_of(member_id: str, program_version_id: str, derive: Callable[..., str]) -> str:
    """The id of a member's enrollment in a program version: told twice, it is one enrollment."""
    return derive("enrollment", member_id, program_version_id)
