"""Archive's refusals."""

from services.contracts.refusal import Conflict, Invalid, NotFound, Unavailable


def no_enrollment() -> NotFound:
    return NotFound("enrollment_unknown", "没有这个学籍", "there is no such enrollment")


def no_certificate() -> NotFound:
    return NotFound(
        "certificate_unknown", "没有这个编号的证书", "there is no certificate of this serial"
    )


def not_valid() -> Conflict:
    return Conflict(
        "certificate_not_valid",
        "此证书现非有效，不能打印",
        "the certificate is not valid now and is not printed",
    )


def no_names() -> Unavailable:
    return Unavailable(
        "names_missing",
        "证书所需的姓名或党组织尚未到齐，请稍后再试",
        "a name the certificate needs is not known yet, try later",
    )


def unprintable(told: str) -> Invalid:
    zh, _, en = told.partition("。 ")
    return Invalid("certificate_unprintable", zh, en)
