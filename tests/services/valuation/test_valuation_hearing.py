"""What valuation makes of recorded and voided deposits, on a real PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.valuation.main import read_files
from services.valuation.store.lists import PriceBooks
from services.valuation.workflows.flags import approve_flag
from services.valuation.workflows.publishing import seed_catalogue
from services.valuation.workflows.valuing import value_deposits
from shared.contracts import DepositRecorded
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from tests.services.valuation.stage import (
    APPROVER,
    CEMARA,
    GENERAL,
    OWN_LIST_BANK,
    RECORDER,
    SECOND_PERSON,
    WEIGHED_AT,
    Ear,
    MovableClock,
    end_state,
    line,
    recorded,
    said,
    states,
    voided,
)


@pytest.fixture
def ear(database: Database, rollout: Rollout, clock: MovableClock) -> Ear:
    return Ear(database, rollout, clock)


async def test_a_deposit_is_priced_by_the_list_shown_line_by_line(ear: Ear) -> None:
    deposit = recorded(
        line(), line("M01", "bersih", 1_500, 6_000, "litre"), line("B02", "-", 3, 1_800, "piece")
    )
    await ear.hear(deposit)
    (fact,) = await said(ear.database)
    assert fact["type"] == "valued"
    assert [each["value_rupiah"] for each in fact["lines"]] == [3_250, 6_000, 1_800]
    assert [each["reporting_grams"] for each in fact["lines"]] == [2_000, 1_365, 1_440]
    assert [each["waste_class"] for each in fact["lines"]] == ["plastic", "other", "glass"]
    assert (fact["gross_rupiah"], fact["net_rupiah"]) == (11_050, 10_498)
    assert fact["deductions"] == [{"beneficiary": "waste_bank", "basis_points": 500, "amount_rupiah": 552}]
    assert fact["price_list_id"] == fact["list_in_force_id"] == str(GENERAL)
    assert fact["price_difference_rupiah"] == 0
    async with ear.database.connection() as held:
        lines = await held.fetch("select * from valued_line order by line_no")
    assert [(row["item_code"], row["price_rupiah"], row["price_list_id"]) for row in lines] == [
        ("P05", 1_625, GENERAL),
        ("M01", 4_000, GENERAL),
        ("B02", 600, GENERAL),
    ]


async def test_hearing_it_again_changes_nothing(ear: Ear) -> None:
    deposit = recorded()
    await ear.hear(deposit, deposit)
    before = await end_state(ear.database)
    await ear.hear(deposit)
    assert await end_state(ear.database) == before
    assert len(await said(ear.database)) == 1


async def test_a_waste_bank_with_its_own_list_is_priced_by_that(ear: Ear) -> None:
    own = recorded(line(shown=3_100), waste_bank_id=OWN_LIST_BANK, price_list_id=CEMARA)
    general = recorded(waste_bank_id=OWN_LIST_BANK)
    await ear.hear(own, general)
    valued, flagged = await said(ear.database)
    assert (valued["deposit_id"], valued["gross_rupiah"]) == (str(own.deposit_id), 3_100)
    assert (flagged["type"], flagged["reasons"]) == ("flagged", ["price_list_of_another_bank"])


async def test_the_price_shown_is_paid_although_a_newer_list_was_in_force(ear: Ear) -> None:
    newer = await ear.publish(timedelta(0), P05=2_000)
    weighed_at = ear.clock.now() + timedelta(days=29)
    await ear.hear(recorded(weighed_at=weighed_at))
    (fact,) = await said(ear.database, "valued")
    assert fact["gross_rupiah"] == 3_250
    assert fact["price_difference_rupiah"] == 3_250 - 4_000
    assert (fact["price_list_id"], fact["list_in_force_id"]) == (str(GENERAL), str(newer))
    assert await ear.differences() == []


async def test_a_list_replaced_longer_ago_than_the_rollout_allows_is_flagged(ear: Ear) -> None:
    await ear.publish(timedelta(0), P05=2_000)
    limit = ear.clock.now() + timedelta(days=30)
    await ear.hear(recorded(weighed_at=limit), recorded(weighed_at=limit + timedelta(seconds=1)))
    facts = await said(ear.database, "valued", "flagged")
    assert [fact["type"] for fact in facts] == ["valued", "flagged"]
    assert facts[1]["reasons"] == ["price_list_too_old"]


async def test_a_list_in_force_never_gets_too_old(ear: Ear) -> None:
    await ear.hear(recorded(weighed_at=WEIGHED_AT + timedelta(days=300)))
    assert [fact["type"] for fact in await said(ear.database)] == ["valued"]


async def test_a_price_change_does_not_touch_what_tablets_showed_before(ear: Ear) -> None:
    before = recorded(weighed_at=ear.clock.now() - timedelta(minutes=1))
    newer = await ear.publish(timedelta(0), P05=2_000)
    after = recorded(line(shown=4_000), weighed_at=ear.clock.now(), price_list_id=newer)
    await ear.hear(after, before)  # the earlier one is synced later
    facts = {fact["deposit_id"]: fact for fact in await said(ear.database, "valued")}
    assert facts[str(before.deposit_id)]["gross_rupiah"] == 3_250
    assert facts[str(after.deposit_id)]["gross_rupiah"] == 4_000
    assert {fact["price_difference_rupiah"] for fact in facts.values()} == {0}


@pytest.mark.parametrize(
    ("lines", "other", "reasons"),
    [
        ((line(shown=3_251),), {}, ["shown_price_differs"]),
        ((line("P99"),), {}, ["item_not_priced"]),
        ((line(grade="terbaik"),), {}, ["item_not_priced"]),
        ((line(unit="piece"),), {}, ["unit_differs"]),
        ((line(),), {"price_list_id": SECOND_PERSON}, ["price_list_unknown"]),
        ((line(),), {"weighed_at": WEIGHED_AT - timedelta(days=300)}, ["no_price_list_in_force"]),
        (
            (line(),),
            {"recorded_at": WEIGHED_AT - timedelta(days=1, seconds=1)},
            ["weighed_in_the_future"],
        ),
        ((line(quantity=151_000, shown=245_375),), {}, ["line_weight_out_of_bounds"]),
        (
            (line("L01", "-", 149_000, 193_700), line("K04", "baik", 149_000, 125_905)),
            {},
            ["day_weight_out_of_bounds"],
        ),
        ((line("L05", "terkelupas", 30_020, 1_501_000),), {}, ["day_value_out_of_bounds"]),
        (
            (line(quantity=1_000_000_000, shown=1_625_000_000),),
            {},
            ["line_weight_out_of_bounds", "day_weight_out_of_bounds", "day_value_out_of_bounds"],
        ),
    ],
)
async def test_what_is_out_of_the_ordinary_waits_for_a_second_person(
    ear: Ear, lines: tuple[Any, ...], other: dict[str, Any], reasons: list[str]
) -> None:
    deposit = recorded(*lines, **other)
    await ear.hear(deposit)
    (fact,) = await said(ear.database)
    assert (fact["type"], fact["reasons"], fact["recorder_id"]) == ("flagged", reasons, str(RECORDER))
    assert await states(ear.database) == {deposit.deposit_id: "flagged"}


async def test_a_tablet_whose_clock_is_a_day_ahead_is_believed(ear: Ear) -> None:
    await ear.hear(recorded(recorded_at=WEIGHED_AT - timedelta(days=1)))
    assert [fact["type"] for fact in await said(ear.database)] == ["valued"]


async def test_bounds_count_the_whole_day_of_a_member_and_no_other(ear: Ear) -> None:
    member, other = uuid7(), uuid7()
    many = [recorded(member_id=member, weighed_at=WEIGHED_AT + timedelta(minutes=n)) for n in range(8)]
    await ear.hear(*many[:5])
    await ear.hear(*many[5:])
    ninth = recorded(member_id=member)
    await ear.hear(
        ninth,
        recorded(member_id=other),
        recorded(member_id=member, weighed_at=WEIGHED_AT + timedelta(days=1)),
    )
    flagged = await said(ear.database, "flagged")
    assert [(fact["deposit_id"], fact["reasons"]) for fact in flagged] == [
        (str(ninth.deposit_id), ["day_deposits_out_of_bounds"])
    ]


async def test_a_voided_deposit_does_not_count_for_its_day(ear: Ear) -> None:
    member = uuid7()
    heavy = recorded(line("L01", "-", 149_000, 193_700), member_id=member)
    await ear.hear(heavy)
    await ear.hear(voided(heavy))
    await ear.hear(recorded(line("L01", "-", 148_000, 192_400), member_id=member))
    assert await said(ear.database, "flagged") == []


async def test_voiding_a_valued_deposit_takes_its_price_back_once(ear: Ear) -> None:
    deposit = recorded()
    await ear.hear(deposit)
    await ear.hear(voided(deposit))
    await ear.hear(voided(deposit))
    _, fact = await said(ear.database)
    assert (fact["type"], fact["net_rupiah"], fact["reason"]) == ("reversed", 3_088, "salah timbang")
    assert (await end_state(ear.database))["owed"] == {}
    assert await ear.differences() == []


async def test_a_void_that_comes_ahead_is_obeyed(ear: Ear) -> None:
    deposit = recorded()
    await ear.hear(voided(deposit))
    await ear.hear(deposit)
    assert await said(ear.database) == []
    assert await states(ear.database) == {deposit.deposit_id: "voided"}


async def test_voiding_a_flagged_deposit_closes_the_flag_and_says_nothing(ear: Ear) -> None:
    deposit = recorded(line(shown=1))
    await ear.hear(deposit)
    await ear.hear(voided(deposit))
    assert [fact["type"] for fact in await said(ear.database)] == ["flagged"]
    assert (await end_state(ear.database))["flags"] == []


async def approve(ear: Ear, deposit: DepositRecorded, by: Any = SECOND_PERSON) -> Any:
    async with ear.database.transaction() as tx:
        return await approve_flag(
            tx,
            deposit.deposit_id,
            who=replace(APPROVER, subject=by),
            reason="benar",
            books=ear.books,
            now=ear.clock.now(),
        )


async def test_approving_pays_what_the_list_says_whatever_was_shown(ear: Ear) -> None:
    deposit = recorded(line(shown=999_999))
    await ear.hear(deposit)
    assert await approve(ear, deposit, RECORDER) == "flag_own_deposit"
    approved = await approve(ear, deposit)
    assert (approved.state, approved.gross_rupiah, approved.approved_by) == ("valued", 3_250, SECOND_PERSON)
    again = await approve(ear, deposit)
    assert again == approved
    assert await approve(ear, deposit, CEMARA) == "flag_closed"
    (fact,) = await said(ear.database, "valued")
    assert (fact["net_rupiah"], fact["approved_by"]) == (3_088, str(SECOND_PERSON))
    await ear.hear(deposit)  # redelivered after approval
    assert len(await said(ear.database, "valued")) == 1
    assert await ear.differences() == []


async def test_who_carried_a_deposit_decides_about_it_no_more_than_who_recorded_it(ear: Ear) -> None:
    deposit = recorded(line(shown=999_999), carried_by_id=CEMARA)
    await ear.hear(deposit)
    assert await approve(ear, deposit, RECORDER) == "flag_own_deposit"
    assert await approve(ear, deposit, CEMARA) == "flag_own_deposit"
    approved = await approve(ear, deposit)
    assert (approved.state, approved.flag.carried_by_id) == ("valued", CEMARA)
    async with ear.database.transaction() as tx:
        with pytest.raises(asyncpg.CheckViolationError):
            await tx.execute("update flag set decided_by = carried_by_id")


async def test_an_approved_deposit_with_an_unknown_list_is_paid_by_the_list_in_force(ear: Ear) -> None:
    deposit = recorded(price_list_id=SECOND_PERSON)
    await ear.hear(deposit)
    approved = await approve(ear, deposit)
    assert (approved.price_list_id, approved.gross_rupiah) == (GENERAL, 3_250)


async def test_what_no_list_prices_cannot_be_approved(ear: Ear) -> None:
    for deposit in (
        recorded(line("P99")),
        recorded(line(quantity=1_000_000_000), line("L05", "terkelupas", 1_000_000_000)),
    ):
        await ear.hear(deposit)
        expected = "flag_not_priceable" if deposit.lines[0].item_code == "P99" else None
        outcome = await approve(ear, deposit)
        assert outcome == expected or outcome.state == "valued"


async def test_a_voided_flag_cannot_be_approved(ear: Ear) -> None:
    deposit = recorded(line(shown=1))
    await ear.hear(deposit)
    await ear.hear(voided(deposit))
    assert await approve(ear, deposit) == "flag_closed"


async def test_a_tampered_value_is_found_by_computing_again(ear: Ear) -> None:
    await ear.hear(recorded(), recorded())
    assert await ear.differences() == []
    async with ear.database.transaction() as tx:
        await tx.execute(
            "update valuation set net_rupiah = net_rupiah + 1 "
            "where deposit_id = (select deposit_id from valuation limit 1)"
        )
    (wrong,) = await ear.differences()
    assert wrong == "net: stored 3089, computed 3088"


async def test_a_published_list_cannot_be_changed_even_by_hand(ear: Ear) -> None:
    for statement in ("update price_list set name = 'lain'", "delete from price_list"):
        with pytest.raises(asyncpg.RaiseError, match="never changes"):
            async with ear.database.transaction() as tx:
                await tx.execute(statement)


async def test_taking_the_files_up_again_publishes_nothing_twice(ear: Ear) -> None:
    catalogue, files = read_files(Path("deploy/catalogue"))
    async with ear.database.transaction() as tx:
        assert await seed_catalogue(tx, catalogue, files, ear.clock.now()) == 0
    assert await said(ear.database) == []


async def test_two_consumers_with_one_batch_store_it_once(ear: Ear) -> None:
    """The second waits for the first one's row, and then begins again instead of saying it twice."""
    deposit = recorded()

    async def hear() -> None:
        async with ear.database.transaction() as tx:
            await value_deposits(tx, [deposit], PriceBooks(), ear.rollout, ear.clock.now())

    async with ear.database.transaction() as slow:
        await value_deposits(slow, [deposit], ear.books, ear.rollout, ear.clock.now())
        second = asyncio.create_task(hear())
        deadline = asyncio.get_running_loop().time() + 30
        while not await slow.fetchval("select exists (select from pg_locks where not granted)"):
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.02)
    with pytest.raises(asyncpg.SerializationError):
        await second
    await hear()
    assert len(await said(ear.database)) == 1


MEMBERS = [uuid7() for _ in range(3)]


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Any], list[list[Any]]]:
    """Some deposits, sound and odd, some of them voided; and an order with repetitions, in batches."""
    deposits = [
        recorded(
            line(shown=3_250 if draw(st.integers(0, 4)) else 1),
            member_id=draw(st.sampled_from(MEMBERS)),
            weighed_at=WEIGHED_AT + timedelta(days=number),  # bounds of a day count what was heard before
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    facts: list[Any] = [*deposits, *[voided(each) for each in deposits if draw(st.booleans())]]
    order = draw(st.permutations(facts + draw(st.lists(st.sampled_from(facts), max_size=6))))
    batches: list[list[Any]] = []
    for fact in order:
        if not batches or draw(st.booleans()):
            batches.append([])
        batches[-1].append(fact)
    return facts, batches


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories())
async def test_any_order_and_any_repetition_end_in_the_same_state(ear: Ear, story: Any) -> None:
    facts, batches = story
    ends = []
    for order in ([[fact] for fact in facts], batches):
        async with ear.database.transaction() as tx:
            await tx.execute(
                "delete from outbox; delete from valuation; delete from flag; delete from member_day"
            )
        for batch in order:
            await ear.hear(*batch)
        ends.append(await end_state(ear.database))
    assert ends[0] == ends[1]
    assert await ear.differences() == []
