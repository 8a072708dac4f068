"""The only place where deposit's concrete parts are put together."""

import asyncio
from datetime import timedelta

from services.deposit import api, consumers
from services.deposit.settings import DepositSettings
from services.deposit.workflows.morning import Owners
from services.deposit.workflows.quarantine import OVERDUE_AT_ONCE, quarantine_overdue
from shared.kernel.clock import Clock
from shared.runtime.database import TRANSIENT_ERRORS, Database
from shared.runtime.other_doors import OtherDoor
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.service import Background, Service
from shared.runtime.wall_clock import WallClock


def create(
    settings: DepositSettings | None = None, clock: Clock | None = None, rollout: RolloutWatcher | None = None
) -> Service:
    """Build the service; nothing is started yet. Raises RolloutError if the rollout file is malformed."""
    settings = settings or DepositSettings()
    clock = clock or WallClock()
    database = Database(settings.database_url, settings.pool_connections_max, "timbang deposit")
    rollout = rollout or RolloutWatcher(settings.rollout_path)
    owners = Owners(members=OtherDoor(settings.identity_url), prices=OtherDoor(settings.valuation_url))
    return Service(
        name="deposit",
        title="Timbang: deposits",
        settings=settings,
        database=database,
        routers=api.routers(database, rollout, clock, owners),
        hearing=consumers.hearing(clock),
        background=[_watch_waiting(database, clock, settings)],
        everywhere=[rollout.run],
    )


def _watch_waiting(database: Database, clock: Clock, settings: DepositSettings) -> Background:
    waiting = timedelta(hours=settings.waiting_hours)

    async def watch_waiting() -> None:
        """Set aside what has waited too long. Several replicas may do it: each takes what no other holds."""
        while True:
            try:
                async with database.transaction() as tx:
                    found = await quarantine_overdue(tx, waiting, clock.now())
            except TRANSIENT_ERRORS:
                found = 0
            if found < OVERDUE_AT_ONCE:
                await asyncio.sleep(settings.waiting_check_seconds)

    return watch_waiting
