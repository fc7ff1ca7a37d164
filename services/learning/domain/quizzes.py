"""What follows from passed quizzes: modules are completed.

A module that was completed stays so, also where a later round says that the
quiz was not passed after all; and a module is completed once, by the earliest
fact that shows it, be it a quiz or a partner's statement.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.learning.domain.progress import Completed, Enrollment


class Passed(NamedTuple):
    """An enrollment has passed a quiz that completes these modules; `id` is the fact's."""

    id: str
    enrollment_id: str
    time: datetime
    module_ids: frozenset[str]


def by_quizzes(
    passed: Iterable[Passed], *, enrollments: Iterable[Enrollment], beside: Iterable[Completed]
) -> frozenset[Completed]:
    """All completions: those by quizzes, of modules of the enrollment's program, and others."""
    hours = {(one.id, module.id): module.hours for one in enrollments for module in one.modules}
    shown = list(beside)
    for quiz in passed:
        for module_id in quiz.module_ids:
            worth = hours.get((quiz.enrollment_id, module_id))
            if worth is not None:
                shown.append(Completed(quiz.enrollment_id, module_id, worth, quiz.id, quiz.time))
    earliest: dict[tuple[str, str], Completed] = {}
    for one in sorted(shown, key=lambda one: (one.time, one.evidence)):
        earliest.setdefault((one.enrollment_id, one.module_id), one)
    return frozenset(earliest.values())
