"""Numbers that every service publishes about itself. Labels come from closed sets, never from people or devices."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_REQUESTS = Counter(
    "timbang_http_requests", "Requests answered", ["service", "route", "method", "status"]
)
HTTP_SECONDS = Histogram(
    "timbang_http_request_seconds",
    "Time to answer",
    ["service", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
HEARD_EVENTS = Counter("timbang_heard_events", "Events whose effect is committed", ["service", "type"])
SKIPPED_EVENTS = Counter("timbang_skipped_events", "Events of a type that nobody here asked for", ["service"])
DEAD_LETTERS = Counter("timbang_dead_letters", "Records set aside", ["service", "kind"])
HEARING_RETRIES = Counter(
    "timbang_hearing_retries", "Batches tried again after a passing failure", ["service"]
)
HEARING_LAG = Gauge(
    "timbang_hearing_lag", "Records in Kafka that this service has not yet committed", ["service"]
)
RELAYED_EVENTS = Counter("timbang_relayed_events", "Events that Kafka acknowledged", ["service"])
SENT_AGAIN = Counter(
    "timbang_events_sent_again", "Events put back into the outbox because Kafka had lost them", ["service"]
)
RELAY_FAILURES = Counter("timbang_relay_failures", "Rounds of the relay that broke off", ["service"])
OUTBOX_OLDEST = Gauge(
    "timbang_outbox_oldest_timestamp_seconds",
    "When the oldest unsent event was written; 0 if none",
    ["service"],
)
