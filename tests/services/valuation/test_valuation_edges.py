"""What valuation does at the edges: two people in one moment, a catalogue that changes, a list that begins now."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.valuation.domain.area import Actor
from services.valuation.main import read_files
from services.valuation.store.lists import PriceBooks
from services.valuation.workflows.flags import approve_flag
from services.valuation.workflows.publishing import seed_catalogue
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from tests.services.valuation.stage import SECOND_PERSON, Ear, MovableClock, line, recorded, said


@pytest.fixture
def ear(database: Database, rollout: Rollout, clock: MovableClock) -> Ear:
    return Ear(database, rollout, clock)


async def test_two_approvals_at_once_answer_alike_and_pay_once(ear: Ear) -> None:
    """The one that waited for the other's row tells what the other decided, and not what stood there before."""
    deposit = recorded(line(shown=1))
    await ear.hear(deposit)
    actor = Actor(SECOND_PERSON, "programme", lambda *_: True)

    async def approve_in(tx: Any) -> Any:
        return await approve_flag(
            tx, deposit.deposit_id, actor=actor, reason="benar", books=PriceBooks(), now=ear.clock.now()
        )

    async def approve_again() -> Any:
        async with ear.database.transaction() as tx:
            return await approve_in(tx)

    async with ear.database.transaction() as slow:
        first = await approve_in(slow)
        second = asyncio.create_task(approve_again())
        deadline = asyncio.get_running_loop().time() + 30
        while not await slow.fetchval("select exists (select from pg_locks where not granted)"):
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.02)
    assert await second == first
    assert first.flag.decided_by == SECOND_PERSON
    assert len(await said(ear.database, "valued")) == 1


async def test_a_catalogue_that_changed_counts_from_then_on(ear: Ear) -> None:
    """Also for a process that has read its book of prices before: the weight of a bottle is not what it was."""
    bottles = line("B02", "-", 3, 1_800, "piece")
    await ear.hear(recorded(bottles))
    catalogue, files = read_files(Path("deploy/catalogue"))
    items = [
        item.model_copy(update={"grams_per_unit_estimate": 500}) if item.code == "B02" else item
        for item in catalogue.items
    ]
    async with ear.database.transaction() as tx:
        await seed_catalogue(tx, catalogue.model_copy(update={"items": items}), files, ear.clock.now())
    await ear.hear(recorded(bottles))
    facts = await said(ear.database, "valued")
    assert [fact["lines"][0]["reporting_grams"] for fact in facts] == [1_440, 1_500]
