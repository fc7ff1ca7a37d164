"""Remember, conclude, announce: records follow from facts, certificates from releases."""

from collections.abc import Iterable, Sequence, Set

from sqlalchemy.orm import Session

from services.archive import repository
from services.archive.domain.certificates import certificates
from services.contracts.archive import CERTIFICATE_ISSUED, SUMMARY_WRITTEN
from services.contracts.assessment import OUTCOME_SUBMITTED, SCORE_DRAWN, SCORE_RELEASED
from services.contracts.enrollment import (
    ENROLLMENT_OPENED,
    MEMBER_DESCRIBED,
    ORGANIZATION_PLACED,
    PROGRAM_PUBLISHED,
)
from services.contracts.envelope import Event, derived_id
from services.contracts.learning import MODULE_COMPLETED, POST_COUNTED, POST_RETRACTED
from services.messaging import ledger

SOURCE = "/zhixing/archive"
HEARS = (
    ORGANIZATION_PLACED,
    MEMBER_DESCRIBED,
    PROGRAM_PUBLISHED,
    ENROLLMENT_OPENED,
    MODULE_COMPLETED,
    POST_COUNTED,
    POST_RETRACTED,
    OUTCOME_SUBMITTED,
    SCORE_DRAWN,
    SCORE_RELEASED,
)
OWN = (CERTIFICATE_ISSUED, SUMMARY_WRITTEN)


def learn(session: Session, facts: Iterable[Event]) -> None:
    """Remember the facts, then write again every record they touch."""
    fresh = ledger.remember(session, facts)
    if fresh:
        conclude(session, ledger.touched(fresh))


def tell(session: Session, facts: Sequence[Event]) -> None:
    """Announce what a command found to be so, and learn it like any other fact."""
    ledger.announce(session, facts)
    learn(session, facts)


def conclude(session: Session, subjects: Set[str]) -> None:
    """Write the records of these enrollments and issue the certificates that are due."""
    enrollments = ledger.gather(session, subjects)
    repository.save_names(session, subjects - enrollments.keys())
    programs = repository.programs(session, set(enrollments.values()))
    facts = ledger.known(session, enrollments.keys())
    issued = [fact for id_ in sorted(enrollments) for fact in due(id_, facts[id_])]
    ledger.announce(session, issued)
    ledger.remember(session, issued)
    for fact in issued:
        facts[fact.subject].append(fact)
    repository.save_certificates(
        session, {id_: told for id_ in enrollments if (told := repository.releases(facts[id_]))}
    )
    records = []
    for enrollment_id, program_id in sorted(enrollments.items()):
        known = repository.known(facts[enrollment_id])
        if known is not None and program_id in programs:
            records.append((enrollment_id, known, programs[program_id]))
    repository.save_records(session, records)


def due(enrollment_id: str, facts: Iterable[Event]) -> list[Event]:
    """The certificates that follow from the releases and are not yet issued."""
    issued = {fact.data["serial"] for fact in facts if fact.type == CERTIFICATE_ISSUED}
    told = {fact.id: fact for fact in facts if fact.type == SCORE_RELEASED}
    return [
        Event(
            derived_id(CERTIFICATE_ISSUED, certificate.release.id),
            CERTIFICATE_ISSUED,
            SOURCE,
            enrollment_id,
            told[certificate.release.id].time,
            repository.printed(certificate),
            certificate.release.id,
            told[certificate.release.id].traceparent,
        )
        for certificate in certificates(repository.releases(told.values()))
        if certificate.serial not in issued
    ]
