"""The conditions of passing, each with the sentence that says why it is met or not."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.assessment.domain.amounts import counted, plain
from services.assessment.domain.known import Known
from services.assessment.domain.marks import standing_reviews
from services.assessment.domain.peers import awaits_referee, is_judged
from services.assessment.domain.progress import LISTED, Chosen, Progress
from services.assessment.domain.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition of passing, whether it is met, and why."""

    code: str
    met: bool
    zh: str
    en: str


NO_ELECTIVES = Gate("electives", True, "本项目没有选修要求。", "The program has no elective rules.")
OUTCOME_IN = Gate("outcome", True, "已提交研修成果。", "The outcome is submitted.")
OUTCOME_MISSING = Gate("outcome", False, "尚未提交研修成果。", "The outcome is not submitted yet.")
NOT_OPENED = Gate("reviews", False, "互评尚未开始。", "Reviews have not begun yet.")
WITHDRAWN = Gate("enrolled", False, "已退出培训。", "Withdrawn from the program.")
UNMARKED = Gate(
    "marked",
    False,
    "研修成果尚无互评，也无工作人员评分。",
    "The outcome has neither a review nor a staff mark yet.",
)


def gates(scheme: Scheme, known: Known, theory: Progress, practice: Progress) -> tuple[Gate, ...]:
    """The gates of a scheme; where the outcome weighs nothing, none is about it.

    An outcome that was handed in must have been judged, whatever the scheme
    asks for, and who has withdrawn does not pass.
    """
    learned = (
        _modules(theory, practice),
        _electives(theory.chosen + practice.chosen),
        _posts(scheme, known),
    )
    about_outcome: tuple[Gate, ...] = ()
    if scheme.outcome:
        about_outcome = (OUTCOME_IN if known.outcome else OUTCOME_MISSING, _reviews(known))
    asked = [gate for gate in (*learned, *about_outcome) if gate.code in scheme.gates]
    if scheme.outcome and (known.outcome or "outcome" in scheme.gates):
        asked.append(_marked(scheme, known))
    if known.withdrawn:
        asked.append(WITHDRAWN)
    return tuple(asked)


def _modules(theory: Progress, practice: Progress) -> Gate:
    done = theory.modules + practice.modules
    asked = len(theory.side.ids) + len(practice.side.ids)
    return Gate(
        "modules",
        done >= asked,
        f"完成 {done}/{asked} 个必修模块。",
        f"{done} of {asked} required modules are completed.",
    )


def _electives(chosen: tuple[Chosen, ...]) -> Gate:
    if not chosen:
        return NO_ELECTIVES
    unmet = [each for each in chosen if not each.met]
    kept, asked = len(chosen) - len(unmet), len(chosen)
    zh, en = f"达到 {kept}/{asked} 组选修要求", f"{kept} of {asked} elective rules are kept"
    for each in unmet[:LISTED]:
        zh += f"；“{each.title}”完成 {'或 '.join(_rules(each, ' 个模块', ' 学时'))}"
        en += f"; “{each.title}” {' or '.join(_rules(each, ' modules', ' hours'))}"
    return Gate("electives", not unmet, f"{zh}。", f"{en}.")


def _rules(chosen: Chosen, modules: str, hours: str) -> Iterator[str]:
    elective = chosen.elective
    if elective.group.modules is not None:
        yield f"{chosen.modules}/{elective.group.modules}{modules}"
    if elective.needed is not None:
        yield f"{counted(chosen.hours)}/{counted(elective.needed)}{hours}"


def _posts(scheme: Scheme, known: Known) -> Gate:
    posts, asked = len(known.posts), scheme.posts
    return Gate(
        "posts",
        posts >= asked,
        f"有效研讨发言 {posts} 次，至少 {asked} 次。",
        f"{posts} counted posts, at least {asked} are asked for.",
    )


def _reviews(known: Known) -> Gate:
    if not (known.opened or known.closed):
        return NOT_OPENED
    return Gate(
        "reviews",
        known.done >= known.owed,
        f"应评他人成果 {known.owed} 份，已评 {known.done} 份。",
        f"{known.done} of {known.owed} reviews asked for are written.",
    )


def _marked(scheme: Scheme, known: Known) -> Gate:
    if not is_judged(known):
        return UNMARKED
    reviews = len(standing_reviews(known.reviews))
    if known.agreed is not None and awaits_referee(scheme, known):
        spread, most = plain(known.agreed.spread), plain(scheme.referee_spread)
        return Gate(
            "marked",
            False,
            f"{reviews} 份互评最多相差 {spread} 分，超过 {most} 分，等待裁定。",
            f"The {reviews} reviews differ by up to {spread}, more than {most}: "
            "a referee is asked for.",
        )
    staff_zh, staff_en = ("有", "yes") if known.staff_marks else ("无", "no")
    return Gate(
        "marked",
        True,
        f"研修成果有 {reviews} 份互评，{staff_zh}工作人员评分。",
        f"Reviews of the outcome: {reviews}; staff mark: {staff_en}.",
    )
