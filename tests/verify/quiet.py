"""Waiting until nothing moves: every outbox empty, every hearer at the end of its topics, twice in a row."""

import asyncio
import contextlib
import time
from collections.abc import Mapping

import asyncpg

from tests.verify.hearers import Hearer
from tests.verify.lag import Standing, standing
from tests.verify.places import Places

LOOK_SECONDS = 0.5


async def unsent_events(held: Mapping[str, asyncpg.Connection]) -> dict[str, int]:
    """How many events wait in each outbox that has any."""
    query = "select coalesce(sum(event_count), 0) from outbox"
    counts = await asyncio.gather(*(connection.fetchval(query) for connection in held.values()))
    return {name: int(count) for name, count in zip(held, counts, strict=True) if count}


async def wait_for_quiet(
    places: Places, hearers: Mapping[str, Hearer], seconds: float
) -> tuple[Standing, str]:
    """Wait until quiet, at most so long. Returns the last look and, if it gave up, what still moved ("" if not)."""
    deadline = time.monotonic() + seconds
    async with contextlib.AsyncExitStack() as opened:
        held = {}
        for name, url in places.databases.items():
            held[name] = await asyncpg.connect(url, timeout=10)
            opened.push_async_callback(held[name].close)
        return await _look_until_quiet(places, held, hearers, deadline)


async def _look_until_quiet(
    places: Places, held: Mapping[str, asyncpg.Connection], hearers: Mapping[str, Hearer], deadline: float
) -> tuple[Standing, str]:
    before: Standing | None = None
    while True:
        unsent = await unsent_events(held)
        now = await standing(places.bootstrap_servers, hearers, places.topic_prefix)
        if not unsent and not now.behind and before is not None and before.ends == now.ends:
            return now, ""
        if time.monotonic() > deadline:
            said = [f"{name} has {count} events to send" for name, count in unsent.items()]
            said += [f"{name} has {count} records to hear" for name, count in now.behind.items()]
            return now, "; ".join(said) or "new events keep arriving"
        before = now if not unsent and not now.behind else None
        await asyncio.sleep(LOOK_SECONDS)
