"""A first PIN comes with the enrolment, or takes two of the staff: nobody opens a member's credit alone."""

import json
from typing import Any

from shared.kernel.ids import uuid7
from tests.services.identity.seeded_stage import OPERATOR, PROGRAMME, SECOND, Place, refused

PIN, OTHER_PIN = "837261", "482913"


def newcomer(**more: Any) -> dict[str, Any]:
    """Somebody from an old passbook, without a phone."""
    return {
        "member_id": str(uuid7()),
        "kind": "person",
        "name": "Buku Lama",
        "waste_bank_id": "lubuk-pakam-induk",
        "enrolled_at": "2026-11-20T09:30:00+07:00",
        **more,
    }


async def enrolled(place: Place, body: dict[str, Any]) -> str:
    """The code of a new member."""
    answer = await place.post("members", await place.header(OPERATOR), **body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def card_of(place: Place, member_id: str) -> dict[str, str]:
    """A card that the operator gives out alone, with what its QR part holds."""
    issued = await place.post(f"members/{member_id}:issue-card", await place.header(OPERATOR))
    return {"card_number": issued.json()["number"], "card_secret": issued.json()["printed"]["secret"]}


async def at_the_counter(place: Place, card: dict[str, str], pin: str) -> Any:
    return await place.post("tokens", **{**card, **place.tablet(OPERATOR), "pin": pin})


async def test_one_operator_alone_gives_no_first_pin_by_any_door(place: Place) -> None:
    operator, body = await place.header(OPERATOR), newcomer()
    code = await enrolled(place, body)
    card = await card_of(place, body["member_id"])

    gone = await place.post(f"members/{body['member_id']}:first-pin", operator, pin=PIN)
    assert gone.status_code in {404, 405}, "there was such a door"
    again = await place.post("members", operator, **body, pin=PIN)
    assert refused(again) == (409, "first_pin_needs_two")
    assert "dua petugas" in again.json()["detail"]
    batch = await place.post("members:batch", operator, members=[{**body, "pin": PIN}])
    (item,) = batch.json()["results"]
    assert (item["status"], item["pin_code"]) == ("repeated", "first_pin_needs_two")

    opened = (await place.post("pin-resets", operator, code=code, reason="Pemilik buku lama datang")).json()
    own = await place.post(f"pin-resets/{opened['reset_id']}:confirm", operator)
    assert refused(own) == (403, "another_person_needed")
    guessed = await place.post("pins:choose", code=code, one_time_code="K7Q2F-94WMA", pin=PIN)
    assert refused(guessed) == (403, "wrong_one_time_code")

    assert refused(await place.sign_in(code, PIN)) == (401, "wrong_code_or_pin")
    assert refused(await at_the_counter(place, card, PIN)) == (401, "wrong_code_or_pin")
    assert await place.rows("select * from credential where code = $1", code) == []


async def test_two_of_the_staff_give_it_and_the_member_redeems_with_card_and_pin(place: Place) -> None:
    body = newcomer()
    code = await enrolled(place, body)
    card = await card_of(place, body["member_id"])
    opened = await place.post(
        "pin-resets", await place.header(OPERATOR), code=code, reason="Pemilik buku lama datang"
    )
    path = f"pin-resets/{opened.json()['reset_id']}:confirm"
    made = (await place.post(path, await place.header(SECOND))).json()
    chosen = await place.post("pins:choose", code=code, one_time_code=made["one_time_code"], pin=PIN)
    assert chosen.status_code == 204
    here = await at_the_counter(place, card, PIN)
    assert (here.status_code, here.json()["may_spend"]) == (200, True)
    acts = await place.rows(
        "select action, actor_id from audit where subject_id = $1 and action like 'pin%' order by seq",
        body["member_id"],
    )
    assert [act["action"] for act in acts] == ["pin_reset_opened", "pin_reset_confirmed", "pin_chosen"]
    assert len({act["actor_id"] for act in acts}) == 3


async def test_the_second_person_may_be_of_the_programme(place: Place) -> None:
    code = await enrolled(place, newcomer())
    opened = await place.post("pin-resets", await place.header(OPERATOR), code=code, reason="Datang sendiri")
    path = f"pin-resets/{opened.json()['reset_id']}:confirm"
    assert (await place.post(path, await place.header(PROGRAMME))).status_code == 200


async def test_a_pin_that_comes_with_the_enrolment_is_set_once_and_stands_in_the_audit(place: Place) -> None:
    with_pin, without = newcomer(pin=PIN), newcomer()
    code = await enrolled(place, with_pin)
    await enrolled(place, without)
    again = await place.post("members", await place.header(OPERATOR), **{**with_pin, "pin": OTHER_PIN})
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert (await place.sign_in(code, PIN)).status_code == 200
    assert refused(await place.sign_in(code, OTHER_PIN)) == (401, "wrong_code_or_pin")
    rows = await place.rows("select subject_id, after from audit where action = 'enrol_member'")
    assert {row["subject_id"]: json.loads(row["after"])["with_pin"] for row in rows} == {
        with_pin["member_id"]: True,
        without["member_id"]: False,
    }
