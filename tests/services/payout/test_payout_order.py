"""Facts repeated, shuffled and delayed end in the same state; contradictions end with a person, never in the ledger."""

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.payout.consumers import hearing
from services.payout.domain.answers import BillerAnswer, Meaning, Patience
from services.payout.domain.polling import PollPlan
from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import MOVES, State
from services.payout.domain.sealed import redemption_field
from services.payout.models import Redemption
from services.payout.providers.digiflazz_codes import CODES
from services.payout.store import redemptions
from services.payout.workflows.delivering import Ask, Pace, begin_asks, note_answer
from shared.contracts import BY_TYPE, CreditHeld, CreditRefused, CreditReleased, CreditSettled, Event
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.sealing import Sealer
from tests.services.payout.stage import SECRET, record

SEALER = Sealer([SECRET], "payout")
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PACE = Pace(
    plan=PollPlan((timedelta(0),), least=timedelta(0), hourly=timedelta(0)),
    patience=Patience(suspect_grace=timedelta(0), suspect_asks=1),
    funds=timedelta(0),
    watch_failed=(timedelta(0),) * 3,
    watch_delivered=(timedelta(0),) * 3,
    lease=timedelta(seconds=1),
)
SILENCE = BillerAnswer(Meaning.UNKNOWN, "", Reason.NO_ANSWER)


def said_by_biller(code: str) -> BillerAnswer:
    entry = CODES[code]
    said = BillerAnswer(entry.meaning, code, entry.reason, created=entry.created, price_rupiah=20_590)
    return replace(said, serial="1" * 20) if code == "00" else said


class TickingClock:
    """Time that goes on by a second whenever somebody looks."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class Story:
    """One redemption, and everything that can happen to it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = TickingClock()
        self.hearer = Hearer("payout", hearing(self.clock), database)
        self.id, self.member_id = uuid7(), uuid7()
        self.offset = random.randrange(2**40)
        self.ask: Ask | None = None

    async def begin(self) -> None:
        redemption = Redemption(
            redemption_id=self.id,
            member_id=self.member_id,
            quote_id=uuid7(),
            idempotency_key=str(self.id),
            product_code="pln-20k",
            product_kind="pln_token",
            provider="digiflazz",
            sku="pln20",
            subdistrict_code="12.07.28",
            waste_bank_id=None,
            target_sealed=SEALER.seal("14000000001", redemption_field(self.id, "target_sealed")),
            target_fingerprint=SEALER.blind_index("14000000001"),
            owner_sealed=None,
            amount_rupiah=21_590,
            quoted_cost_rupiah=20_590,
            price_rupiah_max=21_090,
            state=State.REQUESTED,
            reason=None,
            requested_at=START,
            changed_at=START,
        )
        async with self.database.transaction() as tx:
            await redemptions.insert_redemption(tx, redemption)

    def credit(self, kind: type[Event], **more: Any) -> Event:
        about: dict[str, Any] = {
            "redemption_id": self.id,
            "member_id": self.member_id,
            "subdistrict_code": "12.07.28",
            "amount_rupiah": 21_590,
        }
        return kind(event_id=uuid7(), recorded_at=START, **about | more)

    def facts(self) -> dict[str, Event]:
        return {
            "held": self.credit(CreditHeld),
            "refused": self.credit(CreditRefused, why="insufficient_credit", available_rupiah=5),
            "settled": self.credit(CreditSettled),
            "released": self.credit(CreditReleased, why="failed"),
            "given_back": self.credit(CreditReleased, why="reversed"),
        }

    async def hear(self, *events: Event) -> None:
        """One batch of Kafka's."""
        records = []
        for event in events:
            self.offset += 1
            records.append(record(event, self.offset))
        await self.hearer.hear(records)

    async def answer(self, answer: BillerAnswer) -> None:
        """The biller is asked if it may be asked now, and answers; the lease of an older question has ended."""
        self.clock.at += timedelta(seconds=5)
        async with self.database.transaction() as tx:
            asks = await begin_asks(tx, self.clock.now(), 10, PACE, SEALER)
        mine = [ask for ask in asks if ask.redemption_id == self.id]
        self.ask = mine[0] if mine else self.ask
        if self.ask is not None:
            async with self.database.transaction() as tx:
                await note_answer(tx, self.ask, answer, self.clock.now(), PACE, SEALER)

    async def now(self) -> Redemption:
        async with self.database.connection() as reading:
            found = await redemptions.redemption_of(reading, self.id)
        assert found is not None
        return found

    async def said(self) -> Counter[str]:
        async with self.database.connection() as reading:
            rows = await reading.fetch("select types, payloads from outbox order by id")
        events = [
            BY_TYPE[kind].model_validate_json(payload)
            for row in rows
            for kind, payload in zip(row["types"], row["payloads"], strict=True)
        ]
        return Counter(
            type(event).__name__ for event in events if getattr(event, "redemption_id", None) == self.id
        )

    async def dead_letters(self) -> int:
        async with self.database.connection() as reading:
            return int(await reading.fetchval("select count(*) from dead_letter where key = $1", self.key()))

    def key(self) -> bytes:
        return str(self.member_id).encode()


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("payout"))
    await opened.open()
    yield opened
    await opened.close()


async def told(database: Database) -> Story:
    story = Story(database)
    await story.begin()
    return story


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
