"""Signing in with a phone number: by its owner, by one of a family, and never at the owner's cost by a stranger."""

from typing import Any

import httpx
import pytest

from deploy.docs.brute_force import WAYS
from services.identity.domain.locks import FREE_TRIES
from tests.services.identity.seeded_stage import (
    HASHES,
    MEMBER,
    OTHER_MEMBER,
    PEOPLE,
    PINS,
    PROGRAMME,
    Place,
    bearer,
    refused,
)

THIRD = "NSB-004"
PHONE = PEOPLE[MEMBER]["phone"]
WRONG_PIN = f"{(int(PINS[MEMBER]) + 1) % 1_000_000:06}"


async def by_phone(place: Place, phone: str = PHONE, pin: str = PINS[MEMBER], **more: Any) -> httpx.Response:
    return await place.post("tokens", phone=phone, pin=pin, **more)


async def share_phone(place: Place, *codes: str) -> None:
    """These members have the same number as the first one."""
    who = await place.header(PROGRAMME)
    for code in codes:
        body: dict[str, Any] = {"phone": PHONE, "reason": "Satu keluarga"}
        answer = await place.post(f"members/{PEOPLE[code]['id']}:change", who, **body)
        assert answer.status_code == 200, answer.text


async def same_pin(place: Place, code: str) -> None:
    await place.rows("update credential set pin_hash = $1 where code = $2", HASHES[MEMBER], code)


async def wrong_tries(place: Place, code: str) -> int:
    rows = await place.rows("select wrong_tries from guess where subject = $1", f"{code}|phone")
    return rows[0]["wrong_tries"] if rows else 0


async def shut(place: Place) -> int:
    for number in range(12):
        if refused(await by_phone(place, pin=WRONG_PIN)) == (429, "phone_sign_in_locked"):
            return number
    raise AssertionError("never shut")


@pytest.mark.parametrize("written", ["0{}-{}", "62 {} {}", " +62{}.{} "])
async def test_a_number_is_found_however_it_is_written(place: Place, written: str) -> None:
    own = PHONE.removeprefix("+62")
    answer = await by_phone(place, written.format(own[:3], own[3:]))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["role"], found["member_id"]) == ("member", PEOPLE[MEMBER]["id"])
    assert (found["may_spend"], found["device_known"], found["vault_key"]) == (False, False, None)


async def test_a_trusted_phone_may_spend_this_way_too(place: Place) -> None:
    made = await place.post("devices:trust", await place.header(MEMBER), **place.card(MEMBER))
    answer = await by_phone(place, device_token=made.json()["device_token"])
    assert (answer.json()["may_spend"], answer.json()["device_known"]) == (True, True)


async def test_of_a_family_the_one_whose_pin_it_is_comes_in(place: Place) -> None:
    await share_phone(place, OTHER_MEMBER, THIRD)
    for code in (MEMBER, OTHER_MEMBER, THIRD):
        answer = await by_phone(place, pin=PINS[code])
        assert answer.json()["member_id"] == PEOPLE[code]["id"]
    await same_pin(place, OTHER_MEMBER)
    both = await by_phone(place)
    assert refused(both) == (403, "phone_shared")
    assert "kode atau nomor kartu" in both.json()["detail"]
    assert (await by_phone(place, pin=PINS[THIRD])).json()["member_id"] == PEOPLE[THIRD]["id"]
    assert (await place.sign_in(OTHER_MEMBER, PINS[MEMBER])).status_code == 200
    assert [await wrong_tries(place, code) for code in (MEMBER, OTHER_MEMBER, THIRD)] == [0, 0, 0]


async def test_signing_in_often_shuts_nobody_of_the_family_out(place: Place) -> None:
    await share_phone(place, OTHER_MEMBER)
    for _ in range(FREE_TRIES):
        assert refused(await by_phone(place, pin=WRONG_PIN)) == (401, "wrong_phone_or_pin")
    for _ in range(FREE_TRIES + 3):
        assert (await by_phone(place)).status_code == 200
    assert [await wrong_tries(place, code) for code in (MEMBER, OTHER_MEMBER)] == [0, FREE_TRIES]
    assert (await by_phone(place, pin=PINS[OTHER_MEMBER])).status_code == 200
    assert (await place.sign_in(OTHER_MEMBER)).status_code == 200


async def test_nobody_learns_whether_a_number_is_a_members(place: Place) -> None:
    await share_phone(place, OTHER_MEMBER)
    unknown = await by_phone(place, "0812-9999-8888")
    alone = await by_phone(place, PEOPLE[THIRD]["phone"], pin=WRONG_PIN)
    shared = await by_phone(place, pin=WRONG_PIN)
    nonsense = await by_phone(place, "bukan nomor")
    assert unknown.json() == alone.json() == shared.json() == nonsense.json()
    assert refused(unknown) == (401, "wrong_phone_or_pin")
    assert "kode atau nomor kartu" in unknown.json()["detail"]


async def test_a_number_of_a_whole_waste_bank_finds_nobody(place: Place) -> None:
    await share_phone(place, *(f"NSB-00{number}" for number in (2, 4, 5, 6, 7)))
    assert refused(await by_phone(place)) == (401, "wrong_phone_or_pin")
    assert (await place.sign_in(MEMBER)).status_code == 200


async def test_a_stranger_who_knows_the_number_shuts_that_way_alone(place: Place) -> None:
    made = await place.post("devices:trust", await place.header(MEMBER), **place.card(MEMBER))
    proof: dict[str, Any] = {"device_token": made.json()["device_token"]}
    way = next(each for each in WAYS if each.secret.startswith("PIN, with a member's phone number"))
    assert await shut(place) == way.tries == 5
    answer = await by_phone(place)
    assert (refused(answer), answer.json()["parameters"]) == ((429, "phone_sign_in_locked"), {"minutes": 15})
    (act,) = await place.acts("pin_tries_used_up")
    assert act["subject_id"] == PEOPLE[MEMBER]["id"]
    assert (await place.sign_in(MEMBER)).status_code == 200, "with the code, even on a strange browser"
    number = place.card(MEMBER)["card_number"]
    assert (await place.post("tokens", card_number=number, pin=PINS[MEMBER])).status_code == 200
    assert (await by_phone(place, **proof)).status_code == 200, "with the number, on the own phone"
    assert refused(await by_phone(place)) == (429, "phone_sign_in_locked"), "nothing opens for the stranger"
    await place.rows("update guess set locked_until = now() - interval '1 s'")
    assert (await by_phone(place)).json()["warnings"] == [
        {"kind": "wrong_pins", "session_id": None, "at": None, "count": 5}
    ]


async def test_wrong_codes_do_not_shut_the_number_nor_the_number_the_code(place: Place) -> None:
    for _ in range(FREE_TRIES + 1):
        await place.sign_in(MEMBER, WRONG_PIN)
    assert refused(await place.sign_in(MEMBER)) == (429, "sign_in_locked")
    assert (await by_phone(place)).status_code == 200


async def test_one_of_the_family_who_is_shut_out_does_not_shut_out_the_rest(place: Place) -> None:
    await shut(place)
    await share_phone(place, OTHER_MEMBER)
    assert (await by_phone(place, pin=PINS[OTHER_MEMBER])).status_code == 200
    assert refused(await by_phone(place)) == (401, "wrong_phone_or_pin"), "the locked one is not even tried"


async def test_a_new_pin_opens_the_way_again(place: Place) -> None:
    who = await place.header(MEMBER)
    await shut(place)
    body: dict[str, Any] = {"old_pin": PINS[MEMBER], "new_pin": "837261"}
    assert (await place.post("pins:change", who, **body)).status_code < 300
    assert (await by_phone(place, pin="837261")).status_code == 200


async def test_who_left_is_found_by_no_number(place: Place) -> None:
    await place.rows("update member set merged_into_id = $1 where code = $2", PEOPLE[THIRD]["id"], MEMBER)
    assert refused(await by_phone(place)) == (401, "wrong_phone_or_pin")


@pytest.mark.parametrize(
    "body",
    [
        {"pin": "837261"},
        {"phone": PHONE},
        {"phone": PHONE, "code": MEMBER, "pin": "837261"},
        {"phone": PHONE, "card_number": "123456789012", "pin": "837261"},
        {"phone": PHONE, "pin": "837261", "card_secret": "ABCDEFGH"},
        {"phone": PHONE, "pin": "837261", "tablet_id": PEOPLE["PTG-01"]["tablet_id"]},
        {"phone": "12", "pin": "837261"},
        {"phone": "0" * 25, "pin": "837261"},
        {"phone": 812, "pin": "837261"},
        {"phone": "0812\x000000", "pin": "837261"},
    ],
)
async def test_a_request_of_another_shape_is_refused(place: Place, body: dict[str, Any]) -> None:
    assert refused(await place.post("tokens", **body)) == (422, "invalid_request")


async def test_the_session_is_as_any_other(place: Place) -> None:
    signed_in = (await by_phone(place)).json()
    again = await place.post("tokens:refresh", refresh_token=signed_in["refresh_token"])
    assert again.status_code == 200
    listed = (await place.get("sessions", bearer(again.json()["access_token"]))).json()["sessions"]
    assert [each["session_id"] for each in listed] == [signed_in["session_id"]]
