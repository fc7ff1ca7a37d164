"""The in-process broker: kombu's memory transport with a bell instead of polling.

It forgets all at exit; catch-up brings back what it forgot.
"""

import socket
from queue import Empty
from time import monotonic
from typing import Any

import eventlet
from eventlet.event import Event as Bell
from kombu.transport import TRANSPORT_ALIASES, memory

URL = "embedded://"


class Tower:
    """Holds the bell that rings when anything may have become receivable."""

    bell = Bell()

    @classmethod
    def ring(cls) -> None:
        rung, cls.bell = cls.bell, Bell()
        rung.send()


class Channel(memory.Channel):
    """nameko's RPC reads `content_type` from the properties, as AMQP has it."""

    def prepare_message(self, body: Any, *options: Any, **named: Any) -> Any:
        message = super().prepare_message(body, *options, **named)
        message["properties"]["content_type"] = message["content-type"]
        return message

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        super()._put(queue, message, **options)
        Tower.ring()

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        super().basic_ack(delivery_tag, multiple)
        Tower.ring()


class Transport(memory.Transport):
    """Waits for the bell, then looks."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        until = None if timeout is None else monotonic() + timeout
        while True:
            bell = Tower.bell
            try:
                self.cycle.get(self._deliver, timeout=0)
            except Empty:
                left = None if until is None else until - monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError("nothing arrived") from None
                with eventlet.Timeout(left, socket.timeout):
                    bell.wait()
            else:
                return


def install() -> None:
    """Makes kombu know `embedded://`."""
    TRANSPORT_ALIASES["embedded"] = f"{__name__}:Transport"
