"""Emptying a service so that it hears all history again."""

from collections.abc import Iterable
from itertools import islice

import orjson
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.contracts.envelope import Event
from services.messaging import ledger

CHUNK = 2_000
CONCLUDED_BY_LEDGER = ("inbox", "about", "within", "subjects", "heard", "parked")
OWN = text("""
    SELECT CAST(id AS text), type, CAST(subject AS text), time, CAST(data AS text)
    FROM outbox WHERE type = ANY (CAST(:types AS text[])) ORDER BY sequence
""")


def rebuild(engine: Engine, service: str, own: Iterable[str], tables: Iterable[str]) -> int:
    """Empties what a service has heard and concluded; returns how many own facts it heard again.

    `own` are the types its commands announce: they are heard again from its
    outbox, at once. The rest comes by catch-up, and no conclusion is drawn
    before all of it is there.
    """
    emptied = ", ".join((*CONCLUDED_BY_LEDGER, *tables))
    heard = 0
    with Session(engine) as session, session.begin():
        session.execute(text(f"TRUNCATE {emptied}"))
        session.execute(text("INSERT INTO rebuilding DEFAULT VALUES"))
        types = ledger.array(own)
        rows = iter(session.execute(OWN, {"types": types}).all())
        while chunk := list(islice(rows, CHUNK)):
            ledger.remember(
                session,
                [
                    Event(id_, type_, f"/zhixing/{service}", subject, time, orjson.loads(data))
                    for id_, type_, subject, time, data in chunk
                ],
            )
            heard += len(chunk)
    return heard
