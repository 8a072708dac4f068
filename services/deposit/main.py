"""The only place where deposit's concrete parts are put together, and its command: reseal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from prometheus_client import Gauge

from services.deposit import api, consumers
from services.deposit.api.means import Means
from services.deposit.domain.pickups import missed_before
from services.deposit.domain.stock import Kinds
from services.deposit.settings import DepositSettings
from services.deposit.store.sealed import SEALED
from services.deposit.workflows.disputes_reading import open_by_subdistrict
from services.deposit.workflows.morning import Owners
from services.deposit.workflows.pickups_booking import banks_that_missed, offer_missed_again
from services.deposit.workflows.quarantine import OVERDUE_AT_ONCE, quarantine_overdue
from services.deposit.workflows.stock import bring_sums_up_to_date
from services.deposit.workflows.tablet_keys import TabletKeys
from shared.kernel.catalogue import Catalogue
from shared.kernel.clock import Clock
from shared.runtime.database import TRANSIENT_ERRORS, Database
from shared.runtime.dead_letter_door import dead_letter_router
from shared.runtime.other_doors import OtherDoor
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.sealing import Sealer, read_secrets, reseal_command
from shared.runtime.service import Background, Service
from shared.runtime.wall_clock import WallClock
from shared.runtime.written import load_written

log = structlog.get_logger()

DISPUTES_OPEN = Gauge(
    "timbang_deposit_disputes_open", "Disputes about deposits that wait for an answer", ["subdistrict_code"]
)
DISPUTES_OVERDUE = Gauge(
    "timbang_deposit_disputes_overdue", "Disputes about deposits whose answer is late", ["subdistrict_code"]
)


def create(
    settings: DepositSettings | None = None, clock: Clock | None = None, rollout: RolloutWatcher | None = None
) -> Service:
    """Build the service; nothing is started yet. Raises RolloutError if the rollout file is malformed."""
    settings = settings or DepositSettings()
    clock = clock or WallClock()
    database = Database(settings.database_url, settings.pool_connections_max, "timbang deposit")
    rollout = rollout or RolloutWatcher(settings.rollout_path)
    means = Means(
        database=database,
        rollout=rollout,
        clock=clock,
        sealer=Sealer(read_secrets(settings.key_file), "deposit"),
        kinds=Kinds(load_written(settings.catalogue_folder / "items.yaml", Catalogue)),
        payout=OtherDoor(settings.payout_url),
    )
    hearing = consumers.hearing(clock)
    identity = OtherDoor(settings.identity_url)
    owners = Owners(members=identity, prices=OtherDoor(settings.valuation_url))
    return Service(
        name="deposit",
        title="Timbang: deposits",
        settings=settings,
        database=database,
        routers=[
            *api.routers(means, owners, TabletKeys(identity)),
            dead_letter_router("deposit", hearing, database, clock),
        ],
        hearing=hearing,
        background=[
            _watch_waiting(database, clock, settings),
            _watch_pickups(means, settings),
            _sum_stock(means, settings),
            _count_disputes(means, settings),
        ],
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


def _watch_pickups(means: Means, settings: DepositSettings) -> Background:
    grace = timedelta(hours=settings.pickup_grace_hours)

    async def offer_missed() -> None:
        """A bank at a time: what was missed there gets its next free slot. Several replicas wait for one another."""
        before = missed_before(means.clock.now(), grace)
        async with means.database.reading() as tx:
            banks = await banks_that_missed(tx, before)
        for bank in banks:
            async with means.database.transaction() as tx:
                await offer_missed_again(tx, before, means.rollout.current, bank, means.clock.now())

    return _again_and_again(offer_missed, settings.pickup_check_seconds)


def _sum_stock(means: Means, settings: DepositSettings) -> Background:
    async def sum_stock() -> None:
        async with means.database.transaction() as tx:
            await bring_sums_up_to_date(tx, means.clock.now())

    return _again_and_again(sum_stock, settings.stock_check_seconds)


def _count_disputes(means: Means, settings: DepositSettings) -> Background:
    async def count_disputes() -> None:
        async with means.database.reading() as tx:
            counted = await open_by_subdistrict(tx, means.clock.now())
        DISPUTES_OPEN.clear()
        DISPUTES_OVERDUE.clear()
        for code, waiting, late in counted:
            DISPUTES_OPEN.labels(code).set(waiting)
            DISPUTES_OVERDUE.labels(code).set(late)

    return _again_and_again(count_disputes, settings.dispute_check_seconds)


def _again_and_again(work: Callable[[], Awaitable[None]], pause_seconds: float) -> Background:
    """Work, pause, and again; what fails because the database is away is tried at the next turn."""

    async def run() -> None:
        while True:
            try:
                await work()
            except TRANSIENT_ERRORS as error:
                log.warning("background_retried", work=work.__name__, error=type(error).__name__)
            await asyncio.sleep(pause_seconds)

    return run


COMMANDS = {"reseal": reseal_command("deposit", DepositSettings, SEALED)}
