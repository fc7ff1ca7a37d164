"""What an account is."""

from typing import NamedTuple

from services.contracts.principal import Grant, Principal

ADMIN = "admin"


class Account(NamedTuple):
    """Who may sign in. `password` is its argon2 hash; `member_id` None: it is nobody's."""

    username: str
    password: str
    member_id: str | None
    grants: tuple[Grant, ...]

    def principal(self) -> Principal:
        return Principal(self.username, self.member_id, self.grants)
