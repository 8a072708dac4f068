"""The only place where payout's concrete parts are put together."""

from datetime import datetime, timedelta
from pathlib import Path

import httpx

from services.payout import api, consumers, models
from services.payout.domain.answers import Patience
from services.payout.domain.polling import PollPlan
from services.payout.domain.products import Products
from services.payout.providers.base import Biller
from services.payout.providers.digiflazz import Digiflazz
from services.payout.settings import PayoutSettings
from services.payout.workflows.cash import CashBook, CashCounter
from services.payout.workflows.courier import Courier
from services.payout.workflows.delivering import Pace
from services.payout.workflows.disputing import Disputing
from services.payout.workflows.forgetting import Forgetting
from services.payout.workflows.hinting import Hinting
from services.payout.workflows.looking import Looking
from services.payout.workflows.pricing import PriceReader
from services.payout.workflows.quoting import Limits, Quoting
from services.payout.workflows.redeeming import Redeeming
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.staffing import Staffing
from shared.kernel.clock import Clock
from shared.runtime.database import Database
from shared.runtime.dead_letter_door import dead_letter_router
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.sealing import Sealer, read_secrets, reseal_command
from shared.runtime.service import Service
from shared.runtime.wall_clock import WallClock
from shared.runtime.written import load_written


class MovedClock:
    """A clock that a file moves by whole seconds; the sandbox can read the same file."""

    def __init__(self, clock: Clock, file: Path) -> None:
        self._clock = clock
        self._file = file

    def now(self) -> datetime:
        """The moved instant; a missing or unreadable file moves nothing."""
        try:
            seconds = int(self._file.read_text(encoding="utf-8") or "0")
        except (OSError, ValueError):
            seconds = 0
        return self._clock.now() + timedelta(seconds=seconds)


def create(settings: PayoutSettings | None = None, clock: Clock | None = None) -> Service:
    """Build the service; nothing is started yet. Raises WrittenFileError for a malformed file, ValueError for a key."""
    settings = settings or PayoutSettings()
    clock = clock or WallClock()
    if settings.clock_file is not None:
        clock = MovedClock(clock, settings.clock_file)
    database = Database(settings.database_url, settings.pool_connections_max, "payout")
    rollout = RolloutWatcher(settings.rollout_path)
    biller, pace = _digiflazz(settings), _pace(settings)
    sealer = Sealer(read_secrets(settings.key_file), "payout")
    courier = _courier(settings, database, biller, clock, pace, sealer)
    database.on_commit(courier.wake)
    reader = PriceReader(
        database,
        biller,
        clock,
        every=timedelta(seconds=settings.price_list_seconds),
        retry=timedelta(seconds=settings.price_list_retry_seconds),
    )
    forgetting = Forgetting(database, clock, owners_for=timedelta(seconds=settings.meter_known_seconds))
    means = _means(
        settings, database=database, rollout=rollout, clock=clock, biller=biller, sealer=sealer, pace=pace
    )
    hearing = consumers.hearing(clock)
    service = Service(
        name="payout",
        title="Timbang payout",
        settings=settings,
        database=database,
        routers=[
            *api.routers(means),
            dead_letter_router("payout", hearing, database, clock),
        ],
        hearing=hearing,
        background=[courier.run, reader.run, forgetting.run],
        everywhere=[rollout.run],
    )
    service.health.must_progress("courier", courier.stuck)
    return service


def _digiflazz(settings: PayoutSettings) -> Biller:
    client = httpx.AsyncClient(
        base_url=settings.digiflazz_url,
        timeout=httpx.Timeout(settings.biller_read_seconds, connect=settings.biller_connect_seconds),
        trust_env=False,
    )
    return Digiflazz(
        client,
        settings.digiflazz_username,
        settings.digiflazz_api_key.get_secret_value(),
        settings.digiflazz_webhook_secret.get_secret_value(),
    )


def _pace(settings: PayoutSettings) -> Pace:
    call_seconds = settings.biller_connect_seconds + settings.biller_read_seconds
    return Pace(
        plan=PollPlan(settings.poll_seconds, least=timedelta(seconds=settings.ask_gap_seconds)),
        patience=Patience(
            suspect_grace=timedelta(seconds=settings.suspect_grace_seconds),
            suspect_asks=settings.suspect_asks,
            review_after=timedelta(seconds=settings.review_after_seconds),
        ),
        funds=timedelta(seconds=settings.funds_seconds),
        watch_failed=settings.watch_failed_seconds,
        watch_delivered=settings.watch_delivered_seconds,
        # The call, and time to write down its answer, before another replica may ask in its place.
        lease=timedelta(seconds=call_seconds + 2),
    )


def _courier(
    settings: PayoutSettings, database: Database, biller: Biller, clock: Clock, pace: Pace, sealer: Sealer
) -> Courier:
    return Courier(
        database,
        {biller.name: biller},
        clock,
        pace,
        sealer,
        at_once=settings.courier_purchases_at_once,
        look_seconds=settings.courier_look_seconds,
        call_seconds=settings.biller_connect_seconds + settings.biller_read_seconds,
    )


def _means(
    settings: PayoutSettings,
    *,
    database: Database,
    rollout: RolloutWatcher,
    clock: Clock,
    biller: Biller,
    sealer: Sealer,
    pace: Pace,
) -> api.Means:
    shelf = Shelf(
        load_written(settings.products_path, Products),
        biller.name,
        tolerance_rupiah=settings.price_tolerance_rupiah,
        age_max=timedelta(seconds=settings.offers_age_seconds_max),
    )
    limits = Limits(
        quote_for=timedelta(seconds=settings.quote_seconds),
        owner_for=timedelta(seconds=settings.meter_known_seconds),
        inquiries_an_hour=settings.inquiries_an_hour,
    )
    quoting = Quoting(
        database.transaction, shelf, biller, sealer, clock, lambda: rollout.current, limits=limits
    )
    redeeming = Redeeming(
        shelf,
        sealer,
        clock,
        lambda: rollout.current,
        repeat_after=timedelta(seconds=settings.repeat_seconds),
        hand_over_within=timedelta(hours=settings.hand_over_hours),
    )
    book = CashBook(lambda: rollout.current)
    return api.Means(
        database=database,
        clock=clock,
        rollout=rollout,
        shelf=shelf,
        quoting=quoting,
        redeeming=redeeming,
        staffing=Staffing(shelf, sealer, clock, book, frozenset({biller.name})),
        cash=CashCounter(book, shelf, sealer, clock, lambda: rollout.current, limits),
        disputing=Disputing(sealer, clock, lambda: rollout.current),
        looking=Looking(sealer, clock),
        hinting={biller.name: Hinting(biller, clock, pace.plan, sealer)},
    )


COMMANDS = {"reseal": reseal_command("payout", PayoutSettings, models.SEALED)}
