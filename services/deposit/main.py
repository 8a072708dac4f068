"""The only place where deposit's concrete parts are put together, and its command: reseal."""

from datetime import timedelta
from functools import partial

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
from shared.runtime.database import Database
from shared.runtime.dead_letter_door import dead_letter_router
from shared.runtime.loops import again_and_again
from shared.runtime.other_doors import OtherDoor
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.sealing import Sealer, read_secrets, reseal_command
from shared.runtime.service import Background, Service
from shared.runtime.wall_clock import WallClock
from shared.runtime.written import load_written

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
    database = Database(settings.database_url, settings.pool_connections_max, "deposit")
    rollout = rollout or RolloutWatcher(settings.rollout_path)
    identity = OtherDoor(settings.identity_url)
    means = Means(
        database=database,
        rollout=rollout,
        clock=clock,
        sealer=Sealer(read_secrets(settings.key_file), "deposit"),
        kinds=Kinds(load_written(settings.catalogue_folder / "items.yaml", Catalogue)),
        payout=OtherDoor(settings.payout_url),
        owners=Owners(members=identity, prices=OtherDoor(settings.valuation_url)),
        keys=TabletKeys(identity),
    )
    hearing = consumers.hearing(clock)
    return Service(
        name="deposit",
        title="Timbang deposit",
        settings=settings,
        database=database,
        routers=[
            *api.routers(means),
            dead_letter_router("deposit", hearing, database, clock),
        ],
        hearing=hearing,
        background=[
            _watch_waiting(means, settings),
            _watch_pickups(means, settings),
            _sum_stock(means, settings),
            _count_disputes(means, settings),
        ],
        everywhere=[rollout.run],
    )


def _watch_waiting(means: Means, settings: DepositSettings) -> Background:
    waiting = timedelta(hours=settings.waiting_hours)

    async def watch_waiting() -> None:
        """Set aside what has waited too long. Several replicas may do it: each takes what no other holds."""
        found = OVERDUE_AT_ONCE
        while found >= OVERDUE_AT_ONCE:
            async with means.database.transaction() as tx:
                found = await quarantine_overdue(tx, waiting, means.clock.now())

    return partial(again_and_again, watch_waiting, settings.waiting_check_seconds)


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

    return partial(again_and_again, offer_missed, settings.pickup_check_seconds)


def _sum_stock(means: Means, settings: DepositSettings) -> Background:
    async def sum_stock() -> None:
        async with means.database.transaction() as tx:
            await bring_sums_up_to_date(tx, means.clock.now())

    return partial(again_and_again, sum_stock, settings.stock_check_seconds)


def _count_disputes(means: Means, settings: DepositSettings) -> Background:
    async def count_disputes() -> None:
        async with means.database.reading() as tx:
            counted = await open_by_subdistrict(tx, means.clock.now())
        DISPUTES_OPEN.clear()
        DISPUTES_OVERDUE.clear()
        for code, waiting, late in counted:
            DISPUTES_OPEN.labels(code).set(waiting)
            DISPUTES_OVERDUE.labels(code).set(late)

    return partial(again_and_again, count_disputes, settings.dispute_check_seconds)


COMMANDS = {"reseal": reseal_command("deposit", DepositSettings, SEALED)}
