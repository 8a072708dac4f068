"""However long money or an answer is waited for, nothing is bought twice and nobody is forgotten."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from services.payout.domain.cash import counter_of
from services.payout.domain.polling import HARD_STOP, PollPlan
from services.payout.domain.products import Products
from services.payout.domain.redemption import State
from services.payout.domain.references import reference_of
from services.payout.domain.refusals import Refusal
from services.payout.models import CashMove
from services.payout.providers.base import Hint
from services.payout.providers.digiflazz import Digiflazz
from services.payout.store import cash, redemptions
from services.payout.workflows.cash import CashBook
from services.payout.workflows.delivering import begin_asks, note_answer
from services.payout.workflows.hinting import Hinting
from services.payout.workflows.refusing import Refused
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.staffing import Decision, Staffing
from services.payout.workflows.views import RedemptionView
from shared.contracts import FloatChanged, RedemptionDelivered, RedemptionReversed
from shared.kernel.roles import Role
from shared.runtime.database import Database
from shared.runtime.rollout import load_rollout
from shared.runtime.tokens import Caller
from shared.runtime.written import load_written
from tests.services.payout.story import PACE, SEALER, SILENCE, Story, said_by_biller, told

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# As the programme has it: a minute, two, five, then hourly; one look at what was delivered, a day later.
CALM = replace(
    PACE,
    plan=PollPlan((MINUTE, 2 * MINUTE, 5 * MINUTE), jitter=0),
    funds=5 * MINUTE,
    watch_failed=(DAY,),
    watch_delivered=(DAY,),
)


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("payout"))
    await opened.open()
    yield opened
    await opened.close()


async def held(database: Database) -> Story:
    story = await told(database)
    await story.hear(story.facts()["held"])
    return story


async def pass_by(story: Story, span: timedelta) -> None:
    story.clock.at += span


async def next_pause(story: Story) -> timedelta:
    """How long from the last answer until the biller is asked again."""
    redemption = await story.now()
    assert redemption.next_ask_at is not None
    return redemption.next_ask_at - story.clock.at


async def test_waiting_for_funds_is_not_waiting_for_the_biller(database: Database) -> None:
    """The float was empty for a weekend: the purchase that is begun then has a day of its own, asked from the start."""
    story = await held(database)
    for _ in range(9):
        await story.answer(said_by_biller("44"), CALM)
        assert (await story.now()).state == "waiting_for_funds"
        await pass_by(story, timedelta(hours=6))
    await story.answer(said_by_biller("03"), CALM)
    assert (await story.now()).state == "pending"
    assert await next_pause(story) == MINUTE
    await pass_by(story, MINUTE)
    await story.answer(said_by_biller("00"), CALM)
    assert (await story.now()).state == "succeeded"
    assert (await story.said()) == {"RedemptionDelivered": 1}
    assert await timeline(story) == ["held", "submitting", "waiting_for_funds", "pending", "succeeded"]


async def timeline(story: Story) -> list[str]:
    """What its member reads: however often the float was found empty, that is one line."""
    async with story.database.connection() as reading:
        return [step.state for step in (await redemptions.steps_of(reading, [story.id]))[story.id]]


async def test_a_lost_question_before_the_float_was_empty_still_counts(database: Database) -> None:
    """Signature and account are looked at before the reference: a refusal of ours says nothing about the lost one."""
    story = await held(database)
    await story.answer(SILENCE, CALM)
    for code in ("44", "41"):
        await pass_by(story, timedelta(hours=1))
        await story.answer(said_by_biller(code), CALM)
    assert (await story.now()).state == "unknown"


@pytest.mark.parametrize("seen_by", ["watch", "webhook"])
async def test_a_look_that_hears_nothing_is_taken_again(database: Database, seen_by: str) -> None:
    """The biller took a token back, and was silent just when it was asked: the credit comes back all the same."""
    story = await held(database)
    await story.answer(said_by_biller("00"), CALM)
    await story.hear(story.facts()["settled"])
    if seen_by == "webhook":
        await look_at_once(story)
    else:
        await pass_by(story, DAY)
    for nothing in (SILENCE, said_by_biller("41")):
        await story.answer(nothing, CALM)
        assert timedelta(0) < await next_pause(story) <= timedelta(hours=1)
        await pass_by(story, timedelta(hours=1))
    await story.answer(said_by_biller("74"), CALM)
    assert (await story.now()).state == "reversed"
    assert (await story.said()) == {"RedemptionDelivered": 1, "RedemptionReversed": 1}


async def look_at_once(story: Story) -> None:
    async with story.database.transaction() as tx:
        await tx.execute(
            "update redemption set next_ask_at = $2 where redemption_id = $1", story.id, story.clock.at
        )


async def test_an_answer_that_comes_too_late_takes_no_look_away(database: Database) -> None:
    story = await held(database)
    await story.answer(said_by_biller("00"), CALM)
    watched = (await story.now()).next_ask_at
    assert watched is not None
    assert story.ask is not None
    async with database.transaction() as tx:
        await note_answer(tx, story.ask, SILENCE, story.clock.now(), CALM, SEALER)
    assert (await story.now()).next_ask_at == watched


async def test_a_dead_reference_is_not_asked_about_for_ever(database: Database) -> None:
    """With this biller asking may buy: what was given up because it was throttled is left alone."""
    story = await held(database)
    for _ in range(2 * CALM.patience.attempts_max):
        await story.answer(said_by_biller("85"), CALM)
        await pass_by(story, timedelta(hours=2))
    failed = await story.now()
    assert (failed.state, failed.reason, failed.next_ask_at) == ("failed", "biller_busy", None)


@pytest.mark.parametrize("second_sold", [False, True])
async def test_a_dead_reference_that_sold_after_all_goes_to_a_person(
    database: Database, second_sold: bool
) -> None:
    """Two tokens for one credit, or, if the webhook comes in time, one: the next attempt buys nothing any more."""
    story = await held(database)
    for _ in range(2):
        await story.answer(said_by_biller("85"), CALM)
        await pass_by(story, MINUTE)
    assert (await story.now()).attempt_no == 2
    if second_sold:
        await story.answer(said_by_biller("00"), CALM)
        await story.hear(story.facts()["settled"])
    heard = await webhook(story, "Gagal", "02"), await webhook(story, "Sukses", "00")
    assert (*heard, await webhook(story, "Sukses", "00")) == ("old_attempt", "review", "repeated")
    found = await story.now()
    assert (found.state, found.reason) == ("review", "contradiction")
    assert not await asked_at(story, story.clock.at + DAY)
    assert isinstance(await decide(story, "delivered"), RedemptionView)
    assert (await story.now()).state == ("settled" if second_sold else "succeeded")
    assert (await story.said()) == {"RedemptionDelivered": 1}


async def webhook(story: Story, status: str, code: str) -> str:
    """What becomes of a webhook about the first attempt."""
    biller = Digiflazz(httpx.AsyncClient(), "jumpamadu", "dev-0000", "s3cret")
    async with story.database.transaction() as tx:
        hint = Hint(reference_of(story.id, 1), status, code, "1" * 20)
        return await Hinting(biller, story.clock, CALM.plan, SEALER).note(tx, hint)


async def test_what_comes_back_is_what_was_paid(database: Database) -> None:
    """A price that the biller names after the delivery changes nothing: wallet would take it for another purchase."""
    story = await held(database)
    await story.answer(said_by_biller("00"), CALM)
    await story.hear(story.facts()["settled"])
    await pass_by(story, DAY)
    await story.answer(replace(said_by_biller("00"), price_rupiah=20_999), CALM)
    await look_at_once(story)
    await story.answer(said_by_biller("74"), CALM)
    [delivered, back] = await story.events()
    assert isinstance(delivered, RedemptionDelivered)
    assert isinstance(back, RedemptionReversed)
    assert back.cost_rupiah == delivered.cost_rupiah == 20_590


def staff(story: Story) -> Staffing:
    rollout = load_rollout(Path("deploy/rollout/deli-serdang.yaml"))
    products = load_written(Path("deploy/products/catalogue.yaml"), Products)
    shelf = Shelf(products, "digiflazz", tolerance_rupiah=0, age_max=DAY)
    return Staffing(shelf, SEALER, story.clock, CashBook(lambda: rollout), frozenset({"digiflazz"}))


async def decide(story: Story, decision: Decision) -> RedemptionView | Refused:
    who = Caller(
        UUID(int=7), Role.PROGRAMME, frozenset(), frozenset(), None, None, regency_codes=frozenset({"12.07"})
    )
    async with story.database.transaction() as tx:
        return await staff(story).decide_review(
            tx, story.id, decision, who=who, reason="menurut penjual", serial=None, english=False
        )


async def asked_at(story: Story, at: datetime) -> bool:
    async with story.database.transaction() as tx:
        return bool(await begin_asks(tx, at, 10, CALM, SEALER))


async def test_nobody_asks_again_what_the_biller_has_forgotten(database: Database) -> None:
    """After ninety days a reference means nothing there any more, and asking once more would buy once more."""
    story = await held(database)
    await story.answer(SILENCE, CALM)
    await pass_by(story, DAY)
    await story.answer(SILENCE, CALM)
    assert (await story.now()).state == "review"
    await pass_by(story, HARD_STOP - 3 * DAY)
    assert isinstance(await decide(story, "ask_again"), RedemptionView)
    await story.answer(SILENCE, CALM)
    await pass_by(story, DAY)
    await story.answer(SILENCE, CALM)
    assert (await story.now()).state == "review"
    await pass_by(story, 2 * DAY)
    refused = await decide(story, "ask_again")
    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.REFERENCE_FORGOTTEN
    assert not await asked_at(story, story.clock.at + DAY)
    assert isinstance(await decide(story, "failed"), RedemptionView)
    assert (await story.said()) == {"RedemptionFailed": 1}


async def test_a_late_delivery_that_was_taken_back_is_no_loss_any_more(database: Database) -> None:
    """The programme bore the loss, then the biller refunded it: what the staff decide says so to wallet."""
    story = await held(database)
    await story.answer(said_by_biller("02"))
    await story.hear(story.facts()["released"])
    await look_at_once(story)
    await story.answer(said_by_biller("00"))
    assert (await story.now()).state == "late_success"
    await look_at_once(story)
    await story.answer(said_by_biller("74"))
    assert (await story.now()).state == "review"
    decided = await decide(story, "failed")
    assert isinstance(decided, RedemptionView)
    assert decided.state == "reversed"
    assert (await story.said()) == {
        "RedemptionFailed": 1,
        "RedemptionDeliveredLate": 1,
        "RedemptionReversed": 1,
    }


async def test_what_was_taken_back_stays_so_whatever_the_biller_says_later(database: Database) -> None:
    story = await held(database)
    await story.answer(said_by_biller("00"))
    await story.answer(said_by_biller("74"))
    await story.hear(story.facts()["settled"], story.facts()["given_back"])
    await look_at_once(story)
    await story.answer(said_by_biller("00"))
    assert (await story.now()).state == "review"
    decided = await decide(story, "failed")
    assert isinstance(decided, RedemptionView)
    assert decided.state == "reversed"
    assert (await story.said()) == {"RedemptionDelivered": 1, "RedemptionReversed": 1}


async def taken_back_and_sold(database: Database) -> Story:
    """Delivered, taken back, credit given back; and then the biller says that it sold it after all."""
    story = await held(database)
    await story.answer(said_by_biller("00"))
    await story.hear(story.facts()["settled"])
    await look_at_once(story)
    await story.answer(said_by_biller("74"))
    await story.hear(story.facts()["given_back"])
    assert (await story.now()).state == "reversed"
    async with story.database.transaction() as tx:
        assert story.ask is not None
        await note_answer(tx, story.ask, said_by_biller("00"), story.clock.now(), PACE, SEALER)
    found = await story.now()
    assert (found.state, found.reason) == ("review", "contradiction")
    return story


async def float_moves(story: Story) -> list[int]:
    return [event.amount_rupiah for event in await story.events() if isinstance(event, FloatChanged)]


async def test_a_sale_after_a_reversal_is_a_loss_by_a_persons_decision(database: Database) -> None:
    """The resident keeps credit and token; what left the float is said once, as a loss, and no credit moves."""
    story = await taken_back_and_sold(database)
    assert await float_moves(story) == []
    decided = await decide(story, "delivered")
    assert isinstance(decided, RedemptionView)
    assert decided.state == "late_success"
    assert await story.said() == {"RedemptionDelivered": 1, "RedemptionReversed": 1, "FloatChanged": 1}
    assert await float_moves(story) == [-20_590]
    [change] = [event for event in await story.events() if isinstance(event, FloatChanged)]
    assert (change.kind, change.provider, change.decided_by) == ("adjustment", "digiflazz", UUID(int=7))
    again = await decide(story, "delivered")
    assert isinstance(again, Refused)
    assert await float_moves(story) == [-20_590]
    async with database.connection() as reading:
        noted = await reading.fetch("select action from audit order by seq")
    assert [row["action"] for row in noted] == ["float_changed", "review_decided"]


async def test_a_claim_of_a_sale_that_a_person_finds_untrue_costs_nothing(database: Database) -> None:
    story = await taken_back_and_sold(database)
    decided = await decide(story, "failed")
    assert isinstance(decided, RedemptionView)
    assert decided.state == "reversed"
    assert await story.said() == {"RedemptionDelivered": 1, "RedemptionReversed": 1}


async def test_a_loss_that_came_back_is_none_and_may_come_again(database: Database) -> None:
    story = await taken_back_and_sold(database)
    for decision, code in (("delivered", "74"), ("failed", "00"), ("delivered", "74")):
        assert isinstance(await decide(story, decision), RedemptionView)  # type: ignore[arg-type]
        async with story.database.transaction() as tx:
            assert story.ask is not None
            await note_answer(tx, story.ask, said_by_biller(code), story.clock.now(), PACE, SEALER)
        assert (await story.now()).state == "review"
    assert await float_moves(story) == [-20_590, 20_590, -20_590]


async def test_a_correction_of_a_correction_moves_cash_again(database: Database) -> None:
    """Handed over, given back, and handed over after all: each is a move of its own, and a repetition is none."""
    story, bank = await held(database), "lubuk-pakam-induk"
    book = CashBook(lambda: load_rollout(Path("deploy/rollout/deli-serdang.yaml")))
    redemption = await story.now()
    redemption.provider = counter_of(bank)
    filled = CashMove(
        move_id=story.member_id,
        waste_bank_id=bank,
        kind="top_up",
        amount_rupiah=100_000,
        at=story.clock.now(),
        cause_id=story.member_id,
    )
    async with database.transaction() as tx:
        assert await cash.book(tx, filled)
    left = []
    for state in (State.SUCCEEDED, State.SUCCEEDED, State.REVERSED, State.LATE_SUCCESS, State.REVERSED):
        async with database.transaction() as tx:
            assert await book.book_end(tx, redemption, state, story.clock.now())
            left.append(await cash.in_box(tx, bank))
    assert left == [78_410, 78_410, 100_000, 78_410, 100_000]
    # Every hand-over asks what was moved before, of all that was ever moved.
    async with database.connection() as reading:
        plan = await reading.fetch("explain select * from cash_move where cause_id = $1", story.id)
    assert any("cash_move_of_cause" in line[0] for line in plan)
