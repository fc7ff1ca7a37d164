"""Work that keeps a core busy, done beside the green threads."""

from collections.abc import Callable
from typing import Any

from eventlet import tpool


def beside[**P, T](work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What `work` returns; it runs in a thread of the system and must not use green things."""
    found: Any = tpool.execute(work, *args, **named)
    return found
