"""Builds the valuation service, and its command: recompute."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from services.valuation import api, consumers
from services.valuation.settings import ValuationSettings
from services.valuation.workflows import publishing, recomputing
from services.valuation.workflows.valuing import PriceBooks
from shared.kernel.catalogue import Catalogue, PriceLists
from shared.kernel.clock import Clock
from shared.runtime.backoff import Backoff
from shared.runtime.database import TRANSIENT_ERRORS, Database
from shared.runtime.dead_letter_door import dead_letter_router
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.service import Service
from shared.runtime.wall_clock import WallClock
from shared.runtime.written import load_written

log = structlog.get_logger()


def create(settings: ValuationSettings | None = None) -> Service:
    """The service, nothing started. The files of the catalogue are read: nothing starts on a malformed one."""
    settings = settings or ValuationSettings()
    clock = WallClock()
    database = Database(settings.database_url, settings.pool_connections_max, "valuation")
    watcher = RolloutWatcher(settings.rollout_path)
    books = PriceBooks()
    hearing = consumers.hearing(books, lambda: watcher.current, clock)
    means = api.Means(database=database, books=books, watcher=watcher, clock=clock)
    return Service(
        name="valuation",
        title="Timbang valuation",
        settings=settings,
        database=database,
        routers=[*api.routers(means), dead_letter_router("valuation", hearing, database, clock)],
        hearing=hearing,
        everywhere=[watcher.run, _seeding(settings.catalogue_folder, database, books, clock)],
    )


def _seeding(
    folder: Path, database: Database, books: PriceBooks, clock: Clock
) -> Callable[[], Awaitable[None]]:
    """Take the files up once, as soon as the database is there; what hears deposits waits for it."""
    catalogue, files = read_files(folder)

    async def seed_once() -> None:
        backoff = Backoff(first_seconds=0.1, most_seconds=5)
        while True:
            try:
                async with database.transaction() as tx:
                    new = await publishing.seed_catalogue(tx, catalogue, files, clock.now())
            except TRANSIENT_ERRORS as error:
                log.warning("seeding_retried", error=type(error).__name__)
                await backoff.sleep()
            else:
                break
        books.read_catalogue_anew()
        if new:
            log.info("price_lists_taken_up", count=new)
        await asyncio.Event().wait()

    return seed_once


def read_files(folder: Path) -> tuple[Catalogue, list[PriceLists]]:
    """The catalogue and every file of prices in the folder. Raises WrittenFileError."""
    files = [load_written(path, PriceLists) for path in sorted(folder.glob("prices-*.yaml"))]
    return load_written(folder / "items.yaml", Catalogue), files


def recompute(given: argparse.Namespace) -> int:
    """Compute every stored value again; print what differs. Exit status 1 if anything does."""
    del given
    settings = ValuationSettings()
    computed, wrong = asyncio.run(_recompute(settings.database_url))
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{computed} valued deposits computed again, {len(wrong)} differ\n")
    return 1 if wrong else 0


async def _recompute(url: str) -> tuple[int, list[str]]:
    database = Database(url, 2, "valuation recompute")
    await database.open()
    computed, wrong = 0, []
    try:
        async with database.reading() as tx:
            async for deposit_id, difference in recomputing.recompute(tx, PriceBooks()):
                computed += 1
                if difference is not None:
                    wrong.append(f"{deposit_id}: {difference}")
    finally:
        await database.close()
    return computed, wrong


COMMANDS = {"recompute": recompute}
