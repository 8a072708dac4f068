"""Any order, any repetition, any delay, several consumers at once: the figures of an independent recount."""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from deploy.local.settings import REPOSITORY
from services.adoption.consumers import hearing
from services.adoption.workflows.rollout import take_up_rollout
from services.adoption.workflows.upkeep import Upkeep
from shared.contracts import Event, MembersMerged
from shared.runtime.database import TRANSIENT_ERRORS
from shared.runtime.rollout import load_rollout
from tests.journeys.grafana_recount import Recount, kind
from tests.services.adoption.chronicle import disturbed, ids
from tests.services.adoption.field_chronicle import FieldChronicle, chronicle
from tests.services.adoption.field_day_compare import compare_field_day

HANDLERS = hearing().handlers


async def hear(connection: asyncpg.Connection, batch: Sequence[Event]) -> None:
    """As the runtime does it: a class after the other, in one transaction, again after a deadlock."""
    by_class: dict[type[Event], list[Event]] = defaultdict(list)
    for event in batch:
        by_class[type(event)].append(event)
    while True:
        try:
            async with connection.transaction():
                for each, events in by_class.items():
                    await HANDLERS[each](connection, events)
        except TRANSIENT_ERRORS:
            await asyncio.sleep(0.01)
        else:
            return


async def table(connection: asyncpg.Connection, query: str, *values: Any) -> dict[Any, Any]:
    """A query's last column by the columns before it, without zeros."""
    rows = await connection.fetch(query, *values)
    return {
        (tuple(row)[:-1] if len(row) > 2 else row[0]): row[len(row) - 1] for row in rows if row[len(row) - 1]
    }


def today() -> date:
    return (datetime.now(UTC) + timedelta(hours=7)).date()


async def keep_up(connection: asyncpg.Connection, upkeep: Upkeep, *, count: bool) -> None:
    async with connection.transaction():
        await upkeep.fold(connection)
    if count:
        async with connection.transaction():
            await upkeep.count(connection, today())


async def compare(connection: asyncpg.Connection, said: list[Event]) -> None:
    found = Recount()
    for event in said:
        found.hear(event.TYPE, json.loads(event.model_dump_json()))
    daily = "select subdistrict_code, day, {} from reporting.daily"
    expected = {
        "members_registered": found.registered_by_cell(),
        "deposits": found.deposits_by_cell(),
        "voided_deposits": found.voided_by_cell(),
        "grams": {cell: grams for cell, grams in found.grams_by_cell().items() if grams},
        "credited_rupiah": found.credited_by_cell(),
        "redemptions_delivered": found.delivered_by_cell(),
        "redeemed_rupiah": found.redeemed_by_cell(),
    }
    for column, figures in expected.items():
        assert await table(connection, daily.format(column)) == dict(figures), column
    cells = {
        tuple(row) for row in await connection.fetch("select subdistrict_code, day from reporting.daily")
    }
    assert cells == {cell for figures in expected.values() for cell in figures}
    classes = {
        (code, day, "other" if name == "a class that came later" else name): 0
        for code, day, name in found.grams_by_class()
    }
    for (code, day, name), grams in found.grams_by_class().items():
        classes[code, day, "other" if name == "a class that came later" else name] += grams
    assert (
        await table(connection, "select subdistrict_code, day, waste_class, grams from reporting.daily_class")
        == classes
    )
    assert (
        await table(connection, "select subdistrict_code, reason, deposits from reporting.waiting_deposit")
        == found.waiting()
    )
    active = (
        "select subdistrict_code, active_members from reporting.standing "
        "where $1 >= quarter_start and $1 < quarter_end"
    )
    assert await table(connection, active, today()) == found.active_members(today())
    (money,) = await connection.fetch("select * from reporting.credit_standing")
    assert (money["owed_rupiah"], money["held_rupiah"]) == (found.owed_rupiah(), found.held_rupiah())
    assert (
        await table(connection, "select provider, float_rupiah from reporting.float_standing")
        == found.floats()
    )
    (waiting,) = await connection.fetch("select coalesce(sum(redemptions), 0) from reporting.open_redemption")
    assert waiting[0] == len(found.open_redemptions())
    (tablets,) = await connection.fetch("select * from reporting.completeness")
    assert (tablets["heard_until"], tablets["complete_until"]) == (
        max(found.last_heard.values()),
        min(found.last_heard.values()),
    )
    seconds = await table(
        connection, "select subdistrict_code, day, slowest_seconds from reporting.daily_redemption"
    )
    assert seconds == pytest.approx({cell: values[-1] for cell, values in found.seconds_by_cell().items()})
    await compare_field_day(connection, found)


async def compare_kept(connection: asyncpg.Connection, said: list[Event]) -> None:
    rows = await connection.fetch("select event_id, type, payload::text from stored_event")
    assert len(rows) == len(said)
    assert {row["event_id"] for row in rows} == ids(said)
    by_id = {event.event_id: event for event in said}
    for row in rows:
        event = by_id[row["event_id"]]
        assert row["type"] == event.TYPE
        assert json.loads(row["payload"]) == json.loads(event.model_dump_json()), kind(event.TYPE)


@pytest.fixture
async def url(fresh_database: Callable[[str], str]) -> str:
    address = fresh_database("adoption")
    connection = await asyncpg.connect(address)
    async with connection.transaction():
        rollout = load_rollout(REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml")
        await take_up_rollout(connection, rollout, datetime.now(UTC))
    await connection.close()
    return address


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_and_any_repetition_give_the_recounted_figures(url: str, seed: int) -> None:
    said = chronicle(seed)
    dice = random.Random(seed)
    connection, upkeep = await asyncpg.connect(url), Upkeep()
    for batch in disturbed(said, seed):
        if dice.random() < 0.2:
            await keep_up(connection, upkeep, count=dice.random() < 0.5)
        await hear(connection, batch)
    await keep_up(connection, upkeep, count=True)
    assert await connection.fetchval("select count(*) from figure_delta") == 0
    await compare(connection, said)
    await compare_kept(connection, said)
    await connection.close()


async def test_figures_are_right_before_they_are_folded(url: str) -> None:
    said, upkeep = chronicle(50), Upkeep()
    connection = await asyncpg.connect(url)
    await hear(connection, said)
    async with connection.transaction():
        await upkeep.count(connection, today())
    assert await connection.fetchval("select count(*) from figure_delta") > 0
    await compare(connection, said)
    await connection.close()


@pytest.mark.parametrize("seed", [101])
async def test_consumers_at_work_at_once_give_the_recounted_figures(url: str, seed: int) -> None:
    said = chronicle(seed, deposits=60, redemptions=30)
    batches = disturbed(said, seed)

    async def work(mine: list[list[Event]]) -> None:
        connection = await asyncpg.connect(url)
        for batch in mine:
            await hear(connection, batch)
        await connection.close()

    async def keep_keeping_up() -> None:
        connection, upkeep = await asyncpg.connect(url), Upkeep()
        try:
            while True:
                await keep_up(connection, upkeep, count=True)
                await asyncio.sleep(0.02)
        finally:
            await connection.close()

    folding = [asyncio.create_task(keep_keeping_up()) for _ in range(2)]
    await asyncio.gather(*[work(batches[number::3]) for number in range(3)])
    for task in folding:
        task.cancel()
    await asyncio.gather(*folding, return_exceptions=True)
    connection = await asyncpg.connect(url)
    await keep_up(connection, Upkeep(), count=True)
    await compare(connection, said)
    await compare_kept(connection, said)
    await connection.close()


async def test_a_merge_is_counted_though_no_deposit_came(url: str) -> None:
    """Two active members turn out to be one: the next count is due, and says so."""
    said = FieldChronicle(77, datetime.now(UTC))
    said.write(400, 0)
    connection, upkeep = await asyncpg.connect(url), Upkeep()
    await hear(connection, said.events)
    await keep_up(connection, upkeep, count=True)
    active = (
        "select subdistrict_code, active_members from reporting.standing "
        "where $1 >= quarter_start and $1 < quarter_end"
    )
    before = await table(connection, active, today())
    said.write_field_day(0)
    await hear(connection, [each for each in said.events if isinstance(each, MembersMerged)])
    assert await table(connection, active, today()) == before
    async with connection.transaction():
        await upkeep.fold(connection)
    async with asyncio.timeout(20):
        while not upkeep.is_due(today()):
            await asyncio.sleep(0.05)
    await keep_up(connection, upkeep, count=True)
    found = Recount()
    for event in said.events:
        found.hear(event.TYPE, json.loads(event.model_dump_json()))
    assert await table(connection, active, today()) == found.active_members(today()) != before
    await connection.close()
