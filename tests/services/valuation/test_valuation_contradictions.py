"""A deposit or void that is heard again with other figures is set aside once, and nothing else changes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.valuation.store.lists import PriceBooks
from services.valuation.workflows import valuing, voiding
from services.valuation.workflows.flags import approve_flag
from shared.contracts import DepositRecorded, DepositVoided, Event
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from tests.services.valuation.stage import (
    APPROVER,
    CEMARA,
    OWN_LIST_BANK,
    WEIGHED_AT,
    MovableClock,
    end_state,
    line,
    recorded,
    records,
    voided,
)

TABLES = ("valuation", "flag", "member_day", "outbox", "audit", "member_alias")

OTHER_FIGURES: dict[str, dict[str, Any]] = {
    "member": {"member_id": UUID(int=99)},
    "waste bank": {"waste_bank_id": OWN_LIST_BANK},
    "sub-district": {"subdistrict_code": "12.07.27"},
    "a second later": {"weighed_at": WEIGHED_AT + timedelta(seconds=1)},
    "list": {"price_list_id": CEMARA},
    "quantity": {"lines": (line(quantity=2_001, shown=3_251),)},
    "shown": {"lines": (line(shown=3_249),)},
    "grade": {"lines": (line(grade="kotor"),)},
    "a line more": {"lines": (line(), line())},
}
LEGITIMATE: dict[str, dict[str, Any]] = {
    "the same": {},
    "another event": {"event_id": uuid7()},
    "written down later": {"recorded_at": WEIGHED_AT + timedelta(hours=5)},
    "carried": {"carried_by_id": UUID(int=7)},
    "another tablet and recorder": {"tablet_id": UUID(int=8), "recorder_id": UUID(int=9)},
    "the clock": {"clock_offset_ms": 1_500},
    "correcting another": {"replaces_deposit_id": UUID(int=10)},
}


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What valuation keeps and says, but what was set aside."""
    async with database.connection() as held:
        return {
            table: sorted((tuple(row) for row in await held.fetch(f"select * from {table}")), key=repr)
            for table in TABLES
        }


async def letters(database: Database) -> list[tuple[str, str]]:
    async with database.connection() as held:
        return [tuple(row) for row in await held.fetch("select kind, error from dead_letter order by id")]


async def bring(hearer: Hearer, database: Database, clock: MovableClock, state: str) -> DepositRecorded:
    """A deposit in a state."""
    flagged = state in {"flagged", "approved", "flagged, void"}
    deposit = recorded(line(shown=1)) if flagged else recorded()
    await hearer.hear(records(deposit))
    if state == "approved":
        async with database.transaction() as tx:
            outcome = await approve_flag(
                tx, deposit.deposit_id, who=APPROVER, reason="benar", books=PriceBooks(), now=clock.now()
            )
        assert not isinstance(outcome, str)
    if "void" in state:
        await hearer.hear(records(voided(deposit), offset=1))
    return deposit


@pytest.mark.parametrize("state", ["valued", "flagged", "approved", "valued, void", "flagged, void"])
async def test_a_deposit_with_other_figures_is_refused_whatever_became_of_it(
    hearer: Hearer, database: Database, clock: MovableClock, state: str
) -> None:
    deposit = await bring(hearer, database, clock, state)
    before = await everything(database)
    for number, (what, other) in enumerate(OTHER_FIGURES.items(), start=1):
        if what == "shown" and deposit.lines[0].shown_rupiah == 3_249:
            continue
        changed = deposit.model_copy(update={"event_id": uuid7(), **other})
        await hearer.hear(records(changed, offset=10 * number))
        refused = await letters(database)
        assert len(refused) == number, what
        expected = f"deposit {deposit.deposit_id} was heard before with other figures"
        assert refused[-1] == ("refused", expected)
    assert await everything(database) == before


@pytest.mark.parametrize("state", ["valued", "flagged", "approved", "valued, void", "flagged, void"])
async def test_what_changes_no_figure_is_no_contradiction(
    hearer: Hearer, database: Database, clock: MovableClock, state: str
) -> None:
    deposit = await bring(hearer, database, clock, state)
    before = await everything(database)
    again = [deposit.model_copy(update=other) for other in LEGITIMATE.values()]
    for number, each in enumerate(again, start=1):
        await hearer.hear(records(each, offset=10 * number))
    await hearer.hear(records(*again, offset=500))
    assert await letters(database) == []
    assert await everything(database) == before


async def test_in_one_batch_the_first_stands_and_all_others_take_effect(
    hearer: Hearer, database: Database
) -> None:
    deposit, innocent = recorded(), [recorded() for _ in range(20)]
    changed = deposit.model_copy(update={"lines": (line(quantity=4_000, shown=6_500),)})
    await hearer.hear(records(*innocent[:10], deposit, *innocent[10:], deposit, changed))
    ((kind, _),) = await letters(database)
    assert kind == "refused"
    end = await end_state(database)
    assert end["owed"] == {str(each.deposit_id): 3_088 for each in (deposit, *innocent)}


async def test_a_void_must_be_of_the_deposit_that_it_names(hearer: Hearer, database: Database) -> None:
    deposit = recorded()
    await hearer.hear(records(deposit))
    before = await everything(database)
    wrong = [voided(deposit, **OTHER_FIGURES[what]) for what in ("member", "waste bank", "a second later")]
    await hearer.hear(records(*wrong, offset=10))
    assert [kind for kind, _ in await letters(database)] == ["refused"] * 3
    assert await everything(database) == before
    await hearer.hear(records(voided(deposit), offset=20))
    assert (await end_state(database))["states"] == {deposit.deposit_id: "voided"}


@pytest.mark.parametrize("ahead", [True, False], ids=["ahead", "after"])
async def test_a_void_is_not_said_twice_with_other_words(
    hearer: Hearer, database: Database, ahead: bool
) -> None:
    deposit = recorded()
    void = voided(deposit)
    await hearer.hear(records(void, deposit) if ahead else records(deposit, void))
    before = await everything(database)
    await hearer.hear(records(void, void.model_copy(update={"event_id": uuid7()}), offset=10))
    assert await letters(database) == []
    await hearer.hear(records(void, voided(deposit, reason="bukan sampah"), offset=20))
    ((kind, error),) = await letters(database)
    assert (kind, "other figures" in error) == ("refused", True)
    assert await everything(database) == before


async def test_a_deposit_must_be_the_one_whose_void_came_ahead(hearer: Hearer, database: Database) -> None:
    deposit = recorded()
    await hearer.hear(records(voided(deposit)))
    before = await everything(database)
    other = deposit.model_copy(update=OTHER_FIGURES["member"])
    await hearer.hear(records(other, offset=10))
    assert [kind for kind, _ in await letters(database)] == ["refused"]
    await hearer.hear(records(deposit, offset=20))
    assert len(await letters(database)) == 1
    assert await everything(database) == before


async def test_uncured_the_first_is_kept_without_a_word(
    hearer: Hearer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def blind(*_: object) -> None:
        return

    monkeypatch.setattr(valuing, "refuse_changed_deposits", blind)
    monkeypatch.setattr(voiding, "refuse_changed_voids", blind)
    deposit = recorded()
    await hearer.hear(records(deposit))
    await hearer.hear(records(deposit.model_copy(update=OTHER_FIGURES["quantity"]), offset=10))
    await hearer.hear(records(voided(deposit, **OTHER_FIGURES["member"]), offset=20))
    assert await letters(database) == []
    assert (await end_state(database))["states"] == {deposit.deposit_id: "voided"}


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Event], list[list[Event]], int]:
    """Deposits and voids in some order and batches; the same with contradictions between; how many these are."""
    deposits = [
        recorded(line(shown=3_250 if draw(st.booleans()) else 1)) for _ in range(draw(st.integers(1, 4)))
    ]
    sound: list[Event] = [*deposits, *[voided(each) for each in deposits if draw(st.booleans())]]
    order: list[Event] = draw(st.permutations(sound))
    stream: list[Event] = []
    contradictions = 0
    for fact in order:
        stream.append(fact)
        if draw(st.booleans()):
            stream.append(draw(st.sampled_from([fact, _changed(draw, fact, stream)])))
            contradictions += stream[-1] is not fact
    batches: list[list[Event]] = []
    for fact in stream:
        if not batches or draw(st.booleans()):
            batches.append([])
        batches[-1].append(fact)
    return order, batches, contradictions


def _changed(draw: st.DrawFn, fact: Any, heard: list[Event]) -> Event:
    """Of a void, and of a deposit whose void came ahead, nothing but the place is kept."""
    placed = any(isinstance(each, DepositVoided) and each.deposit_id == fact.deposit_id for each in heard)
    figures = ["member", "sub-district", "waste bank"] if placed else sorted(OTHER_FIGURES)
    other = OTHER_FIGURES[draw(st.sampled_from(figures))]
    changed: Event = fact.model_copy(update={"event_id": uuid7(), **other})
    return changed


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories())
async def test_contradictions_anywhere_leave_the_end_as_it_would_have_been(
    hearer: Hearer, database: Database, story: Any
) -> None:
    order, batches, contradictions = story
    ends = []
    for each in ([[fact] for fact in order], batches):
        async with database.transaction() as tx:
            await tx.execute(f"truncate dead_letter, {', '.join(TABLES[:4])}")
        offset = 0
        for batch in each:
            await hearer.hear(records(*batch, offset=offset))
            offset += len(batch)
        ends.append(await end_state(database))
    assert ends[0] == ends[1]
    assert len(await letters(database)) == contradictions
