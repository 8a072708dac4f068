"""What valuation does at the edges: two people in one moment, a catalogue that changes, a list that begins now."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.valuation import main
from services.valuation.settings import ValuationSettings
from services.valuation.store.lists import PriceBooks
from services.valuation.workflows.flags import approve_flag
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from tests.services.valuation.stage import APPROVER, SECOND_PERSON, Ear, MovableClock, line, recorded, said


@pytest.fixture
def ear(database: Database, rollout: Rollout, clock: MovableClock) -> Ear:
    return Ear(database, rollout, clock)


async def test_two_approvals_at_once_answer_alike_and_pay_once(ear: Ear) -> None:
    """The one that waited for the other's row tells what the other decided, and not what stood there before."""
    deposit = recorded(line(shown=1))
    await ear.hear(deposit)

    async def approve_in(tx: Any) -> Any:
        return await approve_flag(
            tx, deposit.deposit_id, who=APPROVER, reason="benar", books=PriceBooks(), now=ear.clock.now()
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


async def test_a_catalogue_that_a_start_takes_up_counts_from_then_on(
    ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if deposits were heard before it was taken up: the weight of a bottle is not what it was."""
    for file in Path("deploy/catalogue").glob("*.yaml"):
        text = file.read_text()
        (tmp_path / file.name).write_text(
            text.replace("grams_per_unit_estimate: 480", "grams_per_unit_estimate: 500")
        )
    monkeypatch.setattr(main, "PriceBooks", lambda: ear.books)
    service = main.create(ValuationSettings(database_url=ear.database.url, catalogue_folder=tmp_path))
    bottles = line("B02", "-", 3, 1_800, "piece")
    await ear.hear(recorded(bottles))
    *_, take_up = service.everywhere
    await service.database.open()
    taking_up = asyncio.ensure_future(take_up())
    try:
        async with asyncio.timeout(30):
            while 1_500 not in await grams(ear):
                await ear.hear(recorded(bottles))
    finally:
        taking_up.cancel()
        await asyncio.gather(taking_up, return_exceptions=True)
        await service.database.close()
    assert set(await grams(ear)) == {1_440, 1_500}


async def grams(ear: Ear) -> list[int]:
    return [fact["lines"][0]["reporting_grams"] for fact in await said(ear.database, "valued")]
