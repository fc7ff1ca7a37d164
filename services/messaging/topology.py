"""The exchanges and queues every service declares before it uses them."""

from collections.abc import Iterable

from kombu import Exchange, Queue
from kombu.transport.base import StdChannel

FACTS = Exchange("training.facts", type="topic", durable=True)
HEADS = Exchange("training.heads", type="topic", durable=True)
DEAD = Exchange("training.dead", type="topic", durable=True)
DEAD_LETTERS = Queue("training.dead-letters", DEAD, routing_key="#", durable=True)

# A quorum queue drops what it has redelivered this often, 20 times if it is
# not told. Weather may last long, so the number is out of reach.
DELIVERY_LIMIT = 1_000_000
CONTROL_SECONDS = 60


def inbox(service: str) -> Queue:
    """Where facts wait for a service, whichever of its replicas takes them."""
    return Queue(
        f"{service}.inbox",
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD.name,
        },
    )


def control(service: str) -> Queue:
    """Where heads and replay requests wait; what is old is not worth keeping."""
    return Queue(
        f"{service}.control",
        HEADS,
        routing_key="#",
        durable=True,
        queue_arguments={"x-message-ttl": CONTROL_SECONDS * 1000},
    )


def declare(channel: StdChannel, service: str, types: Iterable[str]) -> None:
    """Declares all a service needs; safe to repeat, also on a broker that lost its disk."""
    FACTS(channel).declare()
    DEAD_LETTERS(channel).declare()
    control(service)(channel).declare()
    queue = inbox(service)(channel)
    queue.declare()
    for type_ in sorted(types):
        queue.bind_to(FACTS, routing_key=type_)
