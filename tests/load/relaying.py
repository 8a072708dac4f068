"""How many events a second the relay moves from the outbox to Kafka and into the archive, with nothing else running."""

import asyncio
import time

import asyncpg

from shared.contracts import DepositRecorded
from shared.contracts.deposits import DepositLine
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.outbox import say
from shared.runtime.relay import Relay
from shared.runtime.wall_clock import WallClock

EVENTS = 100_000
EVENTS_PER_TRANSACTION = 100


async def relayed_events_per_second(database_url: str, bootstrap_servers: str, topic_prefix: str) -> float:
    """Fill the outbox of an otherwise empty database, then let one relay empty it; events a second."""
    database = Database(database_url)
    await database.open()
    try:
        events = [_event() for _ in range(EVENTS_PER_TRANSACTION)]
        for _ in range(EVENTS // EVENTS_PER_TRANSACTION):
            async with database.transaction() as tx:
                await say(tx, [event.model_copy(update={"event_id": uuid7()}) for event in events])
        relay = Relay(database, "bench", bootstrap_servers, topic_prefix)
        begun = time.perf_counter()
        task = asyncio.create_task(relay.run())
        await _empty(database_url)
        seconds = time.perf_counter() - begun
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return EVENTS / seconds
    finally:
        await database.close()


async def _empty(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        async with asyncio.timeout(300):
            while await connection.fetchval("select exists (select from outbox)"):
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


def _event() -> DepositRecorded:
    now = WallClock().now()
    line = DepositLine(item_code="P05", grade="bersih", unit="kg", quantity=1_250, shown_rupiah=3_875)
    return DepositRecorded(
        event_id=uuid7(),
        recorded_at=now,
        member_id=uuid7(),
        deposit_id=uuid7(),
        waste_bank_id="lubuk-pakam-induk",
        subdistrict_code="12.07.28",
        weighed_at=now,
        tablet_id=uuid7(),
        recorder_id=uuid7(),
        channel="assisted",
        price_list_id=uuid7(),
        lines=(line, line, line),
    )
