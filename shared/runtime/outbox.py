"""The only way to say something: an outbox row in the transaction that made it true.

One row holds up to `EVENTS_PER_ROW` events of one transaction and topic, as arrays: an event costs PostgreSQL an
array element instead of three row versions (docs/decisions/0002-packed-outbox.md). The relay sends rows in id order,
so events of one key keep their order as long as their transactions lock what they are about before they speak.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.contracts import Event
from shared.runtime.database import Tx
from shared.runtime.tracing import current_traceparent

EVENTS_PER_ROW = 250
# Kafka takes a megabyte; a record far below it can never be refused after the transaction has committed.
EVENT_BYTES_MAX = 262_144

_INSERT = """
insert into outbox (topic, event_count, event_ids, types, keys, payloads, traceparent)
values ($1, $2, $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7)
"""


class EventTooLargeError(Exception):
    """An event is larger than what may travel; the transaction that says it must not commit."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event that a batch workflow has written as JSON by itself, which costs a sixth of making the model first.

    A test of that workflow reads what it wrote with the model and compares.
    """

    TOPIC: str
    TYPE: str
    event_id: UUID | str
    key: str
    payload: bytes


def encode(event: Event | Encoded) -> bytes:
    """The event as the UTF-8 JSON that travels and is archived."""
    payload = event.payload if isinstance(event, Encoded) else event.__pydantic_serializer__.to_json(event)
    if len(payload) > EVENT_BYTES_MAX:
        raise EventTooLargeError(
            f"{event.TYPE} {event.event_id} has {len(payload)} bytes; at most {EVENT_BYTES_MAX} may travel"
        )
    return payload


async def say(tx: Tx, events: Sequence[Event | Encoded]) -> None:
    """Publish the events if, and only if, the transaction commits."""
    by_topic: dict[str, list[Event | Encoded]] = defaultdict(list)
    for event in events:
        by_topic[event.TOPIC].append(event)
    for topic, said in by_topic.items():
        for start in range(0, len(said), EVENTS_PER_ROW):
            part = said[start : start + EVENTS_PER_ROW]
            await tx.execute(
                _INSERT,
                topic,
                len(part),
                [event.event_id for event in part],
                [event.TYPE for event in part],
                [event.key for event in part],
                [encode(event) for event in part],
                current_traceparent(),
            )
