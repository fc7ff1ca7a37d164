"""Storing what partners sent: together what arrives together, each request by its own rules.

A statement is stored and told in one transaction, and answered afterwards.
Requests that arrive while a transaction is under way wait and share the next
one: a commit costs the same for one statement as for hundreds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock

from gateway.intake import Received, repository
from gateway.intake.repository import Key
from services.contracts.envelope import Event, derived_id
from services.contracts.intake import STATEMENT_RECEIVED
from services.contracts.refusal import Unavailable
from services.messaging import ledger
from services.messaging.database import Database
from services.messaging.weather import is_weather

SOURCE = "/zhixing/gateway"
# Statements of one transaction, where the first request alone does not have more.
MOST = 2_000


class Verdict(StrEnum):
    """`repeated`: same id and content as one stored before; `conflict`: other content."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    CONFLICT = "conflict"


class StoredBefore(Exception):
    """Something that was taken for new is stored already: nothing is stored twice."""


@dataclass(slots=True)
class Request:
    """Statements one partner sent at once.

    `whole`: where one of them is a conflict, none is stored. `verdicts` says
    what became of each once it is stored, and `error` why it could not be.
    """

    partner: str
    door: str
    statements: Sequence[Received]
    whole: bool
    traceparent: str | None
    verdicts: list[Verdict] | None = None
    error: BaseException | None = field(default=None, repr=False)

    @property
    def done(self) -> bool:
        return self.verdicts is not None or self.error is not None


class Store:
    """One process's way into the table of received statements."""

    def __init__(self) -> None:
        self.turn = Lock()
        self.waiting: list[Request] = []

    def keep(self, database: Database, request: Request) -> list[Verdict]:
        """What became of each statement, once it is committed.

        Raises `Unavailable` where the database is away; sent again, what was
        stored after all is `repeated`.
        """
        self.waiting.append(request)
        with self.turn:
            while not request.done:
                self.store(database, self.next_group())
        if request.error is not None:
            if is_weather(request.error):
                raise Unavailable(
                    "database_away", "数据库暂不可用，请稍后再试", "the database is away, try later"
                ) from request.error
            raise request.error
        assert request.verdicts is not None
        return request.verdicts

    def next_group(self) -> list[Request]:
        """Takes the requests that wait, oldest first, up to a number of statements."""
        size, taken = 0, 0
        for request in self.waiting:
            size += len(request.statements)
            if taken and size > MOST:
                break
            taken += 1
        group, self.waiting = self.waiting[:taken], self.waiting[taken:]
        return group

    def store(self, database: Database, group: list[Request]) -> None:
        """Stores a group; where that fails of itself, each request alone, so that one fails."""
        try:
            verdicts = store(database, group)
            for request, found in zip(group, verdicts, strict=True):
                request.verdicts = found
        except BaseException as error:
            if len(group) == 1 or is_weather(error) or not isinstance(error, Exception):
                for request in group:
                    request.error = error
                if not isinstance(error, Exception):
                    raise
                return
            for request in group:
                self.store(database, [request])


def store(database: Database, group: Sequence[Request]) -> list[list[Verdict]]:
    """Stores and tells a group of requests in one transaction; what became of each statement.

    It is first tried as if nothing were known; where something is, again with
    the digests of what is known. What another process stores meanwhile is met
    the same way, and each round knows more.
    """
    known: dict[Key, str] = {}
    while True:
        verdicts, new = decide(group, known)
        if not new:
            return verdicts
        rows = [(request.partner, request.door, one) for request, one in new.values()]
        try:
            with database.begin() as session:
                if repository.keep(session, rows) < len(new):
                    raise StoredBefore
                ledger.announce(session, [fact(request, one) for request, one in new.values()])
            return verdicts
        except StoredBefore:
            pass
        with database.begin() as session:
            named = {(one.partner, said.statement_id) for one in group for said in one.statements}
            known = repository.digests(session, sorted(named))


def decide(
    group: Sequence[Request], known: dict[Key, str]
) -> tuple[list[list[Verdict]], dict[Key, tuple[Request, Received]]]:
    """The verdict on each statement, given the digests of what is stored; and what is to store."""
    verdicts, digests = [], dict(known)
    new: dict[Key, tuple[Request, Received]] = {}
    for request in group:
        found, added = [], {}
        for one in request.statements:
            key = request.partner, one.statement_id
            before = digests.get(key)
            if before is None:
                added[key] = request, one
                digests[key] = one.digest
                found.append(Verdict.ACCEPTED)
            else:
                same = before == one.digest
                found.append(Verdict.REPEATED if same else Verdict.CONFLICT)
        if request.whole and Verdict.CONFLICT in found:
            for key in added:
                del digests[key]
        else:
            new |= added
        verdicts.append(found)
    return verdicts, new


def fact(request: Request, one: Received) -> Event:
    """What is told of a stored statement."""
    return Event(
        derived_id("statement", request.partner, one.statement_id),
        STATEMENT_RECEIVED,
        SOURCE,
        one.account_id,
        one.time,
        one.data,
        None,
        request.traceparent,
    )
