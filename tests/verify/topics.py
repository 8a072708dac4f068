"""All topics from the beginning, read once by a consumer of no group, and reduced to what the checks compare."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pydantic import ValidationError

from shared.contracts import (
    BY_TYPE,
    EVENTS,
    CreditHeld,
    CreditPosted,
    CreditReversed,
    DepositQuarantined,
    DepositQuarantinedV2,
    DepositRecorded,
    DepositValued,
    DepositVoided,
    Event,
)
from tests.verify.canary import found_in
from tests.verify.purse import Purses
from tests.verify.scratch import Scratch

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
# are three million facts, so that is one number. Of what is not here, no more than the event's own id is compared.
_KEPT: dict[type[Event], Callable[[Any], tuple[UUID, int]]] = {
    DepositValued: lambda e: (
        e.deposit_id,
        mark(
            e.member_id.bytes,
            e.price_list_id.bytes,
            e.gross_rupiah,
            e.net_rupiah,
            priced_lines(e.lines),
            tuple((each.basis_points, each.amount_rupiah) for each in e.deductions),
        ),
    ),
    **{event: lambda e: (e.deposit_id, e.amount_rupiah) for event in (CreditPosted, CreditReversed)},
    **{
        event: lambda e: (e.deposit_id, 0)
        for event in (DepositRecorded, DepositVoided, DepositQuarantined, DepositQuarantinedV2)
    },
    CreditHeld: lambda e: (e.redemption_id, 0),
}
# Subject, event, what was kept of it.
_FACT = struct.Struct("16s16sq")


def mark(*fields: object) -> int:
    """One number for several fields, good for telling within one run whether they are the same."""
    return hash(fields)


def priced_lines(lines: Iterable[Any]) -> str:
    """Priced lines as one text in which any change of item, grade, quantity, price or value shows."""
    return ";".join(
        f"{each.item_code}|{each.grade}|{each.unit}|{each.quantity}|{each.price_rupiah}|{each.value_rupiah}"
        for each in lines
    )


@dataclass(frozen=True)
class Said:
    """One part of one kind of fact: by subject what was kept of it. A second fact about the same one is in `twice`."""

    facts: Mapping[bytes, int]
    twice: Sequence[bytes]


class Topics:
    """What the topics hold, on shelves; the few that cannot be read, and where personal data stands, by name."""

    def __init__(self, scratch: Scratch) -> None:
        self.records: dict[str, int] = dict.fromkeys(TOPICS, 0)
        self.event_ids = {topic: scratch.shelf() for topic in TOPICS}
        self.unreadable: list[Unreadable] = []
        self.purses = Purses(scratch.shelf())
        self.leaks: list[str] = []
        self._said = {event: scratch.shelf() for event in _KEPT}

    def take(self, topic: str, records: Sequence[ConsumerRecord]) -> None:
        """Add some records of one topic. `topic` is its name without a prefix."""
        self.records[topic] += len(records)
        self._look_for_the_canary(topic, records)
        for record in records:
            kind = _class_of(record)
            event = None if kind is None else _read(record, kind)
            if event is None:
                if kind is not None or not _is_news(record):
                    self.unreadable.append(Unreadable(topic, record.partition, record.offset, kind))
            else:
                self._keep(topic, event)

    def _keep(self, topic: str, event: Event) -> None:
        event_id = event.event_id.bytes
        self.event_ids[topic].put(event_id, event_id)
        self.purses.hear(event)
        kept = _KEPT.get(type(event))
        if kept is not None:
            subject, fact = kept(event)
            self._said[type(event)].put(subject.bytes, _FACT.pack(subject.bytes, event_id, fact))

    def _look_for_the_canary(self, topic: str, records: Sequence[ConsumerRecord]) -> None:
        texts = [_whole(record) for record in records]
        # Many at once, because to begin a search costs more than to go through a record.
        if next(found_in(b"\n".join(texts)), None) is None:
            return
        for record, text in zip(records, texts, strict=True):
            self.leaks += [f"{topic}/{record.partition}@{record.offset}: {what}" for what in found_in(text)]

    def said(self, event: type[Event], part: int) -> Said:
        """One part of what was said of that kind. What the relay sent again is the same event and said once."""
        facts: dict[bytes, int] = {}
        twice: list[bytes] = []
        heard: set[bytes] = set()
        for subject, event_id, fact in _FACT.iter_unpack(self._said[event].part(part)):
            if event_id in heard:
                continue
            heard.add(event_id)
            if subject in facts:
                twice.append(subject)
            else:
                facts[subject] = fact
        return Said(facts, twice)


def _whole(record: ConsumerRecord) -> bytes:
    parts = (record.key, record.value, *(value for _, value in record.headers))
    return b"\n".join(part for part in parts if part)


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


async def read_topics(scratch: Scratch, bootstrap_servers: str, prefix: str = "") -> Topics:
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
        return await _drain(consumer, Topics(scratch), prefix)
    finally:
        await consumer.stop()


async def _drain(consumer: AIOKafkaConsumer, found: Topics, prefix: str) -> Topics:
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
            found.take(
                place.topic.removeprefix(prefix), [each for each in records if each.offset < ends[place]]
            )
        for place in list(waiting):
            if await consumer.position(place) >= ends[place]:
                waiting.discard(place)
    found.purses.replay()
    return found
