"""A valuation of its own for each test, with the catalogue and the first price lists taken up."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.valuation.consumers import hearing
from services.valuation.main import read_files
from services.valuation.store.lists import PriceBooks
from services.valuation.workflows.publishing import seed_catalogue
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.rollout import load_rollout
from tests.services.valuation.stage import MovableClock

CATALOGUE, PRICE_FILES = read_files(Path("deploy/catalogue"))


@pytest.fixture
def rollout() -> Rollout:
    return load_rollout(Path("deploy/rollout/deli-serdang.yaml"))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 22, 4, 0, tzinfo=UTC))


@pytest.fixture
async def database(fresh_database: Callable[[str], str], clock: MovableClock) -> AsyncIterator[Database]:
    opened = Database(fresh_database("valuation"))
    await opened.open()
    async with opened.transaction() as tx:
        await seed_catalogue(tx, CATALOGUE, PRICE_FILES, clock.now())
        await tx.execute("delete from outbox")
    yield opened
    await opened.close()


@pytest.fixture
def books() -> PriceBooks:
    return PriceBooks()


@pytest.fixture
def hearer(database: Database, books: PriceBooks, rollout: Rollout, clock: MovableClock) -> Hearer:
    """What obeys heard events, as the service does."""
    return Hearer("valuation", hearing(books, lambda: rollout, clock), database)
