"""Builds the adoption service."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from services.adoption import api, consumers
from services.adoption.settings import AdoptionSettings
from services.adoption.workflows import gauges
from services.adoption.workflows.rollout import take_up_rollout
from services.adoption.workflows.upkeep import SHARE_OF_TIME, Upkeep
from shared.kernel import wib
from shared.kernel.clock import Clock
from shared.kernel.rollout import Rollout
from shared.runtime.audit import audit_router
from shared.runtime.database import Database, take_lock
from shared.runtime.dead_letter_door import dead_letter_router
from shared.runtime.loops import again_and_again
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.service import Background, Service
from shared.runtime.wall_clock import WallClock

log = structlog.get_logger()

# Held by the one process that publishes the business gauges.
PUBLISHER_LOCK = 7_465_202


def create(settings: AdoptionSettings | None = None) -> Service:
    """The service, nothing started."""
    settings = settings or AdoptionSettings()
    clock = WallClock()
    database = Database(settings.database_url, settings.pool_connections_max, "adoption")
    watcher = RolloutWatcher(settings.rollout_path)

    async def store_rollout(rollout: Rollout) -> None:
        async with database.transaction() as tx:
            changed = await take_up_rollout(tx, rollout, clock.now())
        log.info("rollout_stored", changed=changed)

    watcher.subscribe(store_rollout)
    hearing = consumers.hearing()
    return Service(
        name="adoption",
        title="Timbang adoption",
        settings=settings,
        database=database,
        routers=[
            api.router(database, clock),
            audit_router(database),
            dead_letter_router("adoption", hearing, database, clock),
        ],
        hearing=hearing,
        says=False,
        background=[
            watcher.run,
            partial(again_and_again, _keeping_up(database, clock), settings.fold_seconds),
            _publishing(database, clock, settings.gauges_seconds),
        ],
    )


def _keeping_up(database: Database, clock: Clock) -> Callable[[], Awaitable[None]]:
    upkeep = Upkeep()

    async def keep_up() -> None:
        more = True
        while more:
            async with database.transaction() as tx:
                more = await upkeep.fold(tx)
        today = wib.day(clock.now())
        if upkeep.is_due(today):
            async with database.transaction() as tx:
                await upkeep.count(tx, today)

    return keep_up


def _publishing(database: Database, clock: Clock, pause_seconds: float) -> Background:
    """Of several processes one publishes; the lock goes to another when its connection ends, however it ends."""

    async def publish_while_locked() -> None:
        connection = await database.dedicated()
        try:
            if not await take_lock(connection, PUBLISHER_LOCK):
                return
            while True:
                begun = time.monotonic()
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    await gauges.publish(connection, clock.now())
                await asyncio.sleep(max(pause_seconds, (time.monotonic() - begun) / SHARE_OF_TIME))
        finally:
            gauges.withdraw()
            connection.terminate()

    return partial(again_and_again, publish_while_locked, pause_seconds)
