"""Quarters without a target, deposits that wait twice: what the office asks about at the edges."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import asyncpg
import pytest

from services.adoption.workflows.deposits import note_quarantined
from services.adoption.workflows.rollout import take_up_rollout
from services.adoption.workflows.upkeep import Upkeep
from shared.contracts import DepositQuarantined
from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.runtime.rollout import load_rollout
from tests.services.adoption.test_adoption_door import LUBUK_PAKAM, ROLLOUT, Place, place

__all__ = ["place"]

NOW = datetime.now(UTC)


def quarters_before(last: date, number: int) -> list[date]:
    """First days of so many quarters before that of a day, the latest first."""
    found = []
    for _ in range(number):
        last = wib.quarter_bounds(wib.quarter(last))[0] - timedelta(days=1)
        found.append(wib.quarter_bounds(wib.quarter(last))[0])
    return found


async def test_a_quarter_that_nobody_set_a_target_for_is_counted_and_shown(place: Place) -> None:
    """A deposit of its last evening, synced two quarters later: 23:30 in WIB, and still the same day in UTC."""
    ended = quarters_before(wib.day(NOW), 3)[1]
    last_day = wib.quarter_bounds(wib.quarter(ended))[1] - timedelta(days=1)
    evening = wib.start_of_day(last_day) + timedelta(hours=23, minutes=30)
    await place.database.execute(
        "update target set withdrawn_at = now() where quarter_start <= $1", NOW.date()
    )
    await place.deposit(12, evening)
    async with place.database.transaction():
        upkeep = Upkeep()
        await upkeep.fold(place.database)
        await upkeep.count(place.database, wib.day(NOW))
    summary = (await place.summary(first_day=str(ended), last_day=str(last_day))).json()
    assert summary["quarter"] == wib.quarter(ended)
    assert len(summary["subdistricts"]) == 22
    ours = next(each for each in summary["subdistricts"] if each["subdistrict_code"] == LUBUK_PAKAM)
    assert (ours["deposits"], ours["depositors"]) == (12, 12)
    assert ours["quarter"]["deposits"] == {"actual": 12, "target": None, "percent": None}
    assert ours["quarter"]["active_members"]["actual"] == 12
    # Neither the quarter after it nor the one that runs has any of it, and both are there.
    for start in (*quarters_before(wib.day(NOW), 1), wib.quarter_bounds(wib.quarter(wib.day(NOW)))[0]):
        day = str(start)
        summary = (await place.summary(first_day=day, last_day=day)).json()
        assert {each["quarter"]["deposits"]["actual"] for each in summary["subdistricts"]} == {0}


@pytest.fixture
async def connection(fresh_database: Callable[[str], str]) -> asyncpg.Connection:
    opened = await asyncpg.connect(fresh_database("adoption"))
    async with opened.transaction():
        await take_up_rollout(opened, load_rollout(ROLLOUT), NOW)
    return opened


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "three"])
async def test_a_deposit_waits_since_the_first_time_where_the_last_fact_placed_it(
    connection: asyncpg.Connection, order: tuple[int, ...], together: bool
) -> None:
    """Its waste bank was unknown, a person accepted it there, and then its member stayed unknown."""
    deposit_id, member_id = uuid7(), uuid7()
    places = ("00.00.00", "12.07.27", LUBUK_PAKAM)
    facts = [
        DepositQuarantined(
            event_id=uuid7(),
            recorded_at=NOW - timedelta(hours=3 - number),
            member_id=member_id,
            deposit_id=deposit_id,
            waste_bank_id="lubuk-pakam-induk",
            subdistrict_code=code,
            weighed_at=NOW - timedelta(days=1),
            why="unknown_member",
        )
        for number, code in enumerate(places)
    ]
    heard = [facts[number] for number in order]
    for batch in [heard] if together else [[each] for each in heard]:
        async with connection.transaction():
            await note_quarantined(connection, batch)
    (row,) = await connection.fetch("select * from reporting.waiting_deposit")
    assert (row["subdistrict_code"], row["oldest_since_at"]) == (LUBUK_PAKAM, facts[0].recorded_at)
    await connection.close()
