"""Small requests that share a transaction: each gets its own answer, and none suffers for its neighbour."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from shared.runtime.database import Database, DatabaseUnavailableError, Tx
from shared.runtime.gathering import Gathering


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("deposit"))
    await opened.open()
    async with opened.transaction() as tx:
        await tx.execute("create table noted (number integer primary key)")
    yield opened
    await opened.close()


async def test_many_share_few_transactions_and_each_gets_its_own_answer(database: Database) -> None:
    sizes: list[int] = []

    async def note(tx: Tx, numbers: Sequence[int]) -> list[int]:
        sizes.append(len(numbers))
        await tx.execute("insert into noted select unnest($1::int[])", list(numbers))
        return [number * 2 for number in numbers]

    gathering = Gathering(database, note)
    assert await asyncio.gather(*[gathering.add(number) for number in range(500)]) == [
        n * 2 for n in range(500)
    ]
    assert await gathering.add(500) == 1000
    assert sum(sizes) == 501
    assert len(sizes) <= 5
    async with database.reading() as tx:
        assert await tx.fetchval("select count(*) from noted") == 501


async def test_one_bad_item_does_not_fail_its_neighbours(database: Database) -> None:
    async def note(tx: Tx, numbers: Sequence[int]) -> list[int]:
        await tx.execute("insert into noted select unnest($1::int[])", list(numbers))
        if 7 in numbers:
            raise ValueError("seven")
        return list(numbers)

    gathering = Gathering(database, note)
    answers = await asyncio.gather(*[gathering.add(number) for number in range(20)], return_exceptions=True)
    assert [number for number, answer in enumerate(answers) if isinstance(answer, ValueError)] == [7]
    async with database.reading() as tx:
        assert await tx.fetchval("select count(*) from noted") == 19


async def test_without_a_database_everybody_is_told_at_once(database: Database) -> None:
    async def note(_tx: Tx, _numbers: Sequence[int]) -> list[int]:
        raise AssertionError("there is no transaction to work in")

    closed = Gathering(Database(database.url), note)
    answers = await asyncio.gather(*[closed.add(number) for number in range(20)], return_exceptions=True)
    assert {type(answer) for answer in answers} == {DatabaseUnavailableError}
