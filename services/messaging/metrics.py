"""What is counted about messages; names and labels are stable."""

from prometheus_client import Counter, Gauge, Histogram

ANNOUNCED = Counter("zhixing_facts_announced", "Facts confirmed by the broker", ["service", "type"])
HEARD = Counter("zhixing_facts_heard", "Facts taken, repeated ones included", ["service", "type"])
PARKED = Counter("zhixing_facts_parked", "Facts put aside with a reason", ["service"])
REPLAYED = Counter("zhixing_facts_replayed", "Facts told again on request", ["service", "type"])
LAG = Gauge("zhixing_facts_lag", "Facts announced and not yet heard", ["service", "type"])
RELAY_LAG = Gauge("zhixing_relay_lag", "Facts committed and not yet confirmed", ["service"])
HANDLER = Histogram("zhixing_handler_seconds", "One batch, decoded to committed", ["service"])
RPC = Histogram(
    "zhixing_rpc_seconds", "One command or query, in its service", ["service", "method"]
)
