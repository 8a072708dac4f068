"""Facts repeated, shuffled and delayed end in the same state; contradictions end with a person, never in the ledger."""

import itertools
import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from services.payout.domain.redemption import MOVES, State
from services.payout.workflows.delivering import begin_asks, note_answer
from shared.contracts import CreditHeld
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from tests.services.payout.story import (
    PACE,
    SEALER,
    SILENCE,
    START,
    Story,
    said_by_biller,
    told,
)


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("payout"))
    await opened.open()
    yield opened
    await opened.close()


ENDINGS: dict[str, tuple[list[str], list[str], set[str]]] = {
    # What the biller says, which facts of wallet belong to it, what payout says to wallet.
    "settled": (["03", "00"], ["held", "settled"], {"RedemptionDelivered"}),
    "released": (["03", "02"], ["held", "released"], {"RedemptionFailed"}),
    "late_success": (["02", "00"], ["held", "released"], {"RedemptionFailed", "RedemptionDeliveredLate"}),
    "reversed": (
        ["00", "74"],
        ["held", "settled", "given_back"],
        {"RedemptionDelivered", "RedemptionReversed"},
    ),
}


@pytest.mark.parametrize("ending", sorted(ENDINGS))
async def test_any_order_and_repetition_of_wallets_facts_ends_alike(database: Database, ending: str) -> None:
    codes, names, says = ENDINGS[ending]
    for seed in range(10):
        dice = random.Random(f"{ending} {seed}")
        story = await told(database)
        facts = story.facts()
        # Nothing can be bought before the credit is held; everything after that comes in any order, and again.
        await story.hear(*[facts["held"]] * dice.randint(1, 3))
        for code in codes:
            for _ in range(dice.randint(1, 3)):
                await story.answer(said_by_biller(code))
                if dice.random() < 0.4:
                    await story.hear(facts["held"])
                if code == "02":
                    # A hint has the courier look at what has failed.
                    await look_again(story)
        late = [facts[name] for name in names for _ in range(dice.randint(1, 3))]
        dice.shuffle(late)
        while late:
            batch = [late.pop() for _ in range(min(len(late), dice.randint(1, 4)))]
            await story.hear(*batch)
        done = await story.now()
        assert (seed, done.state) == (seed, ending)
        assert set(await story.said()) == says
        assert max((await story.said()).values()) == 1
        assert await story.dead_letters() == 0


async def look_again(story: Story) -> None:
    async with story.database.transaction() as tx:
        await tx.execute("update redemption set next_ask_at = $2 where redemption_id = $1", story.id, START)


@pytest.mark.parametrize(
    "names",
    [
        ("held", "refused"),
        ("held", "settled"),
        ("held", "released"),
        ("held", "given_back"),
        ("refused", "settled"),
    ],
)
async def test_a_contradiction_ends_with_a_person_in_any_order(
    database: Database, names: tuple[str, ...]
) -> None:
    for seed in range(6):
        dice = random.Random(seed)
        story = await told(database)
        events = [story.facts()[name] for name in names for _ in range(dice.randint(1, 2))]
        dice.shuffle(events)
        if dice.random() < 0.5:
            await story.hear(*events)
        else:
            for event in events:
                await story.hear(event)
        done = await story.now()
        assert (seed, done.state, done.reason) == (seed, "review", "contradiction")
        assert await story.dead_letters() >= 1
        assert not await story.said()


async def test_a_fact_about_nothing_or_about_another_amount_is_set_aside(database: Database) -> None:
    story = await told(database)
    await story.hear(story.credit(CreditHeld, redemption_id=uuid7()))
    assert (await story.now()).state == "requested"
    await story.hear(story.credit(CreditHeld, amount_rupiah=1))
    assert (await story.now()).state == "review"
    assert await story.dead_letters() == 2


ALLOWED = [
    set(),
    {"RedemptionDelivered"},
    {"RedemptionFailed"},
    {"RedemptionFailed", "RedemptionDeliveredLate"},
    {"RedemptionDelivered", "RedemptionReversed"},
]


@pytest.mark.parametrize(
    "seeds", [range(25), pytest.param(range(25, 1500), marks=pytest.mark.soak)], ids=["few", "many"]
)
async def test_nothing_that_happens_in_any_order_says_two_things_at_once(
    database: Database, seeds: range
) -> None:
    codes = ["00", "00", "01", "02", "03", "41", "44", "54", "69", "70", "74", "85", "99"]
    for seed in seeds:
        dice = random.Random(seed)
        story = await told(database)
        facts = story.facts()
        seen = [State.REQUESTED]
        for _ in range(dice.randint(4, 14)):
            if dice.random() < 0.45:
                name = dice.choices(list(facts), weights=[6, 1, 2, 2, 1])[0]
                await story.hear(facts[name])
                await story.hear(facts[name])
            else:
                answer = SILENCE if dice.random() < 0.2 else said_by_biller(dice.choice(codes))
                await story.answer(answer)
            seen.append(State((await story.now()).state))
        said = await story.said()
        assert set(said) in ALLOWED, (seed, said, seen)
        assert not said or max(said.values()) == 1, (seed, said)
        for old, new in itertools.pairwise(seen):
            assert new in reachable(old), (seed, seen)


def reachable(state: State) -> set[State]:
    """Every state that the table lets somebody come to from here, itself included."""
    found, new = {state}, {state}
    while new:
        new = {after for each in new for after in MOVES[each]} - found
        found |= new
    return found


async def test_two_couriers_never_ask_about_the_same_redemption_at_once(database: Database) -> None:
    stories = [await told(database) for _ in range(12)]
    for story in stories:
        await story.hear(story.facts()["held"])
    now = START + timedelta(minutes=1)
    async with database.transaction() as one, database.transaction() as other:
        first = await begin_asks(one, now, 5, PACE, SEALER)
        second = await begin_asks(other, now, 20, PACE, SEALER)
    taken = [ask.redemption_id for ask in (*first, *second)]
    assert (len(first), len(second), len(set(taken))) == (5, 7, 12)
    async with database.transaction() as tx:
        assert not await begin_asks(tx, now, 20, PACE, SEALER)
    async with database.transaction() as tx:
        again = await begin_asks(tx, now + timedelta(seconds=2), 20, PACE, SEALER)
    references = {ask.redemption_id: ask.purchase.reference for ask in (*first, *second)}
    # After a crash the lease ends, and the same reference is asked again: the biller sells once.
    assert {ask.redemption_id: ask.purchase.reference for ask in again} == references


async def test_an_answer_that_comes_after_another_courier_finished_changes_nothing(
    database: Database,
) -> None:
    story = await told(database)
    await story.hear(story.facts()["held"])
    await story.answer(said_by_biller("00"))
    before = await story.now()
    assert story.ask is not None
    for late in (SILENCE, said_by_biller("03"), said_by_biller("44"), said_by_biller("41")):
        async with database.transaction() as tx:
            await note_answer(tx, story.ask, late, story.clock.now(), PACE, SEALER)
    after = await story.now()
    assert (after.state, after.serial_sealed, after.cost_rupiah) == (
        "succeeded",
        before.serial_sealed,
        before.cost_rupiah,
    )
    assert (await story.said()) == {"RedemptionDelivered": 1}


async def test_a_reference_that_may_be_forgotten_is_never_asked_again(database: Database) -> None:
    story = await told(database)
    await story.hear(story.facts()["held"])
    await story.answer(SILENCE)
    later = START + timedelta(days=61)
    async with database.transaction() as tx:
        assert not await begin_asks(tx, later, 10, PACE, SEALER)
    assert (await story.now()).state == "review"


async def test_what_never_reached_the_biller_is_not_asked_about_after_its_end(database: Database) -> None:
    """With this biller, asking buys: a hint about a redemption whose price was refused must not buy it now."""
    story = await told(database)
    await story.hear(story.facts()["held"])
    await story.answer(said_by_biller("69"))
    assert (await story.now()).state == "failed"
    await look_again(story)
    async with database.transaction() as tx:
        assert not await begin_asks(tx, START + timedelta(hours=1), 10, PACE, SEALER)
    assert (await story.now()).next_ask_at is None
    assert isinstance(story.id, UUID)
