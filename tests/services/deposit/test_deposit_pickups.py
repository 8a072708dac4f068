"""Pick-ups: booked where there is room, done whatever was decided meanwhile, offered again when missed."""

import asyncio
import itertools
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.deposit.workflows.pickups import pickup_changes
from shared.contracts import PickupCancelled, PickupDone, PickupRequested, PickupScheduled
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.sealing import Sealer, read_secrets
from tests.services.deposit.field_stage import NOBODY, PLACE, FieldStage, asking, write_field_rollout
from tests.services.deposit.people import erased, merged
from tests.services.deposit.stage import BANK, CLOSED_BANK, OTHER_BANK, registration, weighing

MONDAY, TUESDAY, TODAY = "2026-11-23", "2026-11-24", "2026-11-22"


async def test_slots_are_public_and_show_only_what_is_free(field: FieldStage) -> None:
    answer = await field.get("/v1/pickup-slots", NOBODY, waste_bank_id=BANK)
    assert answer.status_code == 200
    slots = [(each["on"], each["slot"], each["free"]) for each in answer.json()["slots"]]
    assert slots[:4] == [
        (TODAY, "siang", 2),
        (MONDAY, "pagi", 3),
        (MONDAY, "siang", 2),
        (TUESDAY, "pagi", 3),
    ]
    assert (answer.json()["minimum_grams"], answer.json()["minimum_grams_of"]) == (5_000, {"group": 20_000})
    # Nobody comes to a sub-district that is not open, and this bank does not exist.
    assert (await field.get("/v1/pickup-slots", NOBODY, waste_bank_id=CLOSED_BANK)).json()["slots"] == []
    nowhere = await field.get("/v1/pickup-slots", NOBODY, waste_bank_id="bulan")
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "pickup_not_offered")


async def test_a_member_books_the_first_free_slot_and_asking_again_is_the_same(field: FieldStage) -> None:
    member = await field.known_member()
    body = asking()
    first = await field.post("/v1/pickups", body, field.as_member(member))
    again = await field.post("/v1/pickups", body, field.as_member(member))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["scheduled_on"], first.json()["slot"], first.json()["attempt"]) == (
        TODAY,
        "siang",
        1,
    )
    assert first.json()["place"] == PLACE
    other = await field.post("/v1/pickups", body | {"estimated_grams": 9_000}, field.as_member(member))
    assert (other.status_code, other.json()["code"]) == (409, "pickup_conflict")
    stolen = await field.post("/v1/pickups", body, field.as_member(await field.known_member()))
    assert stolen.json()["code"] == "pickup_conflict"
    asked, scheduled = await field.said()
    assert isinstance(asked, PickupRequested)
    assert isinstance(scheduled, PickupScheduled)
    assert (asked.estimated_grams, asked.member_id) == (8_000, member)
    assert (scheduled.scheduled_on.isoformat(), scheduled.slot, scheduled.attempt) == (TODAY, "siang", 1)


async def test_the_place_is_only_kept_sealed(field: FieldStage) -> None:
    member = await field.known_member()
    pickup = await field.booked(member)
    await field.post(
        f"/v1/pickups/{pickup['pickup_id']}:cancel", {"reason": "Bu Kenari sakit"}, field.as_member(member)
    )
    stored = await field.everything_stored()
    for word in ("Kenari", "Anjing", "pagar hijau", "98.88"):
        assert word not in stored
        assert word.encode().hex() not in stored


async def test_a_full_slot_names_the_next_free_one(field: FieldStage) -> None:
    for _ in range(2):
        await field.booked(await field.known_member(), wanted_on=MONDAY, wanted_slot="siang")
    answer = await field.ask(await field.known_member(), wanted_on=MONDAY, wanted_slot="siang")
    assert (answer.status_code, answer.json()["code"]) == (409, "pickup_slot_full")
    assert answer.json()["parameters"] == {"next_free_on": MONDAY, "next_free_slot": "pagi"}
    assert MONDAY in answer.json()["detail"]
    never = await field.ask(await field.known_member(), wanted_on="2026-11-25", wanted_slot="pagi")
    assert (never.status_code, never.json()["code"]) == (422, "pickup_slot_not_offered")
    assert never.json()["parameters"] == {"next_free_on": "2026-11-25", "next_free_slot": "siang"}


async def _asked_until_answered(field: FieldStage, member: UUID) -> httpx.Response:
    """Fifty wait for one bank: on a slow machine some hear 503 and ask the same again, as a phone does."""
    pickup_id = str(uuid7())
    while (answer := await field.ask(member, pickup_id=pickup_id)).status_code == 503:
        pass
    return answer


async def test_fifty_at_once_never_get_more_than_there_is(field: FieldStage) -> None:
    members = [await field.known_member() for _ in range(50)]
    answers = await asyncio.gather(*[_asked_until_answered(field, member) for member in members])
    outcomes = Counter(answer.status_code for answer in answers)
    places = Counter(
        (each.json()["scheduled_on"], each.json()["slot"]) for each in answers if each.status_code == 201
    )
    # Eight days with two calls in the afternoon, two mornings with three: 16 + 6.
    assert outcomes == {201: 22, 409: 28}
    assert max(places.values()) == 3
    assert all(count <= (3 if slot == "pagi" else 2) for (_, slot), count in places.items())
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"pickup_no_free_day"}
    said = Counter(await field.said_names())
    assert said == {"PickupRequested": 22, "PickupScheduled": 22}


async def test_a_day_as_a_whole_may_be_full(field: FieldStage) -> None:
    write_field_rollout(field.rollout_path, calls_a_day=1)
    assert await field.rollout.look()
    first = await field.booked(await field.known_member(), wanted_on=MONDAY)
    assert first["slot"] == "pagi"
    second = await field.booked(await field.known_member(), wanted_slot="siang")
    third = await field.booked(await field.known_member())
    assert [each["scheduled_on"] for each in (second, third)] == [TODAY, TUESDAY]


async def test_the_minimum_depends_on_the_kind_of_member(field: FieldStage) -> None:
    person, group = await field.known_member(), uuid7()
    await field.hear(registration(group).model_copy(update={"kind": "group"}))
    little = await field.ask(person, estimated_grams=4_999)
    assert (little.status_code, little.json()["code"]) == (422, "pickup_below_minimum")
    assert little.json()["parameters"] == {"minimum_grams": 5_000}
    assert (await field.ask(group, estimated_grams=19_999)).json()["parameters"] == {"minimum_grams": 20_000}
    assert (await field.ask(group, estimated_grams=20_000)).status_code == 201


async def test_one_member_does_not_take_all_slots(field: FieldStage) -> None:
    member = await field.known_member()
    for _ in range(2):
        await field.booked(member)
    third = await field.ask(member)
    assert (third.status_code, third.json()["code"]) == (409, "pickup_too_many_open")


async def test_staff_book_for_members_of_their_own_area(field: FieldStage) -> None:
    member = await field.known_member()
    body = asking(member_id=str(member))
    assert (await field.post("/v1/pickups", body, field.as_operator)).status_code == 201
    foreign = await field.post("/v1/pickups", asking(member_id=str(member)), field.as_stranger)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not_your_area")
    elsewhere = field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])
    assert (await field.post("/v1/pickups", asking(member_id=str(member)), elsewhere)).status_code == 403
    assert (await field.post("/v1/pickups", asking(), field.as_operator)).status_code == 422
    unknown = await field.post("/v1/pickups", asking(member_id=str(uuid7())), field.as_operator)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "pickup_member_unknown")
    other = await field.post("/v1/pickups", asking(member_id=str(uuid7())), field.as_member(member))
    assert other.status_code == 403
    (line,) = await field.audited(body["pickup_id"])
    assert (line["action"], line["actor_id"]) == ("pickup_requested", str(field.operator))


@pytest.mark.parametrize(
    "change",
    [
        {"estimated_grams": 0},
        {"estimated_grams": "banyak"},
        {"place": {"address": ""}},
        {"place": PLACE | {"latitude": 91}},
        {"place": {"address": "Jalan", "latitude": 3.5}},
        {"place": {"address": "a\x00b"}},
        {"waste_bank_id": "Bank Sampah"},
        {"wanted_on": "1999-01-01"},
        {"pickup_id": "01a201c0"},
    ],
)
async def test_wrong_input_is_refused_in_words(field: FieldStage, change: dict[str, Any]) -> None:
    answer = await field.ask(await field.known_member(), **change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert await field.said() == []


async def test_a_closed_sub_district_fetches_nothing(field: FieldStage) -> None:
    answer = await field.ask(await field.known_member(), waste_bank_id=CLOSED_BANK)
    assert (answer.status_code, answer.json()["code"]) == (409, "pickup_no_free_day")


async def test_weighed_at_the_door_closes_it_before_or_after_the_deposit(field: FieldStage) -> None:
    for deposit_first in (True, False):
        member = await field.known_member()
        pickup = await field.booked(member)
        deposit = weighing(member, channel="pickup")
        body = {"deposit_id": deposit["deposit_id"], "done_at": "2026-11-22T13:30:00+07:00"}
        path = f"/v1/pickups/{pickup['pickup_id']}:done"
        if deposit_first:
            await field.send(deposit)
        await field.post(path, body)
        if not deposit_first:
            await field.send(deposit)
        again = await field.post(path, body)
        assert (again.status_code, again.json()["state"]) == (200, "done")
        assert again.json()["deposit_id"] == deposit["deposit_id"]
        other = await field.post(path, body | {"deposit_id": str(uuid7())})
        assert (other.status_code, other.json()["code"]) == (409, "pickup_already_ended")
        late = await field.post(
            f"/v1/pickups/{pickup['pickup_id']}:cancel", {"reason": "x"}, field.as_member(member)
        )
        assert late.json()["code"] == "pickup_already_ended"
    done = [event for event in await field.said() if isinstance(event, PickupDone)]
    assert len(done) == 2
    assert done[0].done_at == datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


async def test_a_deposit_of_somebody_else_does_not_close_it(field: FieldStage) -> None:
    pickup = await field.booked(await field.known_member())
    path = f"/v1/pickups/{pickup['pickup_id']}:done"
    foreign = weighing(await field.known_member())
    await field.send(foreign)
    answer = await field.post(path, {"deposit_id": foreign["deposit_id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "pickup_deposit_differs")
    for who in (field.as_stranger, field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])):
        assert (await field.post(path, {"deposit_id": str(uuid7())}, who)).status_code == 404
    as_member = field.as_member(uuid7())
    assert (await field.post(path, {"deposit_id": str(uuid7())}, as_member)).status_code == 403


async def test_what_was_done_is_done_in_any_order(field: FieldStage) -> None:
    """Done, missed and cancelled reach the server in every order; what was weighed at the door always wins."""
    for order in itertools.permutations(["done", "missed", "cancel"]):
        member = await field.known_member()
        now = field.clock.at
        pickup = await field.booked(member)
        path = f"/v1/pickups/{pickup['pickup_id']}"
        deposit_id = str(uuid7())
        field.clock.move(days=2)
        for step in order:
            if step == "done":
                assert (await field.post(f"{path}:done", {"deposit_id": deposit_id})).status_code == 200
            elif step == "missed":
                await field.offer_missed()
            else:
                await field.post(f"{path}:cancel", {"reason": "tidak jadi"}, field.as_member(member))
        found = (await field.get(path)).json()
        assert (found["state"], found["deposit_id"], found["reason"]) == ("done", deposit_id, None)
        field.clock.at = now


async def test_either_side_cancels_with_a_reason_and_the_place_is_free_again(field: FieldStage) -> None:
    member = await field.known_member()
    mine, theirs = await field.booked(member), await field.booked(member)
    path = f"/v1/pickups/{mine['pickup_id']}:cancel"
    assert (await field.post(path, {"reason": "x"}, field.as_member(uuid7()))).status_code == 404
    assert (await field.post(path, {"reason": "x"}, field.as_stranger)).status_code == 404
    assert (await field.post(path, {}, field.as_member(member))).status_code == 422
    for _ in range(2):
        gone = (await field.post(path, {"reason": "Sudah dijual"}, field.as_member(member))).json()
        assert (gone["state"], gone["reason"], gone["cancel_reason"]) == (
            "cancelled",
            "by_member",
            "Sudah dijual",
        )
    bank = await field.post(f"/v1/pickups/{theirs['pickup_id']}:cancel", {"reason": "Becak rusak"})
    assert bank.json()["reason"] == "by_waste_bank"
    whys = [event.why for event in await field.said() if isinstance(event, PickupCancelled)]
    assert whys == ["by_member", "by_waste_bank"]
    assert len([await field.booked(await field.known_member(), wanted_on=TODAY) for _ in range(2)]) == 2
    own = (await field.get("/v1/pickups", field.as_member(member))).json()["pickups"]
    assert {each["cancel_reason"] for each in own} == {"Sudah dijual", "Becak rusak"}


async def test_a_missed_one_is_offered_again_three_times(field: FieldStage) -> None:
    pickup = await field.booked(await field.known_member())
    field.clock.move(hours=12)
    assert await field.offer_missed() == 0
    seen = []
    for _ in range(3):
        field.clock.move(days=3)
        assert sum(await asyncio.gather(field.offer_missed(), field.offer_missed())) == 1
        found = (await field.get(f"/v1/pickups/{pickup['pickup_id']}")).json()
        seen.append((found["state"], found["attempt"], found["reason"]))
    assert seen == [("scheduled", 2, None), ("scheduled", 3, None), ("cancelled", 3, "missed")]
    events = [event for event in await field.said() if isinstance(event, PickupScheduled | PickupCancelled)]
    assert [getattr(event, "attempt", None) for event in events] == [1, 2, 3, None]
    actions = [line["action"] for line in await field.audited(pickup["pickup_id"])]
    assert actions == ["pickup_cancelled", "pickup_offered_again", "pickup_offered_again", "pickup_requested"]


async def test_the_day_of_a_bank_is_seen_by_its_staff_alone(field: FieldStage) -> None:
    member = await field.known_member()
    pickup = await field.booked(member)
    day = (await field.get("/v1/pickups", waste_bank_id=BANK, on=TODAY)).json()["pickups"]
    assert [(each["pickup_id"], each["place"]) for each in day] == [(pickup["pickup_id"], PLACE)]
    assert (await field.get("/v1/pickups", waste_bank_id=BANK, on=MONDAY)).json()["pickups"] == []
    assert (await field.get("/v1/pickups", field.as_stranger, waste_bank_id=BANK)).status_code == 403
    assert (await field.get("/v1/pickups")).status_code == 403
    path = f"/v1/pickups/{pickup['pickup_id']}"
    assert (await field.get(path, field.as_stranger)).status_code == 404
    assert (await field.get(path, field.as_member(uuid7()))).status_code == 404
    assert (await field.get(path, field.mint.header(Role.OFFICE))).status_code == 403
    assert (await field.get(path, field.as_member(member))).status_code == 200
    assert (await field.get("/v1/pickups", NOBODY)).status_code == 401


async def test_a_survivor_sees_and_cancels_what_was_asked_under_the_other_id(field: FieldStage) -> None:
    one, other = await field.known_member(), await field.known_member()
    pickup = await field.booked(one)
    await field.hear(merged(one, other))
    own = (await field.get("/v1/pickups", field.as_member(other))).json()["pickups"]
    assert [each["pickup_id"] for each in own] == [pickup["pickup_id"]]
    gone = await field.post(
        f"/v1/pickups/{pickup['pickup_id']}:cancel", {"reason": "x"}, field.as_member(other)
    )
    assert gone.json()["state"] == "cancelled"


async def test_who_left_is_forgotten_and_not_visited(field: FieldStage) -> None:
    member = await field.known_member()
    pickup = await field.booked(member)
    for _ in range(2):
        await field.hear(erased(member))
    found = (await field.get(f"/v1/pickups/{pickup['pickup_id']}")).json()
    assert (found["state"], found["place"], found["cancel_reason"]) == ("cancelled", None, None)
    assert (await field.ask(member)).json()["code"] == "pickup_member_unknown"
    assert [type(event) for event in await field.said()].count(PickupCancelled) == 1


async def changes(field: FieldStage, cursor: str | None, limit: int = 100) -> Any:
    async with field.service.database.reading() as tx:
        # The key file of the stage lies beside its rollout file.
        sealer = Sealer(read_secrets(field.rollout_path.with_name("deposit.key")), "deposit")
        return await pickup_changes(tx, sealer, BANK, cursor, limit)


async def test_a_tablet_hears_of_every_change_whatever_commits_first(field: FieldStage) -> None:
    members = [await field.known_member() for _ in range(12)]
    known: dict[str, str] = {}
    cursor, done = None, False

    async def follow() -> None:
        nonlocal cursor
        while True:
            finished = done
            page = await changes(field, cursor, 3)
            cursor = page.next_cursor
            known.update({str(each.pickup.pickup_id): "open" for each in page.changed})
            known.update({str(each): "gone" for each in page.gone})
            if finished and not page.more:
                return
            await asyncio.sleep(0)

    async def live(number: int) -> tuple[str, str]:
        pickup = await field.booked(members[number])
        if number % 3 == 0:
            await field.post(
                f"/v1/pickups/{pickup['pickup_id']}:cancel", {"reason": "x"}, field.as_member(members[number])
            )
        return pickup["pickup_id"], "gone" if number % 3 == 0 else "open"

    following = asyncio.create_task(follow())
    truth = dict(await asyncio.gather(*[live(number) for number in range(12)]))
    done = True
    await following
    assert known == truth
    fresh = await changes(field, None)
    assert {str(each.pickup.pickup_id) for each in fresh.changed} == {
        key for key, at in truth.items() if at == "open"
    }
    assert (fresh.gone, fresh.next_cursor) == ([], cursor)
    assert (await changes(field, cursor)).changed == []
    with pytest.raises(ValueError, match="cursor"):
        await changes(field, "-1")


async def test_the_morning_brings_the_places_to_the_bank_alone(field: FieldStage) -> None:
    pickup = await field.booked(await field.known_member())
    morning = (await field.get("/v1/morning", waste_bank_id=BANK)).json()
    (mine,) = morning["pickups"]["changed"]
    assert (mine["pickup_id"], mine["place"]) == (pickup["pickup_id"], PLACE)
    await field.post(f"/v1/pickups/{pickup['pickup_id']}:cancel", {"reason": "x"})
    later = (await field.get("/v1/morning", waste_bank_id=BANK, cursor=morning["next_cursor"])).json()
    assert (later["pickups"]["changed"], later["pickups"]["gone"]) == (
        [],
        [{"pickup_id": pickup["pickup_id"]}],
    )
    other = (await field.get("/v1/morning", field.as_stranger, waste_bank_id=OTHER_BANK)).json()
    assert other["pickups"]["changed"] == []
