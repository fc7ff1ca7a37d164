"""Assessment's refusals."""

from collections.abc import Iterable
from datetime import datetime

from services.assessment.domain.scheme_check import Refusal as SchemeRefusal
from services.contracts.calendar import ZONE
from services.contracts.refusal import Conflict, Invalid, Invalids, NotFound


def no_enrollment() -> NotFound:
    return NotFound("enrollment_unknown", "没有这个学籍", "there is no such enrollment")


def no_program() -> NotFound:
    return NotFound("program_unknown", "没有这个培训项目", "there is no such program")


def no_assignment() -> NotFound:
    return NotFound(
        "review_not_assigned", "没有分配给您的这项互评", "no such review is assigned to you"
    )


def window_open() -> Conflict:
    return Conflict(
        "review_window_open", "互评已开始，成果不能再改动", "reviews have begun, outcomes are fixed"
    )


def window_not_open() -> Conflict:
    return Conflict("review_window_not_open", "互评尚未开始", "reviews have not begun")


def window_closed() -> Conflict:
    return Conflict("review_window_closed", "互评已结束", "reviews are over")


def no_outcome() -> Conflict:
    return Conflict("outcome_missing", "尚未提交研修成果", "no outcome has been submitted")


def not_the_rubric(codes: str) -> Invalid:
    return Invalid(
        "marks_not_of_rubric",
        f"评分须恰好包含这些标准：{codes}",
        f"marks must be given for exactly these criteria: {codes}",
        field="marks",
    )


def mark_out_of_range(field: str) -> Invalid:
    return Invalid(
        "mark_out_of_range",
        "每项评分须在 0 至 100 之间",
        "each mark must be from 0 to 100",
        field=field,
    )


def window_not_closed() -> Conflict:
    return Conflict("review_window_not_closed", "互评尚未结束", "reviews are not over yet")


def withdrawn() -> Conflict:
    return Conflict("enrollment_withdrawn", "已退出该培训", "withdrawn from this program")


def too_late(due: datetime) -> Conflict:
    moment = local(due)
    return Conflict(
        "outcome_late",
        f"成果提交已于 {moment} 截止，本项目不接受逾期提交",
        f"outcomes were due at {moment}, and this program takes none later",
    )


def too_many_files(most: int) -> Invalid:
    return Invalid(
        "files_too_many",
        f"最多可附 {most} 个文件",
        f"at most {most} files may be attached",
        field="file",
    )


def file_too_large(most: int) -> Invalid:
    return Invalid(
        "file_too_large",
        f"每个文件不能超过 {most} MB",
        f"a file may have at most {most} MB",
        field="file",
    )


def wrong_file_type(types: list[str]) -> Invalid:
    listed = ", ".join(types)
    return Invalid(
        "file_type",
        f"本项目只接受这些类型的文件：{listed}",
        f"this program takes files of these types only: {listed}",
        field="file",
    )


def no_comment() -> NotFound:
    return NotFound("comment_unknown", "没有这条评论", "there is no such comment")


def not_readable() -> NotFound:
    return NotFound(
        "outcome_not_readable",
        "阅览室中没有这项成果",
        "there is no such outcome in the reading room",
    )


def nothing_to_review() -> Conflict:
    return Conflict(
        "nothing_to_review",
        "目前没有可再评的成果，或还有未完成的互评",
        "there is nothing more to review now, or a review is still to be written",
    )


def same_person() -> Conflict:
    return Conflict(
        "second_person_needed",
        "须由另一人办理：您已参与此前的评定",
        "another person must do this: you had a part in what came before",
    )


def not_released() -> Conflict:
    return Conflict("score_not_released", "成绩尚未发布", "the score is not released yet")


def appeal_too_late(last: datetime) -> Conflict:
    moment = local(last)
    return Conflict(
        "appeal_late", f"申诉已于 {moment} 截止", f"appeals were possible until {moment}"
    )


def appeal_open() -> Conflict:
    return Conflict("appeal_open", "已有一项申诉等待裁定", "an appeal is waiting to be decided")


def no_appeal() -> Conflict:
    return Conflict("appeal_missing", "没有等待裁定的申诉", "no appeal is waiting to be decided")


def mark_of_rejected() -> Invalid:
    return Invalid(
        "mark_of_rejected",
        "驳回申诉时不能改动分数",
        "an appeal that is not upheld changes no mark",
        field="mark",
    )


def released_by_itself() -> Conflict:
    return Conflict(
        "release_automatic",
        "本项目的成绩自动发布，无需复核",
        "this program releases its scores by itself",
    )


def not_proposed() -> Conflict:
    return Conflict(
        "release_not_proposed",
        "尚无人提交发布，须先由一人核对",
        "nobody has proposed the release yet: a first person checks before the second",
    )


def no_score() -> NotFound:
    return NotFound("score_unknown", "没有这份评分", "there is no such score")


def other_rules(rules: str, today: str) -> Conflict:
    return Conflict(
        "score_of_other_rules",
        f"该评分按规则版本 {rules} 计算，现行版本为 {today}，不能重算",
        f"this score was drawn by version {rules} of the rules; today's is {today}",
    )


def refused_scheme(found: Iterable[SchemeRefusal]) -> Invalids:
    """A scheme to try that cannot be scored by."""
    return Invalids(
        [
            {"code": "scheme_refused", "field": one.field, "zh": one.zh, "en": one.en}
            for one in found
        ]
    )


def local(moment: datetime) -> str:
    """A moment as people write it, where the university is."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
