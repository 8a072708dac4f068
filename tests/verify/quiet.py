"""Waiting until nothing moves: every outbox empty, every hearer at the end of its topics, twice in a row."""

import asyncio
import time
from collections.abc import Mapping

import asyncpg

from tests.verify.hearers import Hearer
from tests.verify.lag import Standing, standing
from tests.verify.places import Places

LOOK_SECONDS = 0.5


async def unsent_events(databases: Mapping[str, str]) -> dict[str, int]:
    """How many events wait in each service's outbox."""

    async def count(url: str) -> int:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return int(await connection.fetchval("select coalesce(sum(event_count), 0) from outbox"))
        finally:
            await connection.close()

    counts = await asyncio.gather(*(count(url) for url in databases.values()))
    return dict(zip(databases, counts, strict=True))


async def wait_for_quiet(
    places: Places, hearers: Mapping[str, Hearer], seconds: float
) -> tuple[Standing, str]:
    """Wait until quiet, at most so long. Returns the last look and, if it gave up, what still moved ("" if not)."""
    deadline = time.monotonic() + seconds
    before: Standing | None = None
    while True:
        unsent = {name: count for name, count in (await unsent_events(places.databases)).items() if count}
        now = await standing(places.bootstrap_servers, hearers, places.topic_prefix)
        if not unsent and not now.behind and before is not None and before.ends == now.ends:
            return now, ""
        if time.monotonic() > deadline:
            said = [f"{name} has {count} events to send" for name, count in unsent.items()]
            said += [f"{name} has {count} records to hear" for name, count in now.behind.items()]
            return now, "; ".join(said) or "new events keep arriving"
        before = now if not unsent and not now.behind else None
        await asyncio.sleep(LOOK_SECONDS)
