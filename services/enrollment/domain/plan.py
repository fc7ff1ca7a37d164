"""What enrollment knows, and what a sheet would change about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.enrollment.domain.organizations import Organization
from services.enrollment.domain.words import Message

Status = Literal["added", "changed", "unchanged", "refused"]


class Member(NamedTuple):
    """A member as known.

    `path` is where the member was last told to be. `categories` gives each
    category ever entered and the day since when, as last told, so that a
    corrected day stands whether it is earlier or later. `accounts` are account
    ids, `derive("account", partner, account name)`.
    """

    number: str
    name: str
    path: str
    categories: Mapping[str, str]
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the service knows: organizations by code, members by number."""

    organizations: Mapping[str, Organization]
    members: Mapping[str, Member]


class PlaceOrganization(NamedTuple):
    subject: str
    code: str
    name: str
    kind: str
    path: str


class RegisterMember(NamedTuple):
    subject: str
    registered_on: str


class DescribeMember(NamedTuple):
    subject: str
    number: str
    name: str


class PlaceMember(NamedTuple):
    subject: str
    organization_id: str
    path: str
    since: str


class EnterCategory(NamedTuple):
    subject: str
    category: str
    since: str


class LinkAccount(NamedTuple):
    subject: str
    partner: str
    account_id: str


class RowReport(NamedTuple):
    """What becomes of one row of the sheet, by its number there."""

    row: int
    status: Status
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Commands in the order to carry them out, each the subject and data of one fact.

    `rows` is in the order of the sheet. With `refusals`, which refuse the sheet
    as a whole, there are no commands.
    """

    rows: tuple[RowReport, ...]
    refusals: tuple[Message, ...] = ()
    organizations: tuple[PlaceOrganization, ...] = ()
    registered: tuple[RegisterMember, ...] = ()
    described: tuple[DescribeMember, ...] = ()
    placed: tuple[PlaceMember, ...] = ()
    categories: tuple[EnterCategory, ...] = ()
    accounts: tuple[LinkAccount, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        commands = (self.organizations, self.registered, self.described)
        return not any((*commands, self.placed, self.categories, self.accounts))
