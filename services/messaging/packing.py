"""Facts as messages: CloudEvents JSON batches of one type each."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import orjson
from kombu import Exchange

from services.contracts.envelope import BATCH_CONTENT_TYPE, SPECVERSION
from services.messaging.broker import Packet

MOST_FACTS = 100
MOST_BYTES = 256 * 1024

# The columns `pack` reads, in its order.
COLUMNS = """
    CAST(id AS text), type, CAST(subject AS text), time, CAST(data AS text),
    CAST(causationid AS text), traceparent, position
"""


def envelope(source: str, row: Iterable[Any]) -> bytes:
    """The CloudEvents JSON of an outbox row; its data is passed on as it was written."""
    id_, type_, subject, time, data, causationid, traceparent, position = row
    return orjson.dumps(
        {
            "specversion": SPECVERSION,
            "id": id_,
            "type": type_,
            "source": source,
            "subject": subject,
            "time": time,
            "datacontenttype": "application/json",
            **({"causationid": causationid} if causationid else {}),
            **({"traceparent": traceparent} if traceparent else {}),
            "position": position,
            "data": orjson.Fragment(data),
        },
        option=orjson.OPT_UTC_Z,
    )


def pack(
    source: str, rows: Iterable[Any], *, exchange: Exchange | None, queue: str | None = None
) -> Iterator[Packet]:
    """Packets of at most 100 facts and about 256 KiB, in the order of the rows.

    They go to `exchange` under their type, or straight to `queue`.
    """
    for type_, of_type in groupby(rows, key=lambda row: row[1]):
        waiting: list[bytes] = []
        size = 0
        for row in of_type:
            fact = envelope(source, row)
            if waiting and (len(waiting) == MOST_FACTS or size + len(fact) > MOST_BYTES):
                yield packet(waiting, queue or type_, exchange)
                waiting, size = [], 0
            waiting.append(fact)
            size += len(fact)
        yield packet(waiting, queue or type_, exchange)


def packet(facts: list[bytes], routing_key: str, exchange: Exchange | None) -> Packet:
    return Packet(b"[" + b",".join(facts) + b"]", routing_key, exchange, BATCH_CONTENT_TYPE)
