"""Who asks: carried with every command and query, checked in every service."""

from typing import Any, NamedTuple

LEARNER = "learner"
SECRETARY = "secretary"
TRAINER = "trainer"
INSPECTOR = "inspector"
SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
ROLES = (LEARNER, SECRETARY, TRAINER, INSPECTOR, SUPERVISOR, ADMINISTRATOR)
# Roles that read what lies at their organization and below.
READERS = (SECRETARY, TRAINER, INSPECTOR, SUPERVISOR, ADMINISTRATOR)
ROOT = "/"


class Grant(NamedTuple):
    """A role held at an organization and everything below it."""

    role: str
    path: str


class Principal(NamedTuple):
    """A signed-in account: `member_id` is None for accounts that are nobody's."""

    account: str
    member_id: str | None
    grants: tuple[Grant, ...]

    def may(self, *roles: str, at: str = ROOT) -> bool:
        """Whether one of these roles is held at this organization or above it."""
        return any(grant.role in roles and at.startswith(grant.path) for grant in self.grants)

    def holds(self, *roles: str) -> bool:
        """Whether one of these roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def reads(self, path: str) -> bool:
        """Whether what belongs to this organization may be read."""
        return self.may(*READERS, at=path)

    def paths(self) -> list[str]:
        """The organizations at and below which this principal reads."""
        return sorted({grant.path for grant in self.grants if grant.role in READERS})


def to_data(principal: Principal) -> dict[str, Any]:
    """The JSON form that travels in the context of a call."""
    return principal._asdict() | {"grants": [list(grant) for grant in principal.grants]}


def from_data(data: dict[str, Any]) -> Principal:
    """The principal in its JSON form."""
    grants = tuple(Grant(role, path) for role, path in data["grants"])
    return Principal(data["account"], data["member_id"], grants)
