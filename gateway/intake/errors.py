"""How the intake says no to a partner."""

from gateway.intake import Refused
from services.contracts.refusal import Conflict, NotFound, Refusal


class BadRequest(Refusal):
    """The request, or a statement in it, breaks a rule."""

    status = 400


class Unauthorized(Refusal):
    """Nobody known sent this."""

    status = 401


class TooLarge(Refusal):
    """More than is taken at once."""

    status = 413


class WrongMedia(Refusal):
    """A media type that is not taken here."""

    status = 415


def refused(refusal: Refused) -> BadRequest:
    return BadRequest("refused", refusal.zh, refusal.en, field=refusal.field or None)


def no_credentials() -> Unauthorized:
    return Unauthorized(
        "unauthorized",
        "合作平台的凭据缺失或不符",
        "the partner's credentials are missing or wrong",
        field="Authorization",
    )


def bad_signature(refusal: Refused) -> Unauthorized:
    return Unauthorized("bad_signature", refusal.zh, refusal.en, field=refusal.field)


def too_many(most: int) -> TooLarge:
    return TooLarge("too_many", f"一次最多 {most} 条", f"at most {most} at once")


def conflict(refusal: Refused) -> Conflict:
    return Conflict("conflict", refusal.zh, refusal.en, field=refusal.field)


def no_partner() -> NotFound:
    return NotFound("no_partner", "没有这个合作平台", "there is no such partner", field="code")


def partner_exists() -> Conflict:
    return Conflict("partner_exists", "此代号已有合作平台", "this code is taken", field="code")
