"""A nameko extension that works in a thread of its own until it is stopped."""

from time import monotonic

import eventlet
import structlog
from amqp.exceptions import AMQPError
from eventlet.event import Event as Signal
from kombu.exceptions import OperationalError as BrokerError
from nameko.extensions import Extension

from services.messaging.weather import LONGEST_WAIT, back_off, is_weather

log = structlog.get_logger()
STOP_SECONDS = 4.0
# A broker that goes away in the midst of a frame is told as a bare OSError.
BROKER_WEATHER = (BrokerError, AMQPError, OSError)


class Thread(Extension):
    """Runs `work` again and again; weather is waited out, anything else ends the service.

    `work` returns whenever `stopping` is set, and otherwise when it likes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stopping = False
        self.stopped = Signal()
        self.asked = Signal()

    @property
    def service(self) -> str:
        name: str = self.container.service_name
        return name

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run, identifier=type(self).__name__)

    def ask_to_stop(self) -> None:
        """Has the thread end at its next chance; returns at once."""
        self.stopping = True
        if not self.asked.ready():
            self.asked.send()

    def stop(self) -> None:
        self.ask_to_stop()
        with eventlet.Timeout(STOP_SECONDS, False):
            self.stopped.wait()

    def pause(self, seconds: float) -> None:
        """Waits, but not for longer than until the thread is asked to stop."""
        with eventlet.Timeout(seconds, False):
            self.asked.wait()

    def work(self) -> None:
        raise NotImplementedError

    def _run(self) -> None:
        waits = back_off()
        while not self.stopping:
            began = monotonic()
            try:
                self.work()
                waits = back_off()
            except Exception as error:
                if monotonic() - began > LONGEST_WAIT:
                    waits = back_off()
                if not (is_weather(error) or isinstance(error, BROKER_WEATHER)):
                    raise
                wait = next(waits)
                log.warning(
                    "waiting",
                    service=self.service,
                    thread=type(self).__name__,
                    seconds=wait,
                    error=type(error).__name__,
                )
                self.pause(wait)
        self.stopped.send()
