"""Work that keeps a core busy, done beside the green threads."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from eventlet import tpool

P = ParamSpec("P")
T = TypeVar("T")


def beside(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What `work` returns; it runs in a thread of the system and must use nothing green."""
    found: T = tpool.execute(work, *args, **named)
    return found
