"""All topics from the beginning, read once by a consumer of no group, and reduced to what the checks compare."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pydantic import ValidationError

from shared.contracts import BY_TYPE, EVENTS, Event
from tests.verify.purse import Purses

TOPICS = tuple(sorted({event.TOPIC for event in EVENTS}))
FETCH_BYTES = 4_194_304
EVENT_BYTES_MAX = 262_144
_KNOWN_WORDS = {name.rpartition(".v")[0] for name in BY_TYPE}


@dataclass(frozen=True, slots=True)
class Said:
    """One fact about one subject as it stands in a topic: its event id and what the checks need of it."""

    event_id: UUID
    fact: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that nobody can obey. `event` is the class it claims to be, None if not even that can be told."""

    topic: str
    partition: int
    offset: int
    event: type[Event] | None


# What is kept of an event: its subject, and the fields in which two facts must agree.
_KEPT: dict[str, Callable[[Any], tuple[Any, tuple[Any, ...]]]] = {
    "DepositRecorded": lambda e: (
        e.deposit_id,
        (
            e.member_id,
            e.waste_bank_id,
            e.subdistrict_code,
            e.price_list_id,
            len(e.lines),
            e.replaces_deposit_id,
        ),
    ),
    "DepositVoided": lambda e: (e.deposit_id, (e.member_id, e.replaced_by_deposit_id)),
    "DepositQuarantined": lambda e: (e.deposit_id, (e.why,)),
    "DepositRejected": lambda e: (e.deposit_id, ()),
    "DepositValued": lambda e: (
        e.deposit_id,
        (
            e.member_id,
            e.price_list_id,
            e.gross_rupiah,
            e.net_rupiah,
            priced_lines(e.lines),
            deducted(e.deductions),
        ),
    ),
    "DepositFlagged": lambda e: (e.deposit_id, (e.recorder_id, e.reasons)),
    "ValuationReversed": lambda e: (e.deposit_id, (e.member_id, e.net_rupiah)),
    "CreditPosted": lambda e: (e.deposit_id, (e.member_id, e.amount_rupiah, e.subdistrict_code)),
    "CreditReversed": lambda e: (e.deposit_id, (e.member_id, e.amount_rupiah, e.subdistrict_code)),
    "CreditHeld": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah)),
    "CreditRefused": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah)),
    "CreditSettled": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah)),
    "CreditReleased": lambda e: (
        (e.redemption_id, e.why == "reversed"),
        (e.member_id, e.amount_rupiah, e.why),
    ),
    "RedemptionRequested": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah)),
    "RedemptionDelivered": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah, e.cost_rupiah)),
    "RedemptionDeliveredLate": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah, e.cost_rupiah)),
    "RedemptionFailed": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah)),
    "RedemptionReversed": lambda e: (e.redemption_id, (e.member_id, e.amount_rupiah, e.cost_rupiah)),
    "FloatChanged": lambda e: (e.change_id, (e.kind, e.amount_rupiah)),
    "MemberRegistered": lambda e: (e.member_id, (e.subdistrict_code,)),
    "PriceListPublished": lambda e: (e.price_list_id, (e.waste_bank_id, e.effective_at)),
}


def priced_lines(lines: Iterable[Any]) -> str:
    """Priced lines as one text in which any change of item, grade, quantity, price or value shows."""
    return ";".join(
        f"{each.item_code}|{each.grade}|{each.unit}|{each.quantity}|{each.price_rupiah}|{each.value_rupiah}"
        for each in lines
    )


def deducted(deductions: Iterable[Any]) -> tuple[tuple[int, int], ...]:
    """What was kept back: basis points and rupiah of each deduction, in order."""
    return tuple((each.basis_points, each.amount_rupiah) for each in deductions)


@dataclass
class Topics:
    """What the topics hold. `said[class name][subject]` is the first fact; a second, different one is in `twice`."""

    records: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOPICS, 0))
    event_ids: dict[str, set[UUID]] = field(default_factory=lambda: {topic: set() for topic in TOPICS})
    said: dict[str, dict[Any, Said]] = field(default_factory=lambda: {event.__name__: {} for event in EVENTS})
    twice: dict[str, list[Any]] = field(default_factory=lambda: {event.__name__: [] for event in EVENTS})
    unreadable: list[Unreadable] = field(default_factory=list)
    purses: Purses = field(default_factory=Purses)

    def take(self, topic: str, record: ConsumerRecord) -> None:
        """Add one record. `topic` is its name without a prefix."""
        self.records[topic] += 1
        kind = _class_of(record)
        event = None if kind is None else _read(record, kind)
        if event is None:
            if kind is not None or not _is_news(record):
                self.unreadable.append(Unreadable(topic, record.partition, record.offset, kind))
            return
        if event.event_id in self.event_ids[topic]:
            return  # sent again by the relay, in the same order as the first time
        self.event_ids[topic].add(event.event_id)
        self.purses.hear(event)
        name = type(event).__name__
        subject, fact = _KEPT[name](event)
        if subject in self.said[name]:
            self.twice[name].append(subject)
        else:
            self.said[name][subject] = Said(event.event_id, fact)

    def facts(self, event: type[Event]) -> dict[Any, Said]:
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
