"""Kafka stops and comes back, and so does PostgreSQL: the relay and the listener go on by themselves."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from deploy.local.stack import Stack
from deploy.local.testing import Clones, create_prefixed_topics
from shared.runtime import relay
from shared.runtime.database import Database
from shared.runtime.outbox import say
from tests import homes
from tests.services.runtime.conftest import TOPICS, teach_stage
from tests.services.runtime.stage import Stage, registered, sound, stop, until

AWAY_SECONDS = 4.0


@pytest.fixture(scope="module")
def own_clones() -> Iterator[tuple[Stack, Clones]]:
    """A PostgreSQL and a Kafka that these tests may stop; the process dies here, never the machine."""
    home = homes.home("outage")
    with Stack(home, durable=False) as started:
        clones = Clones(started)
        teach_stage(clones)
        yield started, clones
        clones.close()
        started.discard()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
async def own_stage(own_clones: tuple[Stack, Clones], request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A stage on servers that may be stopped."""
    own_stack, clones = own_clones
    prefix = f"t{abs(hash(request.node.name)) % 10**8}."
    create_prefixed_topics(own_stack, prefix, TOPICS)
    database = Database(clones.fresh("stage"), application="stage")
    await database.open()
    try:
        yield Stage(own_stack, database, prefix)
    finally:
        await database.close()


def start(server: Callable[[], None]) -> None:
    """Start it from this thread: the kernel ends a server together with the thread that started it."""
    server()


async def say_some(stage: Stage, count: int, events: int = 1) -> int:
    for _ in range(count):
        async with stage.database.transaction() as tx:
            await say(tx, [registered() for _ in range(events)])
    return count * events


async def test_the_relay_goes_on_after_a_broker_that_was_away_longer_than_the_producers_patience(
    own_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = own_stage
    # Records expire in the producer only after this long: shortened, to have it within seconds.
    monkeypatch.setattr(relay, "REQUEST_TIMEOUT_MS", 2_000)

    async def keep_saying() -> None:
        while True:
            await asyncio.shield(say_some(stage, 1, events=50))
            await asyncio.sleep(0.02)

    async with stage.relaying():
        await say_some(stage, 20)
        await until(stage.outbox_is_empty)
        saying = asyncio.create_task(keep_saying())  # the broker goes away while records are on their way
        await asyncio.sleep(0.5)
        await asyncio.to_thread(stage.stack.kill_kafka)
        await asyncio.sleep(AWAY_SECONDS)
        await stop(saying)
        start(stage.stack.start_kafka)
        await until(stage.outbox_is_empty, 30)
    said = await stage.value("select sum(event_count) from outbox_archive")
    assert len({dict(record.headers)["ce_id"] for record in await stage.published()}) == said


async def test_the_listener_resumes_after_the_broker_was_away_and_after_it_was_killed(
    own_stage: Stage,
) -> None:
    stage = own_stage
    first, second, third = ([registered() for _ in range(10)] for _ in range(3))
    async with stage.listening():
        await stage.send(*map(sound, first))
        await stage.settled()
        await asyncio.to_thread(stage.stack.stop_kafka)
        await asyncio.sleep(2)
        start(stage.stack.start_kafka)
        await stage.send(*map(sound, second))
        await stage.settled(40)
        await asyncio.to_thread(stage.stack.kill_kafka)
        start(stage.stack.start_kafka)
        await stage.send(*map(sound, third))
        await stage.settled(60)
    assert await stage.heard() == {event.event_id: 1 for event in [*first, *second, *third]}


async def test_events_that_arrive_while_postgresql_is_away_take_effect_once_after_its_return(
    own_stage: Stage,
) -> None:
    stage = own_stage
    before, during = [registered() for _ in range(5)], [registered() for _ in range(5)]
    async with stage.relaying(), stage.listening():
        await stage.send(*map(sound, before))
        await stage.settled()
        await asyncio.to_thread(stage.stack.kill_postgres)
        await stage.send(*map(sound, during))
        await asyncio.sleep(1)
        start(stage.stack.start_postgres)
        said = await _say_when_possible(stage)
        await stage.settled(60)
        await until(stage.outbox_is_empty)

        async def all_heard() -> bool:
            return len(await stage.heard()) == len(before) + len(during) + said

        await until(all_heard)
    assert set((await stage.heard()).values()) == {1}
    assert await stage.dead_letters() == []


async def _say_when_possible(stage: Stage) -> int:
    async def try_once() -> Any:
        try:
            return await say_some(stage, 1)
        except Exception:  # noqa: BLE001 - whatever a server that is starting says
            return None

    said: int = await until(try_once)
    return said
