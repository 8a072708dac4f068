"""What is not certain buys nothing twice, and nothing that contradicts is passed over in silence."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from prometheus_client import REGISTRY

from services.payout.domain.polling import PollPlan
from services.payout.domain.references import reference_of
from services.payout.providers.base import Hint
from services.payout.providers.digiflazz import Digiflazz
from services.payout.workflows.delivering import begin_asks, note_answer
from services.payout.workflows.hinting import Hinting
from shared.runtime.database import Database
from tests.services.payout.story import PACE, SEALER, SILENCE, Story, said_by_biller, told

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PLAN = PollPlan((MINUTE,), hourly=timedelta(hours=1), jitter=0)
CALM = replace(PACE, plan=PLAN, funds=5 * MINUTE, watch_failed=(DAY,), watch_delivered=(DAY,))


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


async def answered(story: Story, *codes: str) -> None:
    """The biller is asked again and again, hours apart; no code is no answer."""
    for code in codes:
        await story.answer(said_by_biller(code) if code else SILENCE, CALM)
        story.clock.at += timedelta(hours=2)


async def webhook(story: Story, status: str, code: str) -> str:
    biller = Digiflazz(httpx.AsyncClient(), "jumpamadu", "dev-0000", "s3cret")
    async with story.database.transaction() as tx:
        hint = Hint(reference_of(story.id, 1), status, code, "1" * 20, 20_700)
        return await Hinting(biller, story.clock, PLAN, SEALER).note(tx, hint)


@pytest.mark.parametrize("codes", [("", "85", "85"), ("85", "", "85", "85"), ("", "44", "85", "85")])
async def test_a_reference_whose_question_was_lost_is_not_replaced(
    database: Database, codes: tuple[str, ...]
) -> None:
    """The lost one may have bought: a throttle does not say whether anybody looked, so the same reference is asked."""
    story = await held(database)
    await answered(story, *codes)
    found = await story.now()
    assert (found.attempt_no, found.state) == (1, "unknown")
    await answered(story, "00")
    assert (await story.now()).state == "succeeded"
    assert await story.said() == {"RedemptionDelivered": 1}


@pytest.mark.parametrize("released", [False, True])
async def test_a_sale_that_nobody_may_ask_about_goes_to_a_person(database: Database, released: bool) -> None:
    """It was refused and left nothing behind, so that asking would buy; but the biller says that it sold."""
    story = await held(database)
    await answered(story, "69")
    if released:
        await story.hear(story.facts()["released"])
    assert (await webhook(story, "Sukses", "00"), await webhook(story, "Sukses", "00")) == (
        "review",
        "repeated",
    )
    found = await story.now()
    assert (found.state, found.reason, found.cost_rupiah) == ("review", "contradiction", 20_700)
    async with database.transaction() as tx:
        assert not await begin_asks(tx, story.clock.at + DAY, 10, CALM, SEALER)


async def test_what_waits_for_funds_and_was_sold_cannot_be_taken_back(database: Database) -> None:
    story = await held(database)
    await answered(story, "", "44")
    assert (await story.now()).state == "waiting_for_funds"
    assert await webhook(story, "Sukses", "00") == "review"
    assert (await story.now()).state == "review"


async def test_a_webhook_after_the_biller_has_forgotten_asks_nothing(database: Database) -> None:
    """A person's question began a new day of asking, not a new reference: after ninety days asking would buy."""
    story = await held(database)
    await answered(story, "03", "00")
    await story.hear(story.facts()["settled"])
    async with database.transaction() as tx:
        await tx.execute("update redemption set first_asked_at = first_asked_at + interval '59 days'")
    story.clock.at += 95 * DAY
    assert await webhook(story, "Gagal", "02") == "review"
    async with database.transaction() as tx:
        assert not await begin_asks(tx, story.clock.at + DAY, 10, CALM, SEALER)


async def test_a_number_that_does_not_open_holds_up_nobody_else(database: Database) -> None:
    """A key that was taken out of the file too soon: that purchase goes to a person, the others are made."""
    broken, sound = await told(database), await told(database)
    async with database.transaction() as tx:
        await tx.execute(
            "update redemption set target_sealed = $2 where redemption_id = $1", broken.id, b"\0" * 60
        )
    await broken.hear(broken.facts()["held"])
    await sound.hear(sound.facts()["held"])
    async with database.transaction() as tx:
        asks = await begin_asks(tx, sound.clock.at + MINUTE, 10, CALM, SEALER)
    assert [ask.redemption_id for ask in asks] == [sound.id]
    assert (await broken.now()).state == "review"


async def test_an_answer_that_is_noted_twice_takes_no_look_away(database: Database) -> None:
    """The database broke off as it was committed: it is noted once more, and the look of tomorrow stays."""
    story = await held(database)
    await story.answer(said_by_biller("00"), CALM)
    watched = (await story.now()).next_ask_at
    assert watched is not None
    assert story.ask is not None
    async with database.transaction() as tx:
        await note_answer(tx, story.ask, said_by_biller("00"), story.clock.now(), CALM, SEALER)
    assert (await story.now()).next_ask_at == watched


@pytest.mark.parametrize(("price", "calls"), [(21_090, 0), (30_000, 1)])
async def test_a_biller_that_takes_more_than_it_was_allowed_calls_a_person(
    database: Database, price: int, calls: int
) -> None:
    """The resident pays what was quoted; the programme bears the rest, and somebody hears of it."""
    before = called()
    story = await held(database)
    await story.answer(replace(said_by_biller("00"), price_rupiah=price), CALM)
    [delivered] = await story.events()
    assert (delivered.amount_rupiah, delivered.cost_rupiah) == (21_590, price)
    assert delivered.fee_rupiah == 21_590 - price
    assert called() == before + calls


def called() -> float:
    """How often a person was called because of a price."""
    return REGISTRY.get_sample_value("timbang_redemption_alarms_total", {"reason": "price_moved"}) or 0
