"""The relay on a real broker: in order per key, nothing lost, nothing before it is committed, one relay a database."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError, OutOfOrderSequenceNumber

from shared.contracts import MemberRegistered, PriceListPublished
from shared.kernel.ids import uuid7
from shared.runtime import outbox, relay
from shared.runtime.envelope import decode, event_class, header, partition_of
from shared.runtime.outbox import EventTooLargeError, say
from shared.runtime.tracing import continue_trace, new_traceparent
from tests.services.runtime.stage import Stage, registered, until

PARTITIONS = 12
LOCK_HOLDERS = """
select array_agg(pid) from pg_locks
where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
"""


def event_id(record: ConsumerRecord) -> UUID:
    return UUID(header(record.headers, "ce_id"))


async def say_one_by_one(stage: Stage, events: list[MemberRegistered]) -> None:
    for event in events:
        async with stage.database.transaction() as tx:
            await say(tx, [event])


def first_times(records: list[ConsumerRecord]) -> dict[bytes, list[UUID]]:
    """By key, the events in the order in which they first stand in the topic."""
    order: dict[bytes, dict[UUID, None]] = defaultdict(dict)
    for record in records:
        order[record.key].setdefault(event_id(record))
    return {key: list(ids) for key, ids in order.items()}


def said_by_key(events: list[MemberRegistered]) -> dict[bytes, list[UUID]]:
    order: dict[bytes, list[UUID]] = defaultdict(list)
    for event in events:
        order[event.key.encode()].append(event.event_id)
    return order


def look_again(running: relay.Relay) -> Callable[[], Awaitable[bool]]:
    """Wake the relay; says whether it has looked since and found nothing."""
    asked_at = time.monotonic()
    running.wake()

    async def looked() -> bool:
        return running.progress_at > asked_at

    return looked


async def test_every_key_keeps_its_order_in_its_partition(stage: Stage) -> None:
    members = [uuid7() for _ in range(30)]
    events = [registered(member) for _ in range(10) for member in members]
    async with stage.relaying():
        await say_one_by_one(stage, events)
        await until(stage.outbox_is_empty)
    records = await stage.published()
    assert len(records) == len(events)
    assert first_times(records) == said_by_key(events)
    assert all(record.partition == partition_of(record.key.decode(), PARTITIONS) for record in records)


async def test_a_record_is_a_cloud_event_with_the_trace_of_its_cause(stage: Stage) -> None:
    event, trace = registered(), new_traceparent()
    continue_trace(trace)
    async with stage.relaying():
        async with stage.database.transaction() as tx:
            await say(tx, [event])
        await until(stage.outbox_is_empty)
    (record,) = await stage.published()
    found = dict(record.headers)
    assert found.pop("ce_time")
    assert found == {
        "ce_specversion": b"1.0",
        "ce_type": event.TYPE.encode(),
        "ce_id": str(event.event_id).encode(),
        "ce_source": b"/timbang/stage",
        "content-type": b"application/json",
        "traceparent": trace.encode(),
    }
    assert event_class(record) is MemberRegistered
    assert decode(record, MemberRegistered) == event


async def test_only_what_was_committed_is_sent(stage: Stage) -> None:
    kept = registered()
    async with stage.relaying():
        with pytest.raises(ZeroDivisionError):
            async with stage.database.transaction() as tx:
                await say(tx, [registered()])
                raise ZeroDivisionError
        await say_one_by_one(stage, [kept])
        await until(stage.outbox_is_empty)
    assert [event_id(record) for record in await stage.published()] == [kept.event_id]


async def test_a_slow_transaction_with_a_lower_id_is_not_lost(stage: Stage) -> None:
    slow, quick = registered(), registered()
    async with stage.relaying():
        async with stage.database.transaction() as tx:
            await say(tx, [slow])
            await say_one_by_one(stage, [quick])
            await until(lambda: stage.value("select exists (select from outbox_archive)"))
        await until(stage.outbox_is_empty)
    assert {event_id(record) for record in await stage.published()} == {slow.event_id, quick.event_id}
    first, second = await stage.rows("select event_ids from outbox_archive order by id")
    assert [first["event_ids"], second["event_ids"]] == [[slow.event_id], [quick.event_id]]


async def test_with_a_cursor_it_would_be_lost(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = "from outbox where id > (select coalesce(max(id), 0) from outbox_archive) order by id"
    monkeypatch.setattr(relay, "_NEXT", relay._NEXT.replace("from outbox order by id", cursor))
    slow, quick, later = registered(), registered(), registered()
    async with stage.relaying() as running:
        async with stage.database.transaction() as tx:
            await say(tx, [slow])
            await say_one_by_one(stage, [quick])
            await until(lambda: stage.value("select exists (select from outbox_archive)"))
        await say_one_by_one(stage, [later])
        await until(lambda: stage.value("select count(*) = 2 from outbox_archive"))
        for _ in range(5):  # looks that do not see it
            await until(look_again(running))
    assert not await stage.outbox_is_empty()
    assert slow.event_id not in {event_id(record) for record in await stage.published()}


async def test_after_a_failure_everything_from_the_first_unacknowledged_row_is_sent_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = [uuid7() for _ in range(24)]
    events = [registered(member) for _ in range(5) for member in members]
    send_batch = AIOKafkaProducer.send_batch
    refused: list[int] = []
    bad = partition_of(str(members[0]), PARTITIONS)

    async def failing(self: AIOKafkaProducer, batch: Any, topic: str, *, partition: int) -> Any:
        if partition == bad and not refused:
            refused.append(partition)
            broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            broken.set_exception(KafkaError("lost on the way"))
            return broken
        return await send_batch(self, batch, topic, partition=partition)

    monkeypatch.setattr(AIOKafkaProducer, "send_batch", failing)
    await say_one_by_one(stage, events)
    async with stage.relaying():
        await until(stage.outbox_is_empty)
    assert refused == [bad]
    records = await stage.published()
    assert len(records) > len(events), "nothing was sent again"
    assert first_times(records) == said_by_key(events)
    assert await stage.value("select sum(event_count) from outbox_archive") == len(events)


async def test_rows_before_the_first_failure_are_done_with(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_batch = AIOKafkaProducer.send_batch
    lucky, unlucky = uuid7(), uuid7()
    while partition_of(str(lucky), PARTITIONS) == partition_of(str(unlucky), PARTITIONS):
        unlucky = uuid7()

    async def failing(self: AIOKafkaProducer, batch: Any, topic: str, *, partition: int) -> Any:
        if partition == partition_of(str(unlucky), PARTITIONS):
            broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            broken.set_exception(KafkaError("for ever"))
            return broken
        return await send_batch(self, batch, topic, partition=partition)

    monkeypatch.setattr(AIOKafkaProducer, "send_batch", failing)
    events = [registered(who) for who in (lucky, lucky, unlucky, lucky)]
    await say_one_by_one(stage, events)
    async with stage.relaying():
        await until(lambda: stage.value("select count(*) = 2 from outbox_archive"))
        waiting = await stage.rows("select event_ids from outbox order by id")
    assert [row["event_ids"] for row in waiting] == [[event.event_id] for event in events[2:]]


async def test_one_row_holds_many_events_and_people_see_each(stage: Stage) -> None:
    events = [registered() for _ in range(2 * outbox.EVENTS_PER_ROW + 1)]
    price_list = PriceListPublished(
        event_id=uuid7(),
        recorded_at=events[0].recorded_at,
        price_list_id=uuid7(),
        effective_at=events[0].recorded_at,
        published_by=uuid7(),
    )
    async with stage.database.transaction() as tx:
        await say(tx, [*events, price_list])
    assert [row["event_count"] for row in await stage.rows("select event_count from outbox order by id")] == [
        outbox.EVENTS_PER_ROW,
        outbox.EVENTS_PER_ROW,
        1,
        1,
    ]
    async with stage.relaying():
        await until(stage.outbox_is_empty)
    assert first_times(await stage.published()) == said_by_key(events)
    assert [record.key for record in await stage.published(PriceListPublished.TOPIC)] == [b"*"]
    seen = await stage.rows("select event_id, type, key from outbox_archive_event order by row_id")
    assert {row["event_id"] for row in seen} == {event.event_id for event in [*events, price_list]}


async def test_an_event_that_may_not_travel_stops_its_transaction(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "EVENT_BYTES_MAX", 100)
    with pytest.raises(EventTooLargeError):
        async with stage.database.transaction() as tx:
            await say(tx, [registered()])
    assert await stage.outbox_is_empty()


async def test_one_relay_works_and_the_next_takes_over(stage: Stage) -> None:
    async with stage.relaying(), stage.relaying():
        await say_one_by_one(stage, [registered() for _ in range(20)])
        await until(stage.outbox_is_empty)
        before = await stage.value(LOCK_HOLDERS)
        assert len(before) == 1
        await stage.value("select pg_terminate_backend($1)", before[0])
        await say_one_by_one(stage, [registered() for _ in range(20)])
        await until(stage.outbox_is_empty)
        assert await stage.value(LOCK_HOLDERS) != before
    assert len({event_id(record) for record in await stage.published()}) == 40


@pytest.mark.parametrize("cured", [True, False])
async def test_a_producer_that_lost_a_sequence_number_is_replaced(
    stage: Stage, cured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_batch = AIOKafkaProducer.send_batch
    stuck: list[AIOKafkaProducer] = []
    attempts: list[str] = []

    async def often() -> bool:
        return len(attempts) >= 4

    async def refusing(self: AIOKafkaProducer, batch: Any, topic: str, *, partition: int) -> Any:
        # What an idempotent producer says to every record once one has expired with its number: the first one is so.
        if not stuck:
            stuck.append(self)
        if self is stuck[0]:
            attempts.append(topic)
            raise OutOfOrderSequenceNumber
        return await send_batch(self, batch, topic, partition=partition)

    async def keep(self: relay.Relay) -> None:
        del self

    monkeypatch.setattr(AIOKafkaProducer, "send_batch", refusing)
    drop_producer = relay.Relay._drop_producer
    if not cured:
        monkeypatch.setattr(relay.Relay, "_drop_producer", keep)
    async with stage.relaying() as running:
        await say_one_by_one(stage, [registered()])
        if cured:
            await until(stage.outbox_is_empty)
        else:
            await until(often)  # the cured one is refused once
            assert not await stage.outbox_is_empty()
    await drop_producer(running)


@pytest.mark.parametrize("hangs", [True, False])
async def test_a_relay_that_hangs_is_said_to_be_stuck_and_one_that_fails_is_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    asked = asyncio.Event()

    async def silent(*_: object, **__: object) -> None:
        asked.set()
        if hangs:
            await asyncio.Event().wait()
        raise KafkaError

    monkeypatch.setattr(AIOKafkaProducer, "send_batch", silent)
    async with stage.relaying() as running:
        assert running.stuck() is None
        await say_one_by_one(stage, [registered()])
        async with asyncio.timeout(60):
            await asked.wait()
        running.progress_at -= 600

        async def moves() -> bool:
            return running.stuck() is None

        if hangs:
            assert "the relay has work and has not moved" in str(running.stuck())
        else:
            await until(moves)


class AnotherEachTime:
    """A lock's number that never meets itself."""

    number = 1

    def __index__(self) -> int:
        AnotherEachTime.number += 1
        return AnotherEachTime.number


async def test_without_the_lock_two_relays_send_everything_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_batch = AIOKafkaProducer.send_batch

    both_are_here, here = asyncio.Event(), set[AIOKafkaProducer]()

    async def together(self: AIOKafkaProducer, batch: Any, topic: str, *, partition: int) -> Any:
        here.add(self)
        if len(here) > 1:
            both_are_here.set()
        await both_are_here.wait()
        return await send_batch(self, batch, topic, partition=partition)

    monkeypatch.setattr(AIOKafkaProducer, "send_batch", together)
    events = [registered() for _ in range(200)]
    await say_one_by_one(stage, events)
    monkeypatch.setattr(relay, "RELAY_LOCK", AnotherEachTime())
    async with stage.relaying(), stage.relaying():
        await until(stage.outbox_is_empty)
    assert len(await stage.published()) > len(events)


def test_the_partition_function_spreads_and_never_changes() -> None:
    # Vectors of CRC-32 (IEEE): a relay in another language must agree, and so must this one in ten years.
    assert partition_of("123456789", 12) == 0xCBF43926 % 12
    assert partition_of("", 12) == 0
    counts = [0] * PARTITIONS
    for number in range(12_000):
        counts[partition_of(str(UUID(int=number << 64 | 7 << 76)), PARTITIONS)] += 1
    assert max(counts) < 1_300
    assert min(counts) > 700
