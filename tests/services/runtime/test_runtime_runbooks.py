"""What a runbook tells a person to ask a database can be asked of it."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from services.payout.domain.redemption import ENDED

RUNBOOKS = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
QUERY = re.compile(r"`(select [^`]+);`")
QUERIES = [
    (page.name, query) for page in sorted(RUNBOOKS.glob("*.md")) for query in QUERY.findall(page.read_text())
]


@pytest.fixture
async def payout(fresh_database: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """A service that has redemptions, and what every service has."""
    connection = await asyncpg.connect(fresh_database("payout"))
    yield connection
    await connection.close()


@pytest.mark.parametrize(("page", "query"), QUERIES, ids=[page for page, _ in QUERIES])
async def test_a_query_of_a_runbook_can_be_asked(page: str, query: str, payout: asyncpg.Connection) -> None:
    assert await payout.fetch(query) == [], page


async def test_a_planted_query_of_a_column_that_is_not_there_is_refused(payout: asyncpg.Connection) -> None:
    (planted,) = QUERY.findall("1. `select moon from redemption;` and `select` alone")
    with pytest.raises(asyncpg.UndefinedColumnError):
        await payout.fetch(planted)


def test_the_runbook_of_stuck_redemptions_leaves_out_what_has_ended() -> None:
    (query,) = [query for page, query in QUERIES if page == "payout-stuck.md"]
    assert set(re.findall(r"'(\w+)'", query)) == set(ENDED)
