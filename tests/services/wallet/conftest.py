"""A ledger of its own for each test, and its ear."""

from collections.abc import AsyncIterator, Callable

import pytest

from services.wallet.consumers import hearing
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.wall_clock import WallClock


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    """Wallet's database, empty."""
    opened = Database(fresh_database("wallet"))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def hearer(database: Database) -> Hearer:
    """What obeys heard events."""
    return Hearer("wallet", hearing(WallClock()), database)
