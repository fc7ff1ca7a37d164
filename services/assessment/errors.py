"""Assessment's refusals."""

from services.contracts.refusal import Conflict, Invalid, NotFound


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


def mark_out_of_range(code: str) -> Invalid:
    return Invalid(
        "mark_out_of_range",
        "每项评分须在 0 至 100 之间",
        "each mark must be from 0 to 100",
        field=f"marks.{code}",
    )
