"""What a service has told (outbox) and what it knows (inbox), in its own database.

Lists of facts travel to PostgreSQL as one JSON document per statement: the
driver's own list-to-array conversion costs more than all else together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import blake2b

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contracts.envelope import Event, instant
from services.contracts.registry import CONTRACTS

PIECEMEAL = "piecemeal"
# What is within a larger group is concluded in its own turn, so that nothing else waits for it.
MOST_AT_ONCE = 500
COLUMNS = """
    id uuid, type text, source text, subject uuid, time timestamptz, data json, digest text,
    causationid uuid, traceparent text, position bigint, basis integer
"""

REMEMBER = text(f"""
    INSERT INTO inbox (
        id, type, source, subject, time, data, digest, traceparent, position, basis
    )
    SELECT id, type, source, subject, time, data, digest, traceparent, position, basis
    FROM json_to_recordset(CAST(:facts AS json)) AS facts ({COLUMNS})
    ON CONFLICT (id) DO NOTHING
    RETURNING CAST(id AS text)
""")
ABOUT = text("""
    INSERT INTO about (subject, id)
    SELECT subject, id FROM json_to_recordset(CAST(:pairs AS json)) AS pairs (subject uuid, id uuid)
    ON CONFLICT DO NOTHING
""")
DIGESTS = text("SELECT CAST(id AS text), digest FROM inbox WHERE id = ANY (CAST(:ids AS uuid[]))")
WITHIN = text("""
    INSERT INTO within (subject, parent)
    SELECT subject, parent
    FROM json_to_recordset(CAST(:pairs AS json)) AS pairs (subject uuid, parent uuid)
    ORDER BY subject
    ON CONFLICT DO NOTHING
""")
ENTER = text("""
    INSERT INTO subjects (id, is_group)
    SELECT id, is_group
    FROM json_to_recordset(CAST(:rows AS json)) AS rows (id uuid, is_group boolean)
    ORDER BY id
    ON CONFLICT DO NOTHING
""")
LOCK = "SELECT 1 FROM subjects WHERE id = ANY (CAST(:ids AS uuid[])) ORDER BY id FOR "
HOLD, RELY = text(LOCK + "UPDATE"), text(LOCK + "SHARE")
GROUPS = text("""
    SELECT CAST(id AS text) FROM subjects WHERE is_group AND id = ANY (CAST(:ids AS uuid[]))
""")
PARENTS = text("""
    SELECT CAST(subject AS text), CAST(parent AS text) FROM within
    WHERE subject = ANY (CAST(:ids AS uuid[]))
""")
MEMBERS = text("""
    SELECT CAST(subject AS text) FROM within WHERE parent = ANY (CAST(:ids AS uuid[]))
""")
KNOWN = text("""
    SELECT CAST(key AS text),
           CAST(json_agg(json_build_array(
               id, type, source, subject, time, data, traceparent
           )) AS text)
    FROM (
        SELECT subject AS key, id, type, source, subject, time, data, traceparent
        FROM inbox WHERE subject = ANY (CAST(:subjects AS uuid[])) AND basis IS NULL
        UNION ALL
        SELECT about.subject, id, type, source, inbox.subject, time, data, traceparent
        FROM about JOIN inbox USING (id) WHERE about.subject = ANY (CAST(:subjects AS uuid[]))
        UNION ALL
        SELECT subject, id, type, source, subject, time, data, traceparent
        FROM inbox JOIN (
            SELECT DISTINCT ON (subject, type) id FROM inbox
            WHERE subject = ANY (CAST(:subjects AS uuid[])) AND basis IS NOT NULL
            ORDER BY subject, type, basis DESC, id DESC
        ) AS standing USING (id)
    ) AS facts
    GROUP BY key
""")
SAID_OF = text("""
    SELECT CAST(id AS text), type, source, CAST(subject AS text), time, CAST(data AS text)
    FROM inbox
    WHERE subject = ANY (CAST(:subjects AS uuid[])) AND type = ANY (CAST(:types AS text[]))
    ORDER BY time, id
""")
OF_TYPE = text("""
    SELECT CAST(id AS text), type, source, CAST(subject AS text), time, CAST(data AS text)
    FROM inbox WHERE type = :type ORDER BY time, id
""")
ANNOUNCE = text(f"""
    INSERT INTO outbox (id, type, subject, time, data, causationid, traceparent)
    SELECT id, type, subject, time, data, causationid, traceparent
    FROM json_to_recordset(CAST(:facts AS json)) AS facts ({COLUMNS})
    ON CONFLICT (id) DO NOTHING
""")
WAKE = text("SELECT pg_notify('outbox_' || current_schema(), '')")
REBUILDING = text("SELECT EXISTS (SELECT FROM rebuilding)")
SET_STALE = text("""
    UPDATE subjects SET stale = stale + 1 WHERE id = ANY (CAST(:ids AS uuid[]))
""")


class Conflict(ValueError):
    """The same id was told before with another content."""


def array(words: Iterable[str]) -> str:
    """A PostgreSQL array literal of ids or event types, which need no quotes."""
    return "{" + ",".join(words) + "}"


def content(fact: Event) -> bytes:
    """The canonical JSON of what a fact says."""
    return orjson.dumps(fact.data, option=orjson.OPT_SORT_KEYS)


def document(facts: Iterable[Event]) -> str:
    """Facts as one JSON document, in the order of their ids, so that writers never cross."""
    rows = []
    for fact in sorted(facts, key=lambda fact: fact.id):
        data, time = content(fact), instant(fact.time)
        said = blake2b(data, digest_size=16)
        said.update(f"\n{fact.type}\n{fact.source}\n{fact.subject}\n{time}".encode())
        rows.append(
            {
                "id": fact.id,
                "type": fact.type,
                "source": fact.source,
                "subject": fact.subject,
                "time": time,
                "data": orjson.Fragment(data),
                "digest": said.hexdigest(),
                "causationid": fact.causationid,
                "traceparent": fact.traceparent,
                "position": fact.position,
                "basis": fact.data["basis"] if CONTRACTS[fact.type].conclusion else None,
            }
        )
    return orjson.dumps(rows).decode()


def about(fact: Event) -> list[str]:
    """The further subjects a fact is about."""
    names = CONTRACTS[fact.type].about
    return [fact.data[name] for name in names if fact.data.get(name) is not None]


def remember(session: Session, facts: Iterable[Event]) -> list[Event]:
    """Takes facts into the inbox and returns those not known before.

    Raises `Conflict` where an id is known with another content. While the
    service is rebuilt it returns nothing: facts are remembered, their subjects
    marked stale, and conclusions are drawn once at the end.
    """
    told: dict[str, Event] = {}
    for fact in facts:
        first = told.setdefault(fact.id, fact)
        if first is not fact and document([first._replace(position=None)]) != document(
            [fact._replace(position=None)]
        ):
            raise Conflict(f"{fact.id} is told twice with different contents")
    if not told:
        return []
    rows = document(told.values())
    added = set(session.execute(REMEMBER, {"facts": rows}).scalars())
    if len(added) < len(told):
        refuse_conflicts(session, rows, told.keys() - added)
    fresh = [fact for id_, fact in told.items() if id_ in added]
    rebuilding = bool(fresh and session.execute(REBUILDING).scalar())
    enter(session, fresh, stale=rebuilding)
    return [] if rebuilding else fresh


def enter(session: Session, fresh: Iterable[Event], *, stale: bool) -> None:
    """Makes facts findable under all subjects they are about."""
    groups, pairs, parents = {}, [], []
    for fact in fresh:
        contract = CONTRACTS[fact.type]
        groups[fact.subject] = contract.group
        for subject in about(fact):
            groups.setdefault(subject, False)
            pairs.append({"subject": subject, "id": fact.id})
        if contract.within:
            parent = fact.data[contract.within]
            groups[parent] = True
            parents.append({"subject": fact.subject, "parent": parent})
    if pairs:
        session.execute(ABOUT, {"pairs": orjson.dumps(pairs).decode()})
    if parents:
        session.execute(WITHIN, {"pairs": orjson.dumps(parents).decode()})
    if groups:
        rows = [{"id": id_, "is_group": is_group} for id_, is_group in groups.items()]
        session.execute(ENTER, {"rows": orjson.dumps(rows).decode()})
        if stale:
            session.execute(SET_STALE, {"ids": array(sorted(groups))})


def refuse_conflicts(session: Session, rows: str, repeated: Collection[str]) -> None:
    """Raises `Conflict` where a repeated fact says something else than it did."""
    said = {row["id"]: row["digest"] for row in orjson.loads(rows)}
    for id_, digest in session.execute(DIGESTS, {"ids": array(repeated)}):
        if said[id_] != digest:
            raise Conflict(f"{id_} was told before with another content")


def touched(facts: Iterable[Event]) -> set[str]:
    """All subjects that facts are about."""
    return {subject for fact in facts for subject in (fact.subject, *about(fact))}


def hold(session: Session, subjects: Iterable[str]) -> None:
    """Locks known subjects until the transaction ends, in the order of their ids.

    Groups are held or relied on before what is within them, in every
    transaction, so that no two wait for each other.
    """
    session.execute(HOLD, {"ids": array(sorted(set(subjects)))})


def rely(session: Session, subjects: Iterable[str]) -> None:
    """Like `hold`, for subjects that are only read: others may read them too."""
    session.execute(RELY, {"ids": array(sorted(set(subjects)))})


def gather(session: Session, subjects: Collection[str]) -> dict[str, str]:
    """Locks all that must be concluded anew when these subjects were touched.

    That is the subjects themselves and, of each group among them, everything
    within it; groups that are only read are relied on. Returns what is within
    a group → its group. A subject whose group is not yet known is locked and
    left out: it waits for the fact that places it. What is within a group of
    more than `MOST_AT_ONCE` is marked stale, to be concluded in its own turn;
    in a session marked `PIECEMEAL` that was done already.
    """
    changed = set(session.execute(GROUPS, {"ids": array(subjects)}).scalars())
    groups = changed | set(parents(session, subjects).values())
    if changed:
        hold(session, groups)
    elif groups:
        rely(session, groups)
    touched = set(subjects) - changed
    put_off: list[str] = []
    if PIECEMEAL not in session.info:
        within = members(session, changed)
        if len(within) <= MOST_AT_ONCE:
            touched.update(within)
        else:
            put_off = sorted(set(within) - touched)
    hold(session, touched.union(put_off))
    if put_off:
        session.execute(SET_STALE, {"ids": array(put_off)})
    # Read again: whoever placed a subject meanwhile has committed by now.
    return parents(session, touched)


def parents(session: Session, subjects: Collection[str]) -> dict[str, str]:
    """Subject → the group it is within."""
    found = session.execute(PARENTS, {"ids": array(subjects)})
    return dict(found.all())


def members(session: Session, groups: Collection[str]) -> list[str]:
    """Everything within these groups."""
    return list(session.execute(MEMBERS, {"ids": array(groups)}).scalars()) if groups else []


def known(session: Session, subjects: Collection[str]) -> dict[str, list[Event]]:
    """Every fact known about each subject, in no particular order.

    Of conclusions only the standing one: the others say nothing any more.
    """
    found: dict[str, list[Event]] = defaultdict(list)
    if subjects:
        for subject, facts in session.execute(KNOWN, {"subjects": array(subjects)}).all():
            found[subject] = [
                Event(id_, type_, source, about, datetime.fromisoformat(time), data, None, trace)
                for id_, type_, source, about, time, data, trace in orjson.loads(facts)
            ]
    return found


def said_of(session: Session, subjects: Collection[str], types: Iterable[str]) -> list[Event]:
    """Known facts of some types whose own subject is one of these, by time and id."""
    if not subjects:
        return []
    wanted = {"subjects": array(subjects), "types": array(types)}
    return [_event(*row) for row in session.execute(SAID_OF, wanted)]


def of_type(session: Session, type_: str) -> list[Event]:
    """Every known fact of one type, by time and id. For types of which there are few."""
    return [_event(*row) for row in session.execute(OF_TYPE, {"type": type_})]


def _event(id_: str, type_: str, source: str, subject: str, time: datetime, data: str) -> Event:
    return Event(id_, type_, source, subject, time, orjson.loads(data))


def announce(session: Session, facts: Sequence[Event]) -> None:
    """Writes facts to the outbox; the relay tells them once this transaction is committed."""
    if facts:
        session.execute(ANNOUNCE, {"facts": document(facts)})
        session.execute(WAKE)
