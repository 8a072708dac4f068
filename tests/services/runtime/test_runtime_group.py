"""Two members of one group: restarts under load lose nothing and do nothing twice; without the cures they do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from faststream.kafka import KafkaBroker

from shared.contracts import MemberRegistered
from shared.runtime import listening
from shared.runtime.database import Tx
from shared.runtime.listening import Listener
from tests.services.runtime.stage import Stage, note, registered, sound, stop, until


async def assigned(*listeners: Listener) -> bool:
    """Whether each has partitions and together they have all twelve."""
    counts = [len(listener.assignment()) for listener in listeners]
    return all(counts) and sum(counts) == 12


class Load:
    """Facts that arrive for as long as the block lasts, a few in each partition at a time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.sent: list[MemberRegistered] = []

    @contextlib.asynccontextmanager
    async def arriving(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._send())
        try:
            yield
        finally:
            await stop(task)

    async def _send(self) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self._stage.stack.bootstrap_servers)
        await producer.start()
        try:
            while True:
                for partition in range(12):
                    events = [registered() for _ in range(10)]
                    await asyncio.shield(self._send_some(producer, events, partition))
                await asyncio.sleep(0.1)
        finally:
            await producer.stop()

    async def _send_some(
        self, producer: AIOKafkaProducer, events: list[MemberRegistered], partition: int
    ) -> None:
        await self._stage.send(*map(sound, events), partition=partition, by=producer)
        self.sent.extend(events)


async def test_a_rolling_restart_loses_nothing_and_doubles_nothing(stage: Stage) -> None:
    load = Load(stage)
    async with contextlib.AsyncExitStack() as first, contextlib.AsyncExitStack() as second:
        one = await first.enter_async_context(stage.listening())
        two = await second.enter_async_context(stage.listening())
        await until(lambda: assigned(one, two), 40)
        async with load.arriving():
            for members in (first, second, first):
                before = len(load.sent)
                await members.aclose()
                await members.enter_async_context(stage.listening())

                async def more_arrived(so_far: int = before) -> bool:
                    return len(load.sent) > so_far + 100

                await until(more_arrived)
        await asyncio.sleep(0.2)  # what was being sent when the load ended
        await stage.settled(40)
    heard = await stage.heard()
    assert len(load.sent) >= 300
    assert set(heard) >= {event.event_id for event in load.sent}
    assert max(heard.values()) == 1
    assert await stage.dead_letters() == [], "nothing was missing"


async def test_a_restarted_member_takes_its_slot_again_and_no_partition_moves(stage: Stage) -> None:
    async with stage.listening() as one:
        async with stage.listening() as two:
            await until(lambda: assigned(one, two), 40)
            mine, its = one.assignment(), two.assignment()
        async with stage.listening() as again:
            await until(lambda: assigned(one, again), 40)
            assert (one.assignment(), again.assignment()) == (mine, its)


async def test_every_process_has_a_slot_of_its_own(stage: Stage) -> None:
    listener = Listener(stage.hearing, stage.hearer(), stage.database, stage.stack.bootstrap_servers)
    first, second, third = [await stage.database.dedicated() for _ in range(3)]
    assert [await listener._take_slot(first), await listener._take_slot(second)] == [0, 1]
    await first.close()
    assert await listener._take_slot(third) == 0
    await second.close()
    await third.close()


@pytest.mark.parametrize("cured", [True, False])
async def test_a_batch_in_flight_holds_a_rebalance_back(
    stage: Stage, cured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    members: list[Listener] = []
    begun, revoking = asyncio.Event(), asyncio.Event()
    revoked = listening.BatchInFlight.on_partitions_revoked

    async def revoke(self: listening.BatchInFlight, partitions: set[TopicPartition]) -> None:
        if partitions:
            revoking.set()
        await revoked(self, partitions)

    async def slowly(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        first = not begun.is_set()
        begun.set()
        await note(tx, heard)
        if first and cured:
            await revoking.wait()
            await asyncio.sleep(1)  # time enough to lose the partitions, were they not held
        elif first:
            await until(newcomer_has_partitions, 60)

    async def newcomer_has_partitions() -> bool:
        return len(members) > 1 and bool(members[1].assignment())

    _make_dynamic(monkeypatch, cured=cured)
    monkeypatch.setattr(listening.BatchInFlight, "on_partitions_revoked", revoke)
    stage.handlers[MemberRegistered] = slowly
    for partition in range(12):
        await stage.send(*[sound(registered()) for _ in range(10)], partition=partition)
    async with stage.listening() as one:
        members.append(one)
        await asyncio.wait_for(begun.wait(), 60)
        async with stage.listening() as two:
            members.append(two)
            await stage.settled(60)
            if cured:
                assert revoking.is_set()
                assert two.assignment(), "nothing moved"
    twice = [times for times in (await stage.heard()).values() if times > 1]
    assert len(await stage.heard()) == 120
    assert bool(twice) is not cured


def _make_dynamic(monkeypatch: pytest.MonkeyPatch, *, cured: bool) -> None:
    """Dynamic members: each that comes or goes moves partitions, as an autoscaler would."""
    original: Any = KafkaBroker.subscriber

    def subscriber(self: KafkaBroker, *topics: str, **options: Any) -> Any:
        options.pop("group_instance_id")
        if not cured:
            options.pop("listener")
        return original(self, *topics, **options | {"max_records": 20})

    monkeypatch.setattr(KafkaBroker, "subscriber", subscriber)
