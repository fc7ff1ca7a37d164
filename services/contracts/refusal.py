"""How a service says no: a named error that crosses to the caller whole."""

from typing import Any


class Refusal(Exception):
    """A command or query that is refused. Raise one of its kinds.

    `code` names the rule for programs, `field` the part of the request it is
    about; `zh` and `en` say it to people.
    """

    status = 422

    def __init__(self, code: str, zh: str, en: str, *, field: str | None = None) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.zh, self.en, self.field = code, zh, en, field

    def to_data(self) -> dict[str, Any]:
        """The form in which it crosses."""
        return {
            "status": self.status,
            "errors": [{"code": self.code, "field": self.field, "zh": self.zh, "en": self.en}],
        }


class Invalid(Refusal):
    """The request breaks a rule."""


class Invalids(Refusal):
    """The request breaks several rules, each told."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        first = errors[0]
        super().__init__(first["code"], first["zh"], first["en"], field=first.get("field"))
        self.errors = errors

    def to_data(self) -> dict[str, Any]:
        return {"status": self.status, "errors": self.errors}


class NotFound(Refusal):
    """There is no such thing, or none that the caller may know of."""

    status = 404


class Forbidden(Refusal):
    """The caller's roles do not allow it."""

    status = 403

    def __init__(self) -> None:
        super().__init__("forbidden", "您的角色不允许此操作", "your roles do not allow this")


class Conflict(Refusal):
    """It contradicts what already is."""

    status = 409


class Unavailable(Refusal):
    """Not now; the same request may succeed later."""

    status = 503
