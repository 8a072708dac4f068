"""Members who turned out to be one person, and members who left: one balance, one statement, nothing lost."""

import asyncio
import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.wallet.consumers import hearing
from services.wallet.domain.posting import TransferKind
from services.wallet.workflows import reading
from shared.contracts import DepositValued, Event, RedemptionRequested
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.wall_clock import WallClock
from tests.services.wallet.reference import ReferenceLedger
from tests.services.wallet.stage import (
    BANK,
    Tape,
    balances,
    delivered,
    differences,
    erased,
    failed,
    merged,
    requested,
    reversed_,
    said,
    taken_back,
    valued,
)

ENOUGH = 10_000_000


async def statement(database: Database, member: UUID) -> list[Any]:
    async with database.reading() as tx:
        family = await reading.find_family(tx, member)
        return await reading.member_statement(tx, family, reading.FROM_THE_NEWEST, 10_000)


async def standing(database: Database, member: UUID, at: datetime | None = None) -> tuple[int, int]:
    async with database.reading() as tx:
        found = await reading.member_standing(tx, await reading.find_family(tx, member), at)
    return found.posted_rupiah, found.held_rupiah


async def nothing_differs(database: Database) -> None:
    async with database.reading() as tx:
        assert await differences(tx) == []
        check = await reading.check_ledger(tx)
    assert set(check.differences.values()) == {0}


async def letters(database: Database) -> list[str]:
    async with database.reading() as tx:
        return [row["error"] for row in await tx.fetch("select error from dead_letter order by id")]


async def test_credit_and_open_holds_go_to_the_one_who_stays(database: Database, hearer: Hearer) -> None:
    a, b, tape = uuid7(), uuid7(), Tape()
    open_, spent = requested(a, 3_000), requested(a, 2_000)
    await hearer.hear(tape.records([valued(a, 10_000, fee=0), valued(b, 500, fee=0)]))
    await hearer.hear(tape.records([open_, spent]))
    await hearer.hear(tape.records([delivered(spent, 1_900)]))
    before = datetime.now(UTC)
    await hearer.hear(tape.records([merged(a, b)]))
    assert await standing(database, b) == await standing(database, a) == (8_500, 3_000)
    assert await standing(database, b, before) == await standing(database, a, before) == (8_500, 3_000)
    lines = await statement(database, b)
    assert lines == await statement(database, a)
    assert [line.line.seq for line in lines] == [3, 2, 1]
    assert [line.line.kind for line in lines] == ["settlement", "credit", "credit"]
    assert [line.line.balance_rupiah for line in lines] == [8_500, 10_500, 10_000]
    await nothing_differs(database)
    # What comes later about the id that was given up is the survivor's.
    await hearer.hear(tape.records([delivered(open_, 2_900), taken_back(spent, 1_900), valued(a, 70, fee=0)]))
    assert await standing(database, b) == (7_570, 0)
    await hearer.hear(tape.records([requested(a, 7_571), requested(b, 7_000)]))
    assert await standing(database, b) == (7_570, 7_000)
    async with database.reading() as tx:
        refused = [fact for kind, fact in await said(tx) if kind == "refused"]
    assert [(fact["member_id"], fact["available_rupiah"]) for fact in refused] == [(str(a), 7_570)]
    assert (await statement(database, b))[0].line.balance_rupiah == 7_570
    await nothing_differs(database)
    assert await letters(database) == []


async def test_a_credit_from_before_the_merge_is_taken_back_from_the_survivor(
    database: Database, hearer: Hearer
) -> None:
    a, b, c, tape = uuid7(), uuid7(), uuid7(), Tape()
    early, middle, late = valued(a, 10_000), valued(a, 2_000), valued(a, 300)
    for batch in (
        [early],
        [merged(a, b)],
        [middle],
        [merged(b, c)],
        [late],
        [reversed_(early), reversed_(late)],
        [reversed_(middle)],
        [reversed_(early), early, merged(a, b), merged(b, c)],
    ):
        await hearer.hear(tape.records(batch))
    assert await standing(database, a) == await standing(database, c) == (0, 0)
    lines = await statement(database, b)
    assert len(lines) == 6
    assert all(line.reversed_by_id for line in lines if line.line.kind == "credit")
    assert lines[0].line.balance_rupiah == 0
    await nothing_differs(database)
    assert await letters(database) == []
    async with database.reading() as tx:
        rows = await tx.fetch("select kind, member_account_id, account_ids[1] as first from transfer")
    assert all(row["member_account_id"] == row["first"] for row in rows)


async def test_a_merge_ahead_of_everything_counts_for_what_comes(database: Database, hearer: Hearer) -> None:
    a, b, c, tape = uuid7(), uuid7(), uuid7(), Tape()
    await hearer.hear(tape.records([merged(b, c), merged(a, b)]))
    await hearer.hear(tape.records([valued(a, 1_000, fee=0), valued(b, 100, fee=0), valued(c, 10, fee=0)]))
    assert [await standing(database, each) for each in (a, b, c)] == [(1_110, 0)] * 3
    async with database.reading() as tx:
        assert await tx.fetchval("select count(*) from transfer where kind like 'merge%'") == 0
        rows = await tx.fetch("select member_id, into_member_id from member_alias")
    assert {row["member_id"]: row["into_member_id"] for row in rows} == {a: c, b: c}
    await nothing_differs(database)


async def test_debts_are_merged_too(database: Database, hearer: Hearer) -> None:
    a, b, tape = uuid7(), uuid7(), Tape()
    credit, request = valued(a, 1_000, fee=0), requested(a, 900)
    for batch in ([credit], [request], [delivered(request, 900)], [reversed_(credit)], [merged(a, b)]):
        await hearer.hear(tape.records(batch))
    assert await standing(database, b) == (-900, 0)
    await nothing_differs(database)


@pytest.mark.parametrize("number", range(3))
async def test_circles_and_second_survivors_are_set_aside(
    database: Database, hearer: Hearer, number: int
) -> None:
    a, b, c, tape = uuid7(), uuid7(), uuid7(), Tape()
    before, wrong = [
        ([], merged(a, a)),
        ([merged(a, b), merged(b, c)], merged(c, a)),
        ([merged(a, b)], merged(a, c)),
    ][number]
    await hearer.hear(tape.records([valued(each, 1_000, fee=0) for each in (a, b, c)]))
    await hearer.hear(tape.records(before))
    was = [await standing(database, each) for each in (a, b, c)]
    await hearer.hear(tape.records([wrong]))
    assert [await standing(database, each) for each in (a, b, c)] == was
    assert len(await letters(database)) == 1
    await nothing_differs(database)


def story() -> tuple[list[UUID], list[Event]]:
    """Everything that may happen to three enrolments of one person, and to a stranger."""
    a, b, c, stranger = members = [uuid7() for _ in range(4)]
    credits_ = [
        valued(member, 1_000 * place + 50_000) for place, member in enumerate((a, a, b, b, c, stranger))
    ]
    paid, lost, open_ = requested(a, 9_000), requested(b, 8_000), requested(a, 700)
    back = requested(a, 6_000)
    return members, [
        *credits_,
        reversed_(credits_[0]),
        reversed_(credits_[2]),
        paid,
        delivered(paid, 8_700),
        lost,
        failed(lost),
        open_,
        back,
        delivered(back, 5_900, provider=f"counter:{BANK}"),
        taken_back(back, 5_900, provider=f"counter:{BANK}"),
        merged(a, b),
        merged(b, c),
    ]


async def test_fifty_orders_of_arrival_end_in_one_balance(database: Database, hearer: Hearer) -> None:
    ends = set()
    for seed in range(50):
        chance = random.Random(seed)
        members, facts = story()
        opening = [valued(member, ENOUGH, fee=0) for member in members]
        told = chance.sample(facts, len(facts)) + chance.sample(facts, len(facts) // 2)
        cuts = sorted({0, len(told), *(chance.randrange(len(told)) for _ in range(chance.randrange(8)))})
        tape = Tape()
        # Everybody has enough from the beginning, so that no order leaves a request uncovered.
        await hearer.hear(tape.records(opening))
        for start, stop in pairwise(cuts):
            await hearer.hear(tape.records(told[start:stop]))
        a, b, c, stranger = members
        reference = ReferenceLedger([*opening, *facts], ENOUGH)
        for member, owner in ((a, c), (b, c), (c, c), (stranger, stranger)):
            account = ("member_credit", str(owner))
            expected = (reference.posted[account], reference.held[account])
            assert await standing(database, member) == expected, seed
            assert await standing(database, member, datetime.now(UTC)) == expected, seed
        lines = await statement(database, b)
        causes = {(line.line.kind, line.line.cause_id) for line in lines}
        known = [*opening, *facts]
        theirs = {
            fact.deposit_id
            for fact in known
            if isinstance(fact, DepositValued) and fact.member_id != stranger
        } | {fact.redemption_id for fact in known if isinstance(fact, RedemptionRequested)}
        assert causes == {(kind, cause) for kind, cause in reference.causes if cause in theirs}, seed
        running = 0
        for number, line in enumerate(reversed(lines), start=1):
            running += line.line.amount_rupiah
            assert (line.line.seq, line.line.balance_rupiah) == (number, running), seed
        assert running == reference.posted["member_credit", str(c)]
        ends.add((await standing(database, c), len(lines)))
    assert len(ends) == 1
    assert await letters(database) == []
    await nothing_differs(database)


async def test_no_credit_slips_onto_an_account_while_it_is_given_up(database: Database) -> None:
    """Two processes post to both ids while a third merges them: whoever waited for the account sees the mark."""
    pairs = [(uuid7(), uuid7()) for _ in range(30)]
    # Half of them are merged downwards, against the order in which accounts are locked.
    pairs = [pair if place % 2 else (pair[1], pair[0]) for place, pair in enumerate(pairs)]
    credits_ = [valued(member, 1_000, fee=0) for _ in range(12) for pair in pairs for member in pair]
    random.Random(1).shuffle(credits_)
    ears = [Hearer("wallet", hearing(WallClock()), database) for _ in range(3)]
    tapes = [Tape() for _ in ears]

    async def post(number: int) -> None:
        own = credits_[number::2]
        for start in range(0, len(own), 40):
            await ears[number].hear(tapes[number].records(own[start : start + 40]))

    async def merge() -> None:
        for pair in pairs:
            await ears[2].hear(tapes[2].records([merged(*pair)]))

    await asyncio.gather(post(0), post(1), merge())
    for given_up, survivor in pairs:
        assert await standing(database, survivor) == await standing(database, given_up) == (24_000, 0)
        assert len(await statement(database, survivor)) == 24
    async with database.reading() as tx:
        found = await balances(tx)
        assert not [pair for pair in pairs if ("member_credit", str(pair[0])) in found]
        assert await tx.fetchval("select count(*) from dead_letter") == 0
    await nothing_differs(database)


async def test_the_database_itself_refuses_credit_on_an_account_that_was_given_up(
    database: Database, hearer: Hearer
) -> None:
    a, b = uuid7(), uuid7()
    await hearer.hear(Tape().records([merged(a, b)]))
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.transaction() as tx:
            await tx.execute("update account set posted_rupiah = 1 where id = $1", a)


async def test_credit_that_comes_after_an_erasure_is_posted_and_listed(
    database: Database, hearer: Hearer
) -> None:
    gone, never_seen, tape = uuid7(), uuid7(), Tape()
    await hearer.hear(tape.records([erased(never_seen), erased(gone), erased(gone)]))
    async with database.reading() as tx:
        assert (await reading.check_ledger(tx)).erased == []
    await hearer.hear(tape.records([valued(gone, 4_000, fee=0)]))
    async with database.reading() as tx:
        check = await reading.check_ledger(tx)
    assert [(each.member_id, each.posted_rupiah) for each in check.erased] == [(gone, 4_000)]
    assert set(check.differences.values()) == {0}


async def test_the_halves_of_a_merge_are_found_by_the_id_that_was_given_up(
    database: Database, hearer: Hearer
) -> None:
    a, b, tape = uuid7(), uuid7(), Tape()
    await hearer.hear(tape.records([valued(a, 1_000, fee=0)]))
    await hearer.hear(tape.records([merged(a, b)]))
    async with database.reading() as tx:
        rows = await tx.fetch("select id, kind, amounts_rupiah from transfer where kind like 'merge%'")
    assert {row["id"]: row["amounts_rupiah"] for row in rows} == {
        TransferKind.MERGE.of(a): [-1_000, 1_000],
        TransferKind.MERGE_ARRIVAL.of(a): [1_000, -1_000],
    }
