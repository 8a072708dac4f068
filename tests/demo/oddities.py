"""What a person has to look at: absurd weights, a sub-district that is not open, members nobody knows yet."""

from functools import partial
from uuid import UUID

from tests.demo.cast import CEMARA, MAIN_BANK, NOT_YET_OPEN
from tests.demo.day import Day, now
from tests.demo.tablet import Tablet, Weighing
from tests.demo.waiting import until

SECONDS = 30
ABSURD_GRAMS = 900_000
REFUSALS = {403, 409, 422}
OK = 200


async def absurd_weights(day: Day) -> None:
    """Two deposits of 900 kg wait for a second person: one is approved, one rejected, neither by its recorder."""
    kept = await _absurd(day, MAIN_BANK)
    dropped = await _absurd(day, CEMARA)
    own = await day.stage.operators[MAIN_BANK].approve(kept.id, "Saya sendiri yang menimbang")
    day.diary.expect(own.status_code in REFUSALS, f"nobody approves what they recorded ({own.status_code})")
    approved = await day.stage.desk.approve(kept.id, "Kardus satu truk, nota timbang dilihat")
    day.diary.expect(approved.status_code == OK, f"a second person approves ({approved.text[:200]})")
    own = await day.stage.operators[CEMARA].reject(dropped.id, "Saya sendiri yang menimbang")
    day.diary.expect(
        own.status_code in REFUSALS, f"nobody rejects a flag on what they recorded ({own.status_code})"
    )
    rejected = await day.stage.second_desk.reject(dropped.id, "Timbangan rusak, warga setuju diulang")
    day.diary.expect(rejected.status_code == OK, f"a second person rejects ({rejected.text[:200]})")
    day.without_credit[dropped.id] = "rejected"
    day.diary.say("Two absurd weights of 900 kg: flagged; one approved by a second person, one rejected")


async def _absurd(day: Day, bank: str) -> Weighing:
    tablet = day.stage.tablets[bank]
    resident = day.of_bank(bank)[-1]
    weighing = tablet.weigh_exactly(resident, now(), [("K02", "bersih", ABSURD_GRAMS)])
    day.answered(weighing, await tablet.send(weighing))
    await until(lambda: _is_flagged(day, bank, weighing.id), f"900 kg at {bank} are flagged", SECONDS)
    return weighing


async def _is_flagged(day: Day, bank: str, deposit_id: UUID) -> bool:
    return deposit_id in await day.stage.desk.flagged(bank)


async def not_yet_open(day: Day) -> None:
    """A deposit of a sub-district that is not open is set aside, not refused."""
    tablet = day.stage.tablets[NOT_YET_OPEN]
    weighing = tablet.weigh(day.residents[2], now())
    status = await tablet.send(weighing)
    day.answered(weighing, status)
    day.without_credit[weighing.id] = "quarantined"
    why = (await day.stage.desk.quarantined(NOT_YET_OPEN)).get(weighing.id)
    aside = (status, why) == ("quarantined", "subdistrict_not_open")
    day.diary.expect(aside, f"a deposit where the programme is not open is set aside ({status}, {why})")
    day.diary.say("A deposit of Batang Kuis, which is not open yet, is set aside where a person sees it")


async def unknown_members(day: Day) -> None:
    """Two deposits come before their members are known; enrolling them releases both."""
    waiting = []
    for resident in day.residents:
        if resident.learnt_later:
            tablet = day.stage.tablets[resident.bank]
            weighing = tablet.weigh(resident, now())
            status = await tablet.send(weighing)
            day.answered(weighing, status)
            day.diary.expect(status == "waiting", f"a deposit of somebody unknown waits ({status})")
            waiting.append((resident, tablet, weighing))
    for resident, tablet, weighing in waiting:
        resident.code = await tablet.enrol(resident, weighing.weighed_at)
    for _, tablet, weighing in waiting:
        await until(
            partial(_is_recorded, tablet, weighing.id),
            "a waiting deposit is recorded once its member is known",
            SECONDS,
        )
    day.diary.say("Two deposits of members that the system learns of later: they wait, and then count")


async def _is_recorded(tablet: Tablet, deposit_id: UUID) -> bool:
    return bool((await tablet.read(deposit_id))["state"] == "recorded")
