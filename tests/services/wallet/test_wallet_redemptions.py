"""Holds and what becomes of them: never below zero, once each, in any order."""

import asyncio
from itertools import permutations

import pytest

from services.wallet.domain.redemptions import HoldState
from shared.contracts import Event
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from tests.services.wallet.stage import (
    BANK,
    Tape,
    balances,
    delivered,
    delivered_late,
    differences,
    failed,
    float_changed,
    requested,
    reversed_,
    said,
    taken_back,
    valued,
)


async def test_a_delivered_redemption_is_held_and_settled(database: Database, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 20_500)
    await hearer.hear(tape.records([float_changed(1_000_000), valued(member, 30_000, fee=0)]))
    await hearer.hear(tape.records([request]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(member)] == (30_000, 20_500)
    await hearer.hear(tape.records([delivered(request, 20_100)]))
    async with database.reading() as tx:
        assert await balances(tx) == {
            ("member_credit", str(member)): (9_500, 0),
            ("purchase_cost", "programme"): (-30_000, 0),
            ("provider_float", "digiflazz"): (-979_900, 0),
            ("adjustments", "programme"): (1_000_000, 0),
            ("fee", "programme"): (400, 0),
        }
        assert await differences(tx) == []
        assert [kind for kind, _ in await said(tx)] == ["posted", "held", "settled"]


async def test_a_cash_part_lies_in_the_waste_banks_box(database: Database, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 15_000, cash_rupiah=5_500, waste_bank_id=BANK)
    await hearer.hear(tape.records([valued(member, 15_000, fee=0), request, delivered(request, 20_100)]))
    async with database.reading() as tx:
        found = await balances(tx)
        assert found["cash_box", BANK] == (-5_500, 0)
        assert found["fee", "programme"] == (400, 0)
        assert found["provider_float", "digiflazz"] == (20_100, 0)
        assert await differences(tx) == []


async def test_too_little_credit_is_refused_and_stays_refused(database: Database, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 10_000)
    await hearer.hear(tape.records([valued(member, 9_999, fee=0)]))
    await hearer.hear(tape.records([request]))
    await hearer.hear(tape.records([valued(member, 50_000, fee=0)]))
    await hearer.hear(tape.records([request, request]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(member)] == (59_999, 0)
        kind, payload = (await said(tx))[1]
        assert (kind, payload["why"], payload["available_rupiah"]) == (
            "refused",
            "insufficient_credit",
            9_999,
        )
        assert len(await said(tx)) == 3
    await hearer.hear(tape.records([delivered(request, 9_000)]))
    async with database.reading() as tx:
        assert "refused" in await tx.fetchval("select error from dead_letter")


async def test_holds_in_one_batch_see_each_other(database: Database, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    await hearer.hear(tape.records([valued(member, 10_000, fee=0)]))
    await hearer.hear(tape.records([requested(member, amount) for amount in (6_000, 5_000, 4_000, 1)]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(member)] == (10_000, 10_000)
        assert [kind for kind, _ in await said(tx)] == ["posted", "held", "refused", "held", "refused"]


async def test_a_hundred_holds_at_once_never_take_more_than_there_is(
    database: Database, hearer: Hearer
) -> None:
    member, tape = uuid7(), Tape()
    await hearer.hear(tape.records([valued(member, 50_000, fee=0)]))
    requests = [requested(member, 1_000 + 37 * number) for number in range(100)]
    lowest = []

    async def watch() -> None:
        while True:
            async with database.reading() as tx:
                lowest.append(
                    await tx.fetchval(
                        "select min(posted_rupiah - held_rupiah) from account where id = $1", member
                    )
                )
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*[hearer.hear(tape.records([request])) for request in requests])
    watching.cancel()
    async with database.reading() as tx:
        posted, held = (await balances(tx))["member_credit", str(member)]
        refused = await tx.fetch("select amount_rupiah, available_rupiah from hold where state = 'refused'")
        assert await tx.fetchval("select count(*) from hold") == 100
        assert await differences(tx) == []
        assert await tx.fetchval("select count(*) from dead_letter") == 0
    assert 0 < held <= posted == 50_000
    assert min(lowest) >= 0
    # Refused means that there really was too little at that moment, and there still is.
    assert all(row["available_rupiah"] < row["amount_rupiah"] for row in refused)
    assert refused


async def test_the_same_redemption_with_another_amount_is_set_aside(
    database: Database, hearer: Hearer
) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 2_000)
    other = requested(member, 3_000, redemption_id=request.redemption_id)
    await hearer.hear(tape.records([valued(member, 10_000, fee=0)]))
    await asyncio.gather(
        *[
            hearer.hear(tape.records([requested(member, 100), request, requested(member, 100)]))
            for _ in range(5)
        ]
    )
    await hearer.hear(tape.records([requested(member, 100), other]))
    async with database.reading() as tx:
        letters = await tx.fetch("select kind, error, payload from dead_letter")
        assert [letter["kind"] for letter in letters] == ["refused"]
        assert "other figures" in letters[0]["error"]
        assert str(request.redemption_id).encode() in letters[0]["payload"]
        assert (
            await tx.fetchval(
                "select amount_rupiah from hold where redemption_id = $1", request.redemption_id
            )
            == 2_000
        )
        assert await differences(tx) == []


HISTORIES = {
    "failed": lambda q: [q, failed(q)],
    "delivered": lambda q: [q, delivered(q, 7_700)],
    "reversed": lambda q: [q, delivered(q, 7_700), taken_back(q, 7_700)],
    "late": lambda q: [q, failed(q), delivered_late(q, 7_700)],
    "late and reversed": lambda q: [q, failed(q), delivered_late(q, 7_700), taken_back(q, 7_700)],
}
ENDS = {
    "failed": (10_000, 0, 0, 0),
    "delivered": (2_000, 7_700, 300, 0),
    "reversed": (10_000, 0, 0, 0),
    "late": (10_000, 7_700, 0, -7_700),
    "late and reversed": (10_000, 0, 0, 0),
}


@pytest.mark.parametrize("history", HISTORIES)
async def test_a_redemption_ends_the_same_in_every_order(
    database: Database, hearer: Hearer, history: str
) -> None:
    tape, credited, stories = Tape(), [], []
    length = len(HISTORIES[history](requested(uuid7(), 8_000)))
    for order in permutations(range(length)):
        member = uuid7()
        credited.append(valued(member, 10_000, fee=0))
        facts: list[Event] = HISTORIES[history](requested(member, 8_000))
        stories.append([facts[place] for place in order])
    await hearer.hear(tape.records(credited))
    for place in range(length):
        await hearer.hear(tape.records([story[place] for story in stories]))
        await hearer.hear(tape.records([story[place] for story in stories]))
    posted, on_float, fee, loss = (amount * len(stories) for amount in ENDS[history])
    async with database.reading() as tx:
        found = await balances(tx)
        assert await tx.fetchval("select count(*) from dead_letter") == 0
        assert await tx.fetchval("select count(*) from hold where state = 'held'") == 0
        assert await differences(tx) == []
    members = [value for (kind, _), value in found.items() if kind == "member_credit"]
    assert members == [(posted // len(stories), 0)] * len(stories)
    assert found.get(("provider_float", "digiflazz"), (0, 0))[0] == on_float
    assert found.get(("fee", "programme"), (0, 0))[0] == fee
    assert found.get(("loss", "programme"), (0, 0))[0] == loss


async def test_a_request_that_had_failed_before_is_refused_as_ended(
    database: Database, hearer: Hearer
) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 2_000)
    await hearer.hear(tape.records([valued(member, 10_000), failed(request)]))
    await hearer.hear(tape.records([request]))
    async with database.reading() as tx:
        kind, payload = (await said(tx))[-1]
        assert (kind, payload["why"]) == ("refused", "redemption_already_ended")
        assert await tx.fetchval("select count(*) from verdict where obeyed_at is null") == 0


async def test_contradictions_are_set_aside_and_change_nothing(database: Database, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    one, two, three = (requested(member, 2_000) for _ in range(3))
    await hearer.hear(tape.records([valued(member, 10_000, fee=0), one, two, three]))
    await hearer.hear(tape.records([delivered(one, 1_900), failed(two)]))
    before: dict[tuple[str, str], tuple[int, int]]
    async with database.reading() as tx:
        before = await balances(tx)
    for contradiction in (
        failed(one),
        delivered_late(one, 1_900),
        delivered(one, 1_800),
        taken_back(one, 1_800),
        delivered(two, 1_900),
        delivered(three, 1_900, amount_rupiah=1_999),
        failed(three, member_id=uuid7()),
        failed(two, why="cancelled"),
    ):
        await hearer.hear(tape.records([contradiction]))
    async with database.reading() as tx:
        assert await balances(tx) == before
        assert await tx.fetchval("select count(*) from dead_letter where kind = 'refused'") == 8
        assert await differences(tx) == []


async def test_a_verdict_that_waited_and_contradicts_the_request_is_kept_but_not_obeyed(
    database: Database, hearer: Hearer
) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 2_000)
    await hearer.hear(
        tape.records([valued(member, 10_000, fee=0), delivered(request, 1_000, amount_rupiah=999)])
    )
    await hearer.hear(tape.records([request]))
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(member)] == (10_000, 2_000)
        assert await tx.fetchval("select contradiction from verdict") is not None
        assert await tx.fetchval("select state from hold") == HoldState.HELD.value


async def test_float_changes_are_posted_once(database: Database, hearer: Hearer) -> None:
    top_up, out, tape = float_changed(500_000), float_changed(-20_000, kind="adjustment"), Tape()
    await hearer.hear(tape.records([top_up, out, top_up]))
    await asyncio.gather(*[hearer.hear(tape.records([top_up, out])) for _ in range(4)])
    await hearer.hear(tape.records([float_changed(1, change_id=top_up.change_id)]))
    async with database.reading() as tx:
        assert await balances(tx) == {
            ("provider_float", "digiflazz"): (-480_000, 0),
            ("adjustments", "programme"): (480_000, 0),
        }
        assert await tx.fetchval("select count(*) from dead_letter where kind = 'refused'") == 1
        assert await differences(tx) == []


async def test_a_sale_after_a_reversal_is_the_programmes_loss(database: Database, hearer: Hearer) -> None:
    """In any order: the member's credit is untouched, the float is short of the cost, and the losses show it."""
    member, tape = uuid7(), Tape()
    request = requested(member, 10_000)
    sold = float_changed(-9_700, kind="adjustment", redemption_id=request.redemption_id)
    road = [valued(member, 30_000, fee=0), request, delivered(request, 9_700), taken_back(request, 9_700)]
    await hearer.hear(tape.records([sold, *road, sold]))
    async with database.reading() as tx:
        found = await balances(tx)
        assert found["member_credit", str(member)] == (30_000, 0)
        assert found["provider_float", "digiflazz"] == (9_700, 0)
        assert found["loss", "programme"] == (-9_700, 0)
        assert ("adjustments", "programme") not in found
        assert await differences(tx) == []
    await hearer.hear(tape.records([float_changed(9_700, redemption_id=request.redemption_id)]))
    async with database.reading() as tx:
        found = await balances(tx)
        assert {("provider_float", "digiflazz"), ("loss", "programme")}.isdisjoint(found)
        assert await tx.fetchval("select count(*) from dead_letter") == 0


async def test_batches_over_the_same_members_at_once_lose_nothing(database: Database, hearer: Hearer) -> None:
    members, tape = [uuid7() for _ in range(20)], Tape()
    credited = [valued(member, 1_000 + number) for number in range(10) for member in members]
    backs = [reversed_(credit) for credit in credited[::3]]
    shuffled = [*backs, *credited[::-1], *credited, *backs[::-1]]
    await asyncio.gather(*[hearer.hear(tape.records(shuffled[start::7])) for start in range(7)])
    async with database.reading() as tx:
        assert await differences(tx) == []
        assert await tx.fetchval("select count(*) from transfer where kind = 'credit'") == len(credited)
        assert await tx.fetchval("select count(*) from transfer where kind = 'credit_reversal'") == len(backs)
        assert await tx.fetchval("select count(*) from dead_letter") == 0
