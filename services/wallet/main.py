"""Builds the wallet service."""

from services.wallet import api, consumers
from services.wallet.settings import WalletSettings
from services.wallet.workflows.watching import LedgerWatch
from shared.runtime.database import Database
from shared.runtime.dead_letter_door import dead_letter_router
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.service import Service
from shared.runtime.wall_clock import WallClock


def create(settings: WalletSettings | None = None) -> Service:
    """The service, nothing started."""
    settings = settings or WalletSettings()
    clock = WallClock()
    database = Database(settings.database_url, settings.pool_connections_max, "wallet")
    rollout = RolloutWatcher(settings.rollout_path)
    hearing = consumers.hearing(clock)
    watch = LedgerWatch(database, rollout, settings.check_seconds)
    return Service(
        name="wallet",
        title="Timbang wallet",
        settings=settings,
        database=database,
        routers=[
            *api.routers(api.Means(database=database, rollout=rollout, clock=clock)),
            dead_letter_router("wallet", hearing, database, clock),
        ],
        hearing=hearing,
        background=[watch.run, rollout.run],
    )
