"""What the gateway hears, so that a partner is told at once what waits and what does not."""

from collections.abc import Iterable, Set

from sqlalchemy.orm import Session

from gateway.intake import repository
from services.contracts.enrollment import ACCOUNT_LINKED, PROGRAM_PUBLISHED
from services.contracts.envelope import Event
from services.messaging import ledger

HEARS = (ACCOUNT_LINKED, PROGRAM_PUBLISHED)
# Statements are stored and told in one transaction and nothing here follows from them.
OWN: tuple[str, ...] = ()


def learn(session: Session, facts: Iterable[Event]) -> None:
    """Remember the facts, then note the accounts and activities they make known."""
    fresh = ledger.remember(session, facts)
    if fresh:
        conclude(session, ledger.touched(fresh))


def conclude(session: Session, subjects: Set[str]) -> None:
    """Note every account linked and every activity taught; what is known stays known."""
    accounts: set[str] = set()
    activities: set[str] = set()
    for facts in ledger.known(session, subjects).values():
        for fact in facts:
            if fact.type == ACCOUNT_LINKED:
                accounts.add(fact.data["account_id"])
            elif fact.type == PROGRAM_PUBLISHED:
                activities.update(
                    activity for module in fact.data["modules"] for activity in module["activities"]
                )
    repository.note_known(session, accounts, activities)
