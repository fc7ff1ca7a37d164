"""Archive's refusals."""

from services.contracts.refusal import NotFound


def no_enrollment() -> NotFound:
    return NotFound("enrollment_unknown", "没有这个学籍", "there is no such enrollment")


def no_certificate() -> NotFound:
    return NotFound(
        "certificate_unknown", "没有这个编号的证书", "there is no certificate of this serial"
    )
