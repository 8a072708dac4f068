"""Kafka loses everything while deposits wait in it unheard: the archives fill it again, and nobody sends by hand."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from deploy.local.stack import Stack
from deploy.local.topics import ensure_topics, read_topics
from tests.faults.ledger import until_credited
from tests.faults.storm import Storm
from tests.load.crowd import enrol, sign_in, tablets
from tests.system import System
from tests.verify.places import Places
from tests.verify.running import verify

BANK = "lubuk-pakam-induk"
CAUGHT_UP_SECONDS = 90.0


def test_an_emptied_kafka_is_filled_again(system: System, broker: Stack) -> None:
    asyncio.run(_kafka_emptied(system, broker))


async def _kafka_emptied(system: System, broker: Stack) -> None:
    operator = await sign_in(system, "operator", bank=BANK)
    members = await enrol(system, operator, BANK, 50)
    storm = Storm(await tablets(system, operator, BANK, members, count=4, seed=11))
    await storm.send(4, 50)
    await until_credited(system.databases["wallet"], storm.acknowledged, CAUGHT_UP_SECONDS)
    heard = len(storm.acknowledged)
    async with closed(system, "valuation"):
        await storm.send(6, 50)
        await _everything_sent(system.databases["deposit"])
        await asyncio.to_thread(broker.kill_kafka)
        shutil.rmtree(broker.kafka.data)
        broker.prepare_kafka()
        # From the main thread: the kernel ends the broker together with the thread that started it.
        broker.start_kafka()
        await asyncio.to_thread(ensure_topics, broker.bootstrap_servers, read_topics())
    unheard = len(storm.acknowledged) - heard
    assert unheard >= 100
    took = await until_credited(system.databases["wallet"], storm.acknowledged, CAUGHT_UP_SECONDS)
    print(f"{unheard} deposits that only an emptied Kafka held were credited {took:.1f} s after its return")
    report = await verify(
        Places.of(system.home / ".run" / "ready.json"), acknowledged=[UUID(one) for one in storm.acknowledged]
    )
    assert report.holds, report.lines()


@asynccontextmanager
async def closed(system: System, service: str) -> AsyncIterator[None]:
    """That service's database takes no connections until the end of the block: it hears nothing."""
    admin = await asyncpg.connect(system.databases["postgres"])
    try:
        await admin.execute(f"alter database {service} allow_connections false")
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", service
        )
        yield
    finally:
        await admin.execute(f"alter database {service} allow_connections true")
        await admin.close()


async def _everything_sent(deposit_url: str) -> None:
    connection = await asyncpg.connect(deposit_url)
    deadline = time.monotonic() + CAUGHT_UP_SECONDS
    try:
        while await connection.fetchval("select exists (select from outbox)"):
            assert time.monotonic() < deadline, "deposit's outbox does not empty"
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
