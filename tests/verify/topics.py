"""All topics from the beginning, read once by a consumer of no group, and reduced to what the checks compare."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pydantic import ValidationError

from shared.contracts import BY_TYPE, EVENTS, Event
from shared.contracts.deposits import DepositEvent
from shared.contracts.redemptions import RedemptionEvent
from tests.verify.canary import found_in
from tests.verify.purse import Purses

TOPICS = tuple(sorted({event.TOPIC for event in EVENTS}))
FETCH_BYTES = 4_194_304
EVENT_BYTES_MAX = 262_144
_KNOWN_WORDS = {name.rpartition(".v")[0] for name in BY_TYPE}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that nobody can obey. `event` is the class it claims to be, None if not even that can be told."""

    topic: str
    partition: int
    offset: int
    event: type[Event] | None


# What is kept of an event: its subject, and what its counterpart in a database has to agree with. A million deposits
# are three million facts, so that is one number wherever one is enough.
_KEPT: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    # What no check compares is at least counted, by its own id.
    **{event.__name__: lambda e: (e.event_id, None) for event in EVENTS},
    "DepositValued": lambda e: (
        e.deposit_id,
        mark(
            e.member_id,
            e.price_list_id,
            e.gross_rupiah,
            e.net_rupiah,
            priced_lines(e.lines),
            tuple((each.basis_points, each.amount_rupiah) for each in e.deductions),
        ),
    ),
    "CreditPosted": lambda e: (e.deposit_id, e.amount_rupiah),
    "CreditReversed": lambda e: (e.deposit_id, e.amount_rupiah),
    "CreditReleased": lambda e: ((e.redemption_id, e.why == "reversed"), None),
    "FloatChanged": lambda e: (e.change_id, None),
    "MemberRegistered": lambda e: (e.member_id, None),
    "PriceListPublished": lambda e: (e.price_list_id, None),
    **{
        event.__name__: lambda e: (e.deposit_id, None)
        for event in EVENTS
        if issubclass(event, DepositEvent) and event.__name__ != "DepositValued"
    },
    **{
        event.__name__: lambda e: (e.redemption_id, None)
        for event in EVENTS
        if issubclass(event, RedemptionEvent)
    },
    **{name: lambda e: (e.redemption_id, None) for name in ("CreditHeld", "CreditRefused", "CreditSettled")},
}


def mark(*fields: object) -> int:
    """One number for several fields, good for telling within one run whether they are the same."""
    return hash(fields)


def priced_lines(lines: Iterable[Any]) -> str:
    """Priced lines as one text in which any change of item, grade, quantity, price or value shows."""
    return ";".join(
        f"{each.item_code}|{each.grade}|{each.unit}|{each.quantity}|{each.price_rupiah}|{each.value_rupiah}"
        for each in lines
    )


@dataclass
class Topics:
    """What the topics hold. `said[class name][subject]` is what was kept of it; a second such fact is in `twice`."""

    records: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOPICS, 0))
    event_ids: dict[str, set[int]] = field(default_factory=lambda: {topic: set() for topic in TOPICS})
    said: dict[str, dict[Any, Any]] = field(default_factory=lambda: {event.__name__: {} for event in EVENTS})
    twice: dict[str, list[Any]] = field(default_factory=lambda: {event.__name__: [] for event in EVENTS})
    unreadable: list[Unreadable] = field(default_factory=list)
    purses: Purses = field(default_factory=Purses)
    leaks: list[str] = field(default_factory=list)

    def take(self, topic: str, record: ConsumerRecord) -> None:
        """Add one record. `topic` is its name without a prefix."""
        self.records[topic] += 1
        self._look_for_the_canary(topic, record)
        kind = _class_of(record)
        event = None if kind is None else _read(record, kind)
        if event is None:
            if kind is not None or not _is_news(record):
                self.unreadable.append(Unreadable(topic, record.partition, record.offset, kind))
            return
        if event.event_id.int in self.event_ids[topic]:
            return  # sent again by the relay, in the same order as the first time
        self.event_ids[topic].add(event.event_id.int)
        self.purses.hear(event)
        name = type(event).__name__
        subject, fact = _KEPT[name](event)
        if subject in self.said[name]:
            self.twice[name].append(subject)
        else:
            self.said[name][subject] = fact

    def _look_for_the_canary(self, topic: str, record: ConsumerRecord) -> None:
        whole = (record.key, record.value, *(value for _, value in record.headers))
        for what in found_in(b"\n".join(part for part in whole if part)):
            self.leaks.append(f"{topic}/{record.partition}@{record.offset}: {what}")

    def facts(self, event: type[Event]) -> dict[Any, Any]:
        """Every subject of that fact."""
        return self.said[event.__name__]


def _class_of(record: ConsumerRecord) -> type[Event] | None:
    headers = dict(record.headers)
    if any(value is None for value in headers.values()):
        return None
    try:
        texts = {key: value.decode() for key, value in headers.items()}
    except UnicodeDecodeError:
        return None
    return BY_TYPE.get(texts.get("ce_type", ""))


def _is_news(record: ConsumerRecord) -> bool:
    """A kind of fact that nobody here knows at all is skipped by every hearer, which is no defect."""
    name = next((value for key, value in record.headers if key == "ce_type"), None)
    if not name or any(value is None for _, value in record.headers):
        return False
    try:
        texts = [value.decode() for _, value in record.headers]
    except UnicodeDecodeError:
        return False
    return bool(texts) and name.decode().rpartition(".v")[0] not in _KNOWN_WORDS


def _read(record: ConsumerRecord, kind: type[Event]) -> Event | None:
    if record.value is None or len(record.value) > EVENT_BYTES_MAX:
        return None
    try:
        return kind.model_validate_json(record.value)
    except ValidationError:
        return None


async def read_topics(bootstrap_servers: str, prefix: str = "") -> Topics:
    """Everything that stands in the topics at this moment. Raises aiokafka's KafkaError if Kafka is away."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=8 * FETCH_BYTES,
        max_partition_fetch_bytes=FETCH_BYTES,
        check_crcs=False,
    )
    await consumer.start()
    try:
        return await _drain(consumer, prefix)
    finally:
        await consumer.stop()


async def _drain(consumer: AIOKafkaConsumer, prefix: str) -> Topics:
    found = Topics()
    partitions = [
        TopicPartition(prefix + topic, number)
        for topic in TOPICS
        # The public call answers only for topics that the consumer subscribed to.
        for number in await consumer._client._wait_on_metadata(prefix + topic) or ()
    ]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    waiting = {place for place, end in ends.items() if end > 0}
    await consumer.seek_to_beginning(*partitions)
    while waiting:
        fetched = await consumer.getmany(*waiting, timeout_ms=1000, max_records=5000)
        for place, records in fetched.items():
            for record in records:
                if record.offset < ends[place]:
                    found.take(place.topic.removeprefix(prefix), record)
        for place in list(waiting):
            if await consumer.position(place) >= ends[place]:
                waiting.discard(place)
    return found
