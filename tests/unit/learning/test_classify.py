"""What a partner's statement means."""

import pytest

from services.learning.domain.statements import Kind, Statement, classify, post_of

ADL = "http://adlnet.gov/expapi/verbs/"
DISCUSSION = "http://id.tincanapi.com/activitytype/discussion"
REPLY = "http://id.tincanapi.com/activitytype/forum-reply"
COMMENT = "http://activitystrea.ms/comment"
MEETING = "http://adlnet.gov/expapi/activities/meeting"
CREATE, DELETE = "http://activitystrea.ms/create", "http://activitystrea.ms/delete"
DELETED = "https://w3id.org/xapi/dod-isd/verbs/deleted"


def kind(verb: str, object_type: str | None = None, **result: bool) -> Kind:
    return classify(Statement("moodle", "s-1", verb, "o-1", object_type, **result)).kind


@pytest.mark.parametrize("verb", ["completed", "passed", "attended"])
def test_who_completed_passed_or_attended_completes(verb: str) -> None:
    assert kind(ADL + verb) is Kind.COMPLETES
    assert kind(ADL + verb, completion=True, success=True) is Kind.COMPLETES


@pytest.mark.parametrize("result", [{"success": False}, {"completion": False}])
def test_a_failed_or_unfinished_completion_completes_nothing(result: dict[str, bool]) -> None:
    assert kind(f"{ADL}completed", **result) is Kind.IGNORED


def test_a_quiz_attempt_completed_is_not_the_quiz_completed() -> None:
    attempt = "http://adlnet.gov/expapi/activities/attempt"
    assert kind(f"{ADL}completed", attempt, success=True, completion=True) is Kind.IGNORED


@pytest.mark.parametrize(
    ("verb", "object_type"),
    [
        (CREATE, DISCUSSION),
        ("http://id.tincanapi.com/verb/replied", REPLY),
        (f"{ADL}commented", COMMENT),
        (f"{ADL}commented", DISCUSSION),
        ("https://w3id.org/xapi/acrossx/verbs/posted", DISCUSSION),
    ],
)
def test_opening_replying_and_commenting_are_posts(verb: str, object_type: str) -> None:
    assert kind(verb, object_type) is Kind.POSTS


@pytest.mark.parametrize("object_type", [REPLY, DISCUSSION, COMMENT])
def test_deleting_a_post_retracts_it(object_type: str) -> None:
    assert kind(DELETE, object_type) is kind(DELETED, object_type) is Kind.RETRACTS


def test_creating_or_deleting_what_is_no_post_counts_for_nothing() -> None:
    assert kind(CREATE, MEETING) is kind(DELETED, MEETING) is Kind.IGNORED


def test_voiding_retracts() -> None:
    assert kind(f"{ADL}voided", "StatementRef") is Kind.RETRACTS


def test_a_badge_is_understood_and_counts_for_nothing() -> None:
    assert kind("https://w3id.org/xapi/tla/verbs/achieved", "badge") is Kind.IGNORED


def test_a_verb_never_heard_of_is_not_understood() -> None:
    assert kind("https://learn.example/verbs/daydreamed") is Kind.UNKNOWN


def test_a_comment_on_a_discussion_is_named_by_its_statement() -> None:
    comment = Statement("moodle", "s-1", f"{ADL}commented", "o-1", DISCUSSION)
    assert post_of(comment) == "s-1"
    assert post_of(Statement("moodle", "s-1", f"{ADL}commented", "o-1", COMMENT)) == "o-1"
