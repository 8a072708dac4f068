"""The deposits of the day: 150 weighings with and without a signal, corrections, odd ones, and who decides."""

from datetime import timedelta
from functools import partial
from itertools import cycle, islice
from uuid import UUID

from tests.demo.cast import BANKS, CEMARA, MAIN_BANK, NOT_YET_OPEN, TANJUNG_GARBUS, Resident
from tests.demo.day import Day, now
from tests.demo.tablet import Tablet, Weighing
from tests.demo.waiting import until

WITH_SIGNAL_MORNING = 45
WITH_SIGNAL_AFTERNOON = 38
OFFLINE_BATCH = 10
OFFLINE_BATCHES = 6
SENT_TWICE = 2
"""So many of the offline batches are sent twice; one more is sent again because its reply was lost."""
CHANGED_ITEM = ("P05", "bersih")
CHANGED_BY_RUPIAH = 75
SECONDS = 30


async def open_the_day(day: Day) -> None:
    """Tablets fetch their prices; everybody but the two who will be learnt of later is enrolled."""
    stage = day.stage
    for bank in BANKS:
        await stage.tablets[bank].fetch_prices()
    await stage.tablets[NOT_YET_OPEN].fetch_prices()
    enrolled_at = now() - timedelta(hours=5)
    for resident in day.residents:
        if not resident.learnt_later:
            resident.code = await stage.tablets[resident.bank].enrol(resident, enrolled_at)
    day.diary.say(
        f"{sum(not each.learnt_later for each in day.residents)} residents are enrolled and have a card"
    )


async def morning(day: Day) -> list[list[Weighing]]:
    """45 weighings arrive at once; six batches of ten stay on tablets without a signal, which are returned."""
    known = [resident for resident in day.residents if not resident.learnt_later]
    both_banks = next(resident for resident in known if resident.other_bank)
    for place, resident in enumerate(islice(cycle(known), WITH_SIGNAL_MORNING)):
        bank = both_banks.other_bank if resident is both_banks and place >= len(known) else resident.bank
        await _weigh_and_send(day, day.stage.tablets[bank or resident.bank], resident)
    day.diary.say(f"Morning: {WITH_SIGNAL_MORNING} deposits arrive as they are weighed")
    queues = []
    for number in range(OFFLINE_BATCHES - 1):
        tablet = day.stage.tablets[BANKS[number % len(BANKS)]]
        queues.append(_queue(day, tablet, minutes_ago=150))
    day.diary.say(f"Meanwhile {len(queues)} queues of {OFFLINE_BATCH} grow on tablets without a signal")
    return queues


async def _weigh_and_send(day: Day, tablet: Tablet, resident: Resident) -> None:
    weighing = tablet.weigh(resident, now())
    day.answered(weighing, await tablet.send(weighing))
    day.story.setdefault("deposit", weighing.id)


def _queue(
    day: Day, tablet: Tablet, minutes_ago: int, *, with_item: tuple[str, str] | None = None
) -> list[Weighing]:
    """Ten weighings for residents of that waste bank, a minute apart, that nobody has sent."""
    residents = day.dice.sample(day.of_bank(tablet.bank), OFFLINE_BATCH)
    begun = now() - timedelta(minutes=minutes_ago)
    return [
        tablet.weigh(
            resident, begun + timedelta(minutes=place) if minutes_ago else now(), with_item=with_item
        )
        for place, resident in enumerate(residents)
    ]


async def noon(day: Day) -> list[Weighing]:
    """New prices are in force. One tablet does not hear of them and weighs ten more with what it knows."""
    stage = day.stage
    before = stage.tablets[MAIN_BANK].prices
    if before is None:
        raise RuntimeError("tablets have no prices yet")
    old = before.offers[CHANGED_ITEM].price_rupiah
    # Up on one run and down on the next: a system that runs the demo for years keeps sane prices.
    new = old - CHANGED_BY_RUPIAH if old > 1800 else old + CHANGED_BY_RUPIAH
    list_id, effective_at = await stage.desk.publish_prices(
        "Daftar harga umum siang hari", before.id, [(*CHANGED_ITEM, new)]
    )
    day.diary.say(
        f"Noon: PET bottles go from Rp{old} to Rp{new} a kg, in force from {effective_at:%H:%M:%S} UTC"
    )
    fetched = await stage.tablets[MAIN_BANK].fetch_prices()
    day.diary.expect(fetched.id == list_id, "the main waste bank's tablet takes over the new list")
    cemara = await stage.tablets[CEMARA].fetch_prices()
    day.diary.expect(cemara.id != list_id, "a waste bank with prices of its own keeps them")
    await until(lambda: _is_past(effective_at.timestamp()), "noon passes", SECONDS)
    stale = _queue(day, stage.tablets[TANJUNG_GARBUS], 0, with_item=CHANGED_ITEM)
    day.diary.say(
        f"The tablet of {TANJUNG_GARBUS} has no signal: it weighs {len(stale)} with the morning's prices"
    )
    return stale


async def _is_past(instant: float) -> bool:
    return now().timestamp() > instant


async def afternoon(day: Day, queues: list[list[Weighing]]) -> None:
    """The offline queues arrive late: two of them twice, one again after its reply was lost."""
    for number, queue in enumerate(queues):
        tablet = day.stage.tablets[queue[0].bank]
        if number == SENT_TWICE:
            await _lose_a_reply(day, tablet, queue)
            continue
        for weighing, status in zip(queue, await tablet.send_queue(queue, now()), strict=True):
            day.answered(weighing, status)
        if number < SENT_TWICE:
            again = await tablet.send_queue(queue, now())
            day.diary.expect(
                set(again) == {"repeated"}, f"a queue that is sent twice is only repeated: {set(again)}"
            )
            day.answers["repeated"] += len(again)
    await day.stage.tablets[TANJUNG_GARBUS].fetch_prices()
    known = [resident for resident in day.residents if not resident.learnt_later]
    for resident in islice(cycle(reversed(known)), WITH_SIGNAL_AFTERNOON):
        await _weigh_and_send(day, day.stage.tablets[resident.bank], resident)
    day.diary.say(f"Afternoon: {WITH_SIGNAL_AFTERNOON} more deposits, at the new prices where they hold")


async def _lose_a_reply(day: Day, tablet: Tablet, queue: list[Weighing]) -> None:
    await tablet.send_queue_and_lose_reply(queue, now())
    await until(lambda: tablet.knows(queue[-1].id), "the batch arrived although its reply was lost", SECONDS)
    again = await tablet.send_queue(queue, now())
    day.diary.expect(set(again) == {"repeated"}, f"the tablet sends again and hears 'repeated': {set(again)}")
    for weighing in queue:
        day.answered(weighing, "recorded")
    day.answers["repeated"] += len(again)
    day.diary.say(f"  a batch of {len(queue)} whose reply was lost is sent again: nothing is doubled")


async def correct_two(day: Day) -> None:
    """Two wrong weights are put right: the original stays, void, with its replacement beside it."""
    for number, resident in enumerate(day.of_bank(MAIN_BANK)[:2]):
        tablet = day.stage.tablets[MAIN_BANK]
        wrong = tablet.weigh_exactly(resident, now(), [("K02", "bersih", 25_000)])
        day.answered(wrong, await tablet.send(wrong))
        await until(partial(_is_valued, day, wrong.id), "the wrong deposit is valued first", SECONDS)
        right = tablet.weigh_exactly(resident, wrong.weighed_at, [("K02", "bersih", 2_500 + number)])
        day.answered(right, await tablet.correct(wrong, right, "Koma salah ketik: 2,5 kg, bukan 25 kg"))
        day.without_credit[wrong.id] = "corrected"
        story = await tablet.read(wrong.id)
        linked = (story["state"], story["replaced_by_deposit_id"]) == ("voided", str(right.id))
        day.diary.expect(linked, "a corrected deposit stays readable, void, and names its replacement")
    day.diary.say("Two corrections: 25 kg becomes 2.5 kg, the original stays beside it")


async def _is_valued(day: Day, deposit_id: UUID) -> bool:
    found = await day.stage.desk.valuation(deposit_id)
    return found is not None and found["state"] == "valued"
