"""A small service made of the real runtime alone: it notes what it heard, so that tests can count it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.stack import Stack
from shared.contracts import Event, MemberRegistered
from shared.kernel.ids import uuid7
from shared.runtime.database import Database, Tx
from shared.runtime.envelope import common_headers
from shared.runtime.hearing import Handler, Hearer, Hearing
from shared.runtime.listening import Listener
from shared.runtime.outbox import encode
from shared.runtime.relay import Relay
from shared.runtime.tracing import new_traceparent

TOPIC = MemberRegistered.TOPIC
GROUP = "stage"
HEARD_TABLES = """
create table heard (event_id uuid primary key, member_id uuid not null, times integer not null);
create table heard_order (id bigint generated always as identity primary key, event_id uuid not null, member_id uuid)
"""


def registered(member_id: UUID | None = None) -> MemberRegistered:
    """A fact to travel; each call makes another one."""
    now = datetime.now(UTC)
    return MemberRegistered(
        event_id=uuid7(),
        recorded_at=now,
        member_id=member_id or uuid7(),
        kind="person",
        waste_bank_id="lubuk-pakam-induk",
        subdistrict_code="12.07.28",
        enrolled_at=now,
        enrolled_by=uuid7(),
        has_phone=False,
    )


async def note(tx: Tx, events: Sequence[MemberRegistered]) -> None:
    """Count each event, and the order in which they were heard."""
    await tx.execute(
        "insert into heard select e, m, 1 from unnest($1::uuid[], $2::uuid[]) as t (e, m) "
        "on conflict (event_id) do update set times = heard.times + 1",
        [event.event_id for event in events],
        [event.member_id for event in events],
    )
    await tx.execute(
        "insert into heard_order (event_id, member_id) select * from unnest($1::uuid[], $2::uuid[])",
        [event.event_id for event in events],
        [event.member_id for event in events],
    )


async def until(found: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """Ask again and again until the answer is true; returns it. AssertionError with the last answer at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await found()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s; last answer: {answer!r}"
        await asyncio.sleep(0.02)


@dataclass
class Stage:
    """One database and one set of topics; processes of the small service are started on it at will."""

    stack: Stack
    database: Database
    prefix: str
    handlers: dict[type[Event], Handler] = field(default_factory=lambda: {MemberRegistered: note})

    @property
    def hearing(self) -> Hearing:
        """What the small service listens to."""
        return Hearing(GROUP, (TOPIC,), self.handlers)

    def hearer(self) -> Hearer:
        """What applies heard events, without Kafka."""
        return Hearer("stage", self.hearing, self.database)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        """A process that listens, stopped as SIGTERM would at the end of the block."""
        listener = Listener(
            self.hearing, self.hearer(), self.database, self.stack.bootstrap_servers, self.prefix
        )
        task = asyncio.create_task(listener.run())
        try:
            yield listener
        finally:
            await stop(task)

    @contextlib.asynccontextmanager
    async def relaying(self) -> AsyncIterator[Relay]:
        """A process that relays, until the end of the block."""
        relay = Relay(self.database, "stage", self.stack.bootstrap_servers, self.prefix)
        task = asyncio.create_task(relay.run())
        try:
            yield relay
        finally:
            await stop(task)

    async def value(self, query: str, *arguments: Any) -> Any:
        """One value from the database."""
        async with self.database.connection() as held:
            return await held.fetchval(query, *arguments)

    async def rows(self, query: str, *arguments: Any) -> list[Any]:
        """Rows from the database."""
        async with self.database.connection() as held:
            return list(await held.fetch(query, *arguments))

    async def heard(self) -> dict[UUID, int]:
        """How often the effect of each event happened."""
        return {row["event_id"]: row["times"] for row in await self.rows("select event_id, times from heard")}

    async def dead_letters(self) -> list[str]:
        """The kind of each dead letter, in order."""
        return [row["kind"] for row in await self.rows("select kind from dead_letter order by id")]

    async def outbox_is_empty(self) -> bool:
        """Whether everything that was said has left."""
        return bool(await self.value("select not exists (select from outbox)"))

    async def settled(self, seconds: float = 20) -> None:
        """Wait until the group has committed everything."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                async with self._lag() as lag:
                    while await lag():
                        assert time.monotonic() < deadline, f"not within {seconds} s"
                        await asyncio.sleep(0.05)
                    return
            except KafkaError:  # a new broker is still making its coordinator
                assert time.monotonic() < deadline, f"no answer within {seconds} s"
                await asyncio.sleep(0.1)

    async def lag(self) -> int:
        """Records of the topic that the group has not committed."""
        async with self._lag() as lag:
            return await lag()

    @contextlib.asynccontextmanager
    async def _lag(self) -> AsyncIterator[Callable[[], Awaitable[int]]]:
        """Ask for the lag as often as one likes, by the same clients: making them costs far more than asking."""
        topic, consumer = (
            self.prefix + TOPIC,
            AIOKafkaConsumer(bootstrap_servers=self.stack.bootstrap_servers),
        )
        admin = AIOKafkaAdminClient(bootstrap_servers=self.stack.bootstrap_servers)

        async def lag() -> int:
            await consumer._client.force_metadata_update()
            places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            ends = await consumer.end_offsets(places)
            done = await admin.list_consumer_group_offsets(self.prefix + GROUP)
            return sum(end - (done[place].offset if place in done else 0) for place, end in ends.items())

        try:
            await consumer.start()
            await admin.start()
            yield lag
        finally:
            await consumer.stop()
            await admin.close()

    async def published(self, topic: str = TOPIC) -> list[ConsumerRecord]:
        """Every record of a topic, partition by partition."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.stack.bootstrap_servers, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            await consumer._client.force_metadata_update()
            places = [
                TopicPartition(self.prefix + topic, number)
                for number in sorted(consumer.partitions_for_topic(self.prefix + topic) or ())
            ]
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            records: list[ConsumerRecord] = []
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                for some in (await consumer.getmany(timeout_ms=500)).values():
                    records.extend(some)
            return sorted(records, key=lambda record: (record.partition, record.offset))
        finally:
            await consumer.stop()

    async def send(self, *records: "Record", partition: int = 0, by: AIOKafkaProducer | None = None) -> None:
        """Put records into one partition, in order, as a stranger would; `by` is a producer that is there already."""
        producer = by or AIOKafkaProducer(bootstrap_servers=self.stack.bootstrap_servers)
        if by is None:
            await producer.start()
        try:
            for record in records:
                topic, headers = self.prefix + TOPIC, list(record.headers)
                await producer.send_and_wait(
                    topic, record.value, b"key", partition=partition, headers=headers
                )
        finally:
            if by is None:
                await producer.stop()


@dataclass(frozen=True)
class Record:
    """A record as it stands in Kafka: value and headers, sound or not."""

    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def sound(event: Event, extra: Mapping[str, bytes | None] | None = None) -> Record:
    """The record that the relay would make of an event, with further headers if given."""
    shared = common_headers("/timbang/stage", new_traceparent(), event.recorded_at.isoformat())
    own = [("ce_type", event.TYPE.encode()), ("ce_id", str(event.event_id).encode())]
    return Record(encode(event), (*own, *shared, *(extra or {}).items()))


async def stop(task: asyncio.Task[Any]) -> None:
    """Cancel and wait."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
