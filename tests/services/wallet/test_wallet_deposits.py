"""Credits and their reversals: balanced, once, in any order."""

import pytest

from services.wallet.domain.posting import TransferKind
from shared.contracts import Event
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from tests.services.wallet.stage import BANK, Tape, balances, differences, reversed_, said, valued


async def test_a_valued_deposit_is_one_balanced_transfer(database: Database, hearer: Hearer) -> None:
    member = uuid7()
    await hearer.hear(Tape().records([valued(member, 10_000, difference=300)]))
    async with database.reading() as tx:
        assert await balances(tx) == {
            ("member_credit", str(member)): (9_500, 0),
            ("fee", BANK): (500, 0),
            ("purchase_cost", "programme"): (-9_700, 0),
            ("price_difference", "programme"): (-300, 0),
        }
        assert await differences(tx) == []
        ((kind, payload),) = await said(tx)
    assert (kind, payload["amount_rupiah"], payload["balance_rupiah"]) == ("posted", 9_500, 9_500)


async def test_many_deposits_of_one_member_in_a_batch_run_up_its_balance(
    database: Database, hearer: Hearer
) -> None:
    member, other = uuid7(), uuid7()
    events = [valued(member, 1_000), valued(other, 2_000), valued(member, 3_000), valued(member, 4_000)]
    await hearer.hear(Tape().records(events))
    async with database.reading() as tx:
        assert [payload["balance_rupiah"] for _, payload in await said(tx)] == [950, 1_900, 3_800, 7_600]
        assert await differences(tx) == []


async def test_a_deposit_worth_nothing_is_credited_too(database: Database, hearer: Hearer) -> None:
    await hearer.hear(Tape().records([valued(uuid7(), 0)]))
    async with database.reading() as tx:
        assert [kind for kind, _ in await said(tx)] == ["posted"]
        assert await differences(tx) == []


async def test_heard_again_changes_nothing_and_is_not_said_again(database: Database, hearer: Hearer) -> None:
    event, tape = valued(uuid7()), Tape()
    await hearer.hear(tape.records([event, event]))
    await hearer.hear(tape.records([event]))
    again = event.model_copy(update={"event_id": uuid7()})
    await hearer.hear(tape.records([again]))
    async with database.reading() as tx:
        assert len(await said(tx)) == 1
        assert await tx.fetchval("select count(*) from transfer") == 1
        assert await tx.fetchval("select count(*) from dead_letter") == 0


async def test_the_same_deposit_with_other_figures_is_set_aside(database: Database, hearer: Hearer) -> None:
    event, tape = valued(uuid7(), 10_000), Tape()
    changed = valued(event.member_id, 20_000, deposit_id=event.deposit_id)
    innocent = [valued(uuid7()) for _ in range(20)]
    await hearer.hear(tape.records([*innocent[:10], event, *innocent[10:], changed]))
    await hearer.hear(tape.records([changed]))
    async with database.reading() as tx:
        letters = await tx.fetch("select kind, error from dead_letter")
        assert [letter["kind"] for letter in letters] == ["refused", "refused"]
        assert all("other figures" in letter["error"] for letter in letters)
        assert await tx.fetchval("select count(*) from transfer") == 21
        assert (await balances(tx))["member_credit", str(event.member_id)] == (9_500, 0)


async def test_what_does_not_add_up_is_set_aside(database: Database, hearer: Hearer) -> None:
    await hearer.hear(Tape().records([valued(uuid7(), 10_000, net_rupiah=9_999)]))
    async with database.reading() as tx:
        assert await tx.fetchval("select error from dead_letter") is not None
        assert await balances(tx) == {}


@pytest.mark.parametrize(
    "order", ["credit first", "reversal first", "one batch", "one batch, reversal first"]
)
async def test_a_reversal_takes_the_credit_back_in_any_order(
    database: Database, hearer: Hearer, order: str
) -> None:
    credit, tape = valued(uuid7(), 10_000, difference=-200), Tape()
    back = reversed_(credit)
    batches: dict[str, list[list[Event]]] = {
        "credit first": [[credit], [back], [credit], [back]],
        "reversal first": [[back], [back], [credit], [back, credit]],
        "one batch": [[credit, back, credit, back]],
        "one batch, reversal first": [[back, credit, back, credit]],
    }
    for batch in batches[order]:
        await hearer.hear(tape.records(batch))
    async with database.reading() as tx:
        assert await balances(tx) == {}
        assert await differences(tx) == []
        assert [kind for kind, _ in await said(tx)] == ["posted", "reversed"]
        rows = await tx.fetch("select id, kind, reverses_id, reason from transfer order by member_seq")
        assert await tx.fetchval("select count(*) from dead_letter") == 0
    credit_id = TransferKind.CREDIT.of(credit.deposit_id)
    assert [(row["kind"], row["reverses_id"]) for row in rows] == [
        ("credit", None),
        ("credit_reversal", credit_id),
    ]
    assert rows[1]["reason"] == "salah timbang"


async def test_a_reversal_may_make_available_negative_and_new_credit_pays_it_off(
    database: Database, hearer: Hearer
) -> None:
    from tests.services.wallet.stage import requested  # noqa: PLC0415

    credit, tape = valued(uuid7(), 10_000), Tape()
    await hearer.hear(tape.records([credit]))
    await hearer.hear(tape.records([requested(credit.member_id, 9_000)]))
    await hearer.hear(tape.records([reversed_(credit)]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(credit.member_id)] == (0, 9_000)
    await hearer.hear(tape.records([valued(credit.member_id, 10_000, fee=0)]))
    await hearer.hear(tape.records([requested(credit.member_id, 1_001), requested(credit.member_id, 1_000)]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(credit.member_id)] == (10_000, 10_000)
        assert await differences(tx) == []


async def test_a_waiting_reversal_of_another_amount_never_takes_effect(
    database: Database, hearer: Hearer
) -> None:
    credit, tape = valued(uuid7(), 10_000), Tape()
    await hearer.hear(tape.records([reversed_(credit, net_rupiah=1)]))
    await hearer.hear(tape.records([credit]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(credit.member_id)] == (9_500, 0)
        assert await tx.fetchval("select contradiction from waiting_reversal") is not None
    await hearer.hear(tape.records([reversed_(credit)]))
    async with database.reading() as tx:
        assert await balances(tx) == {}


async def test_a_reversal_of_another_amount_is_set_aside(database: Database, hearer: Hearer) -> None:
    credit, tape = valued(uuid7(), 10_000), Tape()
    await hearer.hear(tape.records([credit]))
    await hearer.hear(tape.records([reversed_(credit, net_rupiah=1), reversed_(credit, member_id=uuid7())]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(credit.member_id)] == (9_500, 0)
        assert await tx.fetchval("select count(*) from dead_letter where kind = 'refused'") == 2
