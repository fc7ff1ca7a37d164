"""What follows for one member, in whatever order the statements arrive."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.learning.domain.progress import (
    Conclusion,
    Enrollment,
    Heard,
    Module,
    Verdict,
    conclude,
)
from services.learning.domain.statements import Statement

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
REPLIED = "http://id.tincanapi.com/verb/replied"
EDITED = "https://w3id.org/xapi/acrossx/verbs/edited"
DELETED = "http://activitystrea.ms/delete"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
VIEWED = "http://id.tincanapi.com/verb/viewed"
REPLY = "http://id.tincanapi.com/activitytype/forum-reply"
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
ME = frozenset({"me"})
THEORY = Module("theory", Decimal("8"), frozenset({"quiz", "course"}))
PRACTICE = Module("practice", Decimal("4.5"), frozenset({"visit", "course"}))
SPRING = Enrollment("spring", (THEORY, PRACTICE))


def heard(id_: str, verb: str, target: str, *, at: int = 0, by: str = "me", **rest: Any) -> Heard:
    statement = Statement(rest.pop("partner", "moodle"), f"statement-{id_}", verb, target, **rest)
    return Heard(id_, by, START + timedelta(minutes=at), statement)


def done(id_: str, activity: str = "quiz", **rest: Any) -> Heard:
    return heard(id_, COMPLETED, activity, **rest)


def post(id_: str, name: str = "p1", text: str = "a", length: int = 20, **rest: Any) -> Heard:
    told = {"object_type": REPLY, "parents": ("topic", "course"), "text_digest": text} | rest
    return heard(id_, REPLIED, name, text_length=length, **told)


def deletion(id_: str, name: str = "p1", **rest: Any) -> Heard:
    return heard(id_, DELETED, name, object_type=REPLY, **rest)


def follows(*statements: Heard, enrollments: tuple[Enrollment, ...] = (SPRING,)) -> Conclusion:
    return conclude(statements, accounts=ME, enrollments=enrollments)


def counted(conclusion: Conclusion) -> set[str]:
    return {one.post for one in conclusion.counted}


def verdicts(conclusion: Conclusion) -> dict[str, Verdict]:
    return {id_: standing.verdict for id_, standing in conclusion.standings.items()}


def test_an_activity_completed_completes_its_module() -> None:
    [completed] = follows(done("1")).completed
    assert (completed.enrollment_id, completed.module_id) == ("spring", "theory")
    assert (completed.hours, completed.evidence, completed.time) == (Decimal("8"), "1", START)


def test_an_activity_of_two_modules_completes_both() -> None:
    conclusion = follows(done("1", "course"))
    assert {one.module_id for one in conclusion.completed} == {"theory", "practice"}


def test_the_evidence_is_the_earliest_statement_and_ties_go_to_the_smaller_id() -> None:
    [completed] = follows(done("0", at=9), done("3", at=1), done("2", at=1)).completed
    assert completed.evidence == "2"


def test_only_the_object_completes_never_its_parents() -> None:
    conclusion = follows(done("1", "page", parents=("quiz",)))
    assert not conclusion.completed
    assert verdicts(conclusion) == {"1": Verdict.QUARANTINED}


def test_a_module_known_later_lets_a_statement_out_of_quarantine() -> None:
    assert verdicts(follows(done("1"), enrollments=())) == {"1": Verdict.QUARANTINED}
    assert verdicts(follows(done("1"))) == {"1": Verdict.COUNTED}


def test_an_account_nobody_has_is_quarantined() -> None:
    conclusion = follows(done("1", by="somebody"), post("2", by="somebody"))
    assert not conclusion.completed
    assert not conclusion.counted
    assert set(verdicts(conclusion).values()) == {Verdict.QUARANTINED}


def test_a_statement_counts_for_each_enrollment_that_asks_for_it() -> None:
    autumn = Enrollment("autumn", (Module("again", Decimal(2), frozenset({"quiz"})),))
    conclusion = follows(done("1"), enrollments=(SPRING, autumn))
    assert {one.enrollment_id for one in conclusion.completed} == {"spring", "autumn"}


def test_days_are_those_of_the_enrollments_zone() -> None:
    # START is 8 o'clock in UTC on 1 March: at UTC−9 it is still 28 February.
    march = replace(SPRING, starts_on=date(2026, 3, 1), zone=timezone(timedelta(hours=-9)))
    assert not follows(done("1"), enrollments=(march,)).completed
    assert follows(done("1"), enrollments=(replace(march, zone=UTC),)).completed


def test_days_are_chinas_days_and_both_bounds_are_included() -> None:
    def completes(at: datetime) -> bool:
        march = Enrollment("march", (THEORY,), date(2026, 3, 1), date(2026, 3, 31))
        late = Heard("1", "me", at, done("1").statement)
        return bool(follows(late, enrollments=(march,)).completed)

    assert not completes(datetime(2026, 2, 28, 15, 59, tzinfo=UTC))
    assert completes(datetime(2026, 2, 28, 16, 0, tzinfo=UTC))
    assert completes(datetime(2026, 3, 31, 15, 59, tzinfo=UTC))
    assert not completes(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))


def test_a_post_of_nineteen_characters_does_not_count_and_one_of_twenty_does() -> None:
    conclusion = follows(post("1", "short", "a", 19), post("2", "long", "b", 20))
    assert counted(conclusion) == {"long"}
    assert verdicts(conclusion) == {"1": Verdict.IGNORED, "2": Verdict.COUNTED}


def test_a_post_whose_text_is_not_told_does_not_count() -> None:
    bare = heard("1", REPLIED, "p1", object_type=REPLY, parents=("course",))
    assert not counted(follows(bare))


def test_a_copy_does_not_count_unless_the_first_is_deleted() -> None:
    first, copy = post("1", "p1", at=1), post("2", "p2", at=2)
    assert counted(follows(copy, first)) == {"p1"}
    after = follows(copy, first, deletion("3", "p1", at=3))
    assert counted(after) == {"p2"}
    assert {one.post for one in after.retracted} == {"p1"}


def test_an_earlier_original_that_arrives_late_takes_the_place_of_its_copy() -> None:
    conclusion = follows(post("2", "copy", at=2), post("1", "original", at=1))
    assert counted(conclusion) == {"original"}
    assert {one.post for one in conclusion.retracted} == {"copy"}


def test_a_copy_in_another_enrollment_is_no_copy() -> None:
    other = Enrollment("other", (Module("m", Decimal(1), frozenset({"elsewhere"})),))
    there = post("2", "p2", at=2, parents=("elsewhere",))
    conclusion = follows(post("1", at=1), there, enrollments=(SPRING, other))
    assert counted(conclusion) == {"p1", "p2"}


def test_a_deletion_dated_before_its_post_still_takes_it_back() -> None:
    conclusion = follows(deletion("1", at=-5), post("2"))
    assert not conclusion.counted
    assert verdicts(conclusion) == {"1": Verdict.COUNTED, "2": Verdict.IGNORED}


def test_a_deletion_waits_for_its_post() -> None:
    assert verdicts(follows(deletion("1"))) == {"1": Verdict.QUARANTINED}


def test_a_moderator_may_delete_a_post_and_another_partner_may_not() -> None:
    assert not follows(post("1"), deletion("2", by="moderator")).counted
    assert follows(post("1"), deletion("2", partner="other")).counted


def test_a_voided_statement_is_no_post_and_what_is_completed_stays() -> None:
    void = heard("3", VOIDED, "statement-1", object_type="StatementRef")
    assert not follows(post("1"), void).counted
    after = follows(done("1"), void)
    assert after.completed
    assert verdicts(after) == {"1": Verdict.COUNTED, "3": Verdict.IGNORED}


def test_a_post_named_like_a_statement_is_not_voided_by_a_deletion() -> None:
    assert follows(post("1"), deletion("2", "statement-1")).counted


def test_an_edited_post_keeps_counting() -> None:
    edit = heard("2", EDITED, "p1", at=2, object_type=REPLY, parents=("course",))
    conclusion = follows(post("1", at=1), edit)
    assert counted(conclusion) == {"p1"}
    assert verdicts(conclusion)["2"] is Verdict.IGNORED


def test_a_post_told_twice_counts_once() -> None:
    conclusion = follows(post("1", text="a", at=1), post("2", text="b", at=2))
    assert len(conclusion.counted) == 1
    assert not conclusion.retracted


def test_posts_of_two_partners_by_the_same_name_are_two_posts() -> None:
    conclusion = follows(post("1", "42", "a"), post("2", "42", "b", partner="other"))
    assert {one.partner for one in conclusion.counted} == {"moodle", "other"}


def test_a_post_in_no_programs_discussion_is_quarantined() -> None:
    conclusion = follows(post("1", parents=("cafeteria",)))
    assert verdicts(conclusion) == {"1": Verdict.QUARANTINED}


def test_what_is_understood_or_not_stands_so_for_anybody() -> None:
    seen = heard("1", VIEWED, "quiz", by="somebody")
    odd = heard("2", "https://learn.example/verbs/daydreamed", "quiz")
    assert verdicts(follows(seen, odd)) == {"1": Verdict.IGNORED, "2": Verdict.UNKNOWN}


def told(index: int, shape: tuple[str, str, str, int, str, str]) -> Heard:
    verb, target, text, at, by, partner = shape
    return heard(
        str(index),
        verb,
        target,
        at=at,
        by=by,
        partner=partner,
        object_type=None if verb == COMPLETED else REPLY,
        parents=("course",),
        text_length=25,
        text_digest=text,
    )


shapes = st.tuples(
    st.sampled_from([COMPLETED, REPLIED, DELETED, VOIDED, EDITED, VIEWED]),
    st.sampled_from(["quiz", "course", "visit", "p1", "p2", "statement-1"]),
    st.sampled_from(["a", "b"]),
    st.integers(0, 3),
    st.sampled_from(["me", "moderator"]),
    st.sampled_from(["moodle", "other"]),
)


@given(data=st.data(), drawn=st.lists(shapes, max_size=10))
def test_order_and_repetition_change_nothing(
    data: st.DataObject, drawn: list[tuple[str, str, str, int, str, str]]
) -> None:
    statements = [told(index, shape) for index, shape in enumerate(drawn)]
    repeated = statements + data.draw(st.lists(st.sampled_from(statements or [None])))  # type: ignore[list-item]
    delivered = data.draw(st.permutations([one for one in repeated if one]))
    assert follows(*delivered) == follows(*statements)


@given(drawn=st.lists(shapes, max_size=10), more=shapes)
def test_whatever_is_heard_later_no_completion_is_lost(
    drawn: list[tuple[str, str, str, int, str, str]], more: tuple[str, str, str, int, str, str]
) -> None:
    def modules(statements: list[Heard]) -> set[tuple[str, str]]:
        return {(one.enrollment_id, one.module_id) for one in follows(*statements).completed}

    statements = [told(index, shape) for index, shape in enumerate(drawn)]
    assert modules(statements) <= modules([*statements, told(len(drawn), more)])


@given(drawn=st.lists(shapes, max_size=10))
def test_no_post_both_counts_and_is_taken_back(
    drawn: list[tuple[str, str, str, int, str, str]],
) -> None:
    conclusion = follows(*(told(index, shape) for index, shape in enumerate(drawn)))
    count = {(one.enrollment_id, one.partner, one.post) for one in conclusion.counted}
    back = {(one.enrollment_id, one.partner, one.post) for one in conclusion.retracted}
    assert not count & back
    assert set(conclusion.standings) == {str(index) for index in range(len(drawn))}
