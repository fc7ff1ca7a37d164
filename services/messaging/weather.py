"""Telling weather (wait and try again) from poison (put aside)."""

from collections.abc import Iterator

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

FIRST_WAIT = 0.05
LONGEST_WAIT = 5.0
WEATHER = (
    OperationalError,
    InterfaceError,
    # What listens on a connection itself is told by the driver.
    psycopg.OperationalError,
    psycopg.InterfaceError,
    ConnectionError,
    TimeoutError,
)


def is_weather(error: BaseException) -> bool:
    """True where the same attempt may succeed later: a server away, a lock lost."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, WEATHER)


def back_off() -> Iterator[float]:
    """Seconds to wait before each further attempt, doubling up to a limit, for ever."""
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(wait * 2, LONGEST_WAIT)
