"""Remember, conclude, announce: enrollments follow from members and programs."""

from collections.abc import Iterable, Sequence, Set

from sqlalchemy.orm import Session

from services.contracts.enrollment import (
    ACCOUNT_LINKED,
    CATEGORY_ENTERED,
    ENROLLMENT_OPENED,
    ENROLLMENT_WITHDRAWN,
    MEMBER_DESCRIBED,
    MEMBER_PLACED,
    MEMBER_REGISTERED,
    ORGANIZATION_PLACED,
    PROGRAM_AMENDED,
    PROGRAM_PUBLISHED,
)
from services.contracts.envelope import Event, derived_id
from services.enrollment import repository
from services.enrollment.domain.audience import enrollment_of
from services.enrollment.domain.eligibility import eligible
from services.messaging import ledger, trace

SOURCE = "/zhixing/enrollment"
HEARS: tuple[str, ...] = ()
OWN = (
    ORGANIZATION_PLACED,
    MEMBER_REGISTERED,
    MEMBER_DESCRIBED,
    MEMBER_PLACED,
    CATEGORY_ENTERED,
    ACCOUNT_LINKED,
    PROGRAM_PUBLISHED,
    PROGRAM_AMENDED,
    ENROLLMENT_OPENED,
    ENROLLMENT_WITHDRAWN,
)


def learn(session: Session, facts: Iterable[Event]) -> None:
    """Remember the facts, then enroll every member they make part of an audience."""
    fresh = ledger.remember(session, facts)
    if fresh:
        conclude(session, ledger.touched(fresh))


def tell(session: Session, facts: Sequence[Event]) -> None:
    """Announce what a command found to be so, and learn it like any other fact."""
    ledger.announce(session, facts)
    learn(session, facts)


def conclude(session: Session, subjects: Set[str]) -> None:
    """Write members as they stand and open the enrollments that follow."""
    repository.alone(session)
    about = ledger.known(session, subjects)
    repository.save_told(session, (fact for facts in about.values() for fact in facts))
    programs = repository.published(session)
    members = set(repository.all_members(session)) if programs.keys() & subjects else set()
    members |= {subject for subject in subjects if repository.member_row(subject, about[subject])}
    if members - subjects:
        about |= ledger.known(session, members - subjects)
    rows = [repository.member_row(member, about[member]) for member in sorted(members)]
    repository.save(session, repository.SAVE_MEMBERS, [row for row in rows if row])
    opened = [
        fact
        for member in sorted(members)
        for program_id, program in sorted(programs.items())
        if (fact := opening(member, about[member], program_id, program))
    ]
    ledger.announce(session, opened)
    repository.save_told(session, ledger.remember(session, opened))


def opening(member_id: str, facts: list[Event], program_id: str, program: Event) -> Event | None:
    """The enrollment of a member in a program, where it follows and was not opened before."""
    id_ = enrollment_of(member_id, program_id, derived_id)
    if any(fact.type == ENROLLMENT_OPENED and fact.subject == id_ for fact in facts):
        return None
    found = eligible(repository.entered(facts), repository.placed(facts), program.data)
    if found is None:
        return None
    category, path = found
    return Event(
        derived_id(ENROLLMENT_OPENED, id_),
        ENROLLMENT_OPENED,
        SOURCE,
        id_,
        max(fact.time for fact in (*facts, program)),
        {"member_id": member_id, "program_id": program_id, "category": category, "path": path},
        None,
        trace.current.get(),
    )
