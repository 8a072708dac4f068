"""Refresh tokens, trusted phones, ending sessions, and PINs that are changed or forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.kernel.ids import uuid7
from tests.services.identity.seeded_stage import (
    CEMARA_OPERATOR,
    MEMBER,
    OFFICE,
    OPERATOR,
    OTHER_MEMBER,
    PAKAM_PROGRAMME,
    PEOPLE,
    PINS,
    PROGRAMME,
    SECOND,
    SECOND_PROGRAMME,
    Place,
    bearer,
    refused,
)

OTHER_BROWSER = {"User-Agent": "another browser"}
NEW_PIN = "837261"


async def refresh(
    place: Place, token: str, headers: dict[str, str] | None = None, **proof: Any
) -> httpx.Response:
    return await place.post("tokens:refresh", headers, refresh_token=token, **proof)


async def age_used(place: Place, by: str) -> None:
    await place.rows(f"update refresh_token set used_at = used_at - interval '{by}'")


async def trusted(place: Place, code: str = MEMBER) -> tuple[dict[str, Any], dict[str, Any]]:
    signed_in = (await place.sign_in(code)).json()
    answer = await place.post("devices:trust", bearer(signed_in["access_token"]), **place.card(code))
    assert answer.status_code == 201, answer.text
    return signed_in, answer.json()


async def until_refused(place: Place, header: dict[str, str]) -> float:
    begun = asyncio.get_running_loop().time()
    while (await place.get("sessions", header)).status_code != 401:
        assert asyncio.get_running_loop().time() - begun < 6.5
        await asyncio.sleep(0.1)
    return asyncio.get_running_loop().time() - begun


@pytest.mark.parametrize(
    ("code", "more", "access", "session"),
    [
        (MEMBER, {}, timedelta(minutes=10), timedelta(days=30)),
        (PROGRAMME, {}, timedelta(minutes=15), timedelta(hours=12)),
        (OFFICE, {}, timedelta(minutes=15), timedelta(hours=12)),
        (OPERATOR, Place.tablet(OPERATOR), timedelta(hours=12), timedelta(days=30)),
        (MEMBER, {"card_secret": PEOPLE[MEMBER]["card_secret"]}, timedelta(minutes=5), timedelta(minutes=5)),
    ],
)
async def test_how_long_tokens_last(
    place: Place, code: str, more: dict[str, str], access: timedelta, session: timedelta
) -> None:
    answer = (await place.sign_in(code, **more)).json()
    now = datetime.now(UTC)
    for field, lasts in (("expires_at", access), ("session_expires_at", session)):
        left = datetime.fromisoformat(answer[field]) - now
        assert lasts - timedelta(seconds=20) < left <= lasts
    assert (answer["refresh_token"] is None) == (access == session)


async def test_a_refresh_token_works_once_and_goes_on(place: Place) -> None:
    token = (await place.sign_in(MEMBER)).json()["refresh_token"]
    seen = {token}
    for _ in range(3):
        answer = (await refresh(place, token)).json()
        token = answer["refresh_token"]
        assert token not in seen
        seen.add(token)
        assert answer["warnings"] == []
        assert (await place.get("sessions", bearer(answer["access_token"]))).status_code == 200
    stored = await place.rows("select hash from refresh_token")
    assert len(stored) == 4
    assert all(len(row["hash"]) == 32 for row in stored)
    assert refused(await refresh(place, "x" * 43)) == (401, "session_over")


async def test_a_lost_answer_is_given_once_more_to_the_same_browser(place: Place) -> None:
    first = (await place.sign_in(MEMBER)).json()["refresh_token"]
    lost = (await refresh(place, first)).json()
    again = (await refresh(place, first)).json()
    assert again["refresh_token"] == lost["refresh_token"]
    assert (await refresh(place, again["refresh_token"])).status_code == 200
    assert refused(await refresh(place, first)) == (401, "token_reused")


async def test_a_third_time_is_too_often_for_a_browser(place: Place) -> None:
    first = (await place.sign_in(MEMBER)).json()["refresh_token"]
    assert [(await refresh(place, first)).status_code for _ in range(3)] == [200, 200, 401]


async def test_two_at_once_get_the_same_successor(place: Place) -> None:
    first = (await place.sign_in(MEMBER)).json()["refresh_token"]
    answers = await asyncio.gather(refresh(place, first), refresh(place, first))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


@pytest.mark.parametrize("how", ["too late", "another browser", "after the successor"])
async def test_a_used_token_ends_the_whole_session_and_the_owner_is_told(place: Place, how: str) -> None:
    signed_in = (await place.sign_in(MEMBER)).json()
    first = signed_in["refresh_token"]
    second = (await refresh(place, first)).json()
    if how == "too late":
        await age_used(place, "61 seconds")
    if how == "after the successor":
        await refresh(place, second["refresh_token"])
    answer = await refresh(place, first, OTHER_BROWSER if how == "another browser" else None)
    assert refused(answer) == (401, "token_reused")
    assert refused(await refresh(place, second["refresh_token"])) == (401, "session_over")
    assert await until_refused(place, bearer(second["access_token"])) < 6.5
    (act,) = await place.acts("session_ended")
    assert (act["subject_id"], act["actor_role"]) == (signed_in["member_id"], "service")
    anew = (await place.sign_in(MEMBER)).json()
    assert [(each["kind"], each["session_id"]) for each in anew["warnings"]] == [
        ("token_reused", signed_in["session_id"])
    ]
    assert (await place.sign_in(MEMBER)).json()["warnings"] == [], "told once"
    listed = (await place.get("sessions", bearer(anew["access_token"]))).json()["sessions"]
    ended = {each["session_id"]: each["ended_reason"] for each in listed}
    assert ended[signed_in["session_id"]] == "token_reused"
    assert ended[anew["session_id"]] is None


async def test_a_tablet_comes_back_from_a_valley_with_its_old_token(place: Place) -> None:
    tablet = place.tablet(OPERATOR)
    proof: dict[str, Any] = {"tablet_secret": tablet["tablet_secret"]}
    first = (await place.sign_in(OPERATOR, **tablet)).json()["refresh_token"]
    lost = (await refresh(place, first, **proof)).json()
    await age_used(place, "20 hours")
    found = (await refresh(place, first, **proof)).json()
    assert found["refresh_token"] == lost["refresh_token"]
    assert (await refresh(place, first, **proof)).status_code == 200, "that answer may get lost as well"
    assert (await refresh(place, found["refresh_token"], **proof)).status_code == 200
    assert refused(await refresh(place, first, **proof)) == (401, "token_reused")


async def test_a_tablets_token_is_worth_nothing_without_the_tablet(place: Place) -> None:
    tablet = place.tablet(OPERATOR)
    token = (await place.sign_in(OPERATOR, **tablet)).json()["refresh_token"]
    assert refused(await refresh(place, token)) == (401, "token_reused")
    assert refused(await refresh(place, token, tablet_secret=tablet["tablet_secret"])) == (
        401,
        "session_over",
    )


async def test_signing_out_ends_the_session_everywhere(place: Place) -> None:
    signed_in = (await place.sign_in(MEMBER)).json()
    other = (await place.sign_in(MEMBER)).json()
    assert (await place.post("tokens:sign-out", refresh_token=signed_in["refresh_token"])).status_code == 204
    assert (await place.post("tokens:sign-out", refresh_token="nobody" * 8)).status_code == 204
    assert refused(await refresh(place, signed_in["refresh_token"])) == (401, "session_over")
    await until_refused(place, bearer(signed_in["access_token"]))
    assert (await place.get("sessions", bearer(other["access_token"]))).status_code == 200
    revoked = (await place.get("revocations")).json()
    assert revoked == {"sessions": [signed_in["session_id"]], "tablets": []}
    await place.rows("update revocation set until = now() - interval '1 second'")
    assert (await place.get("revocations")).json() == {"sessions": [], "tablets": []}


async def test_one_ends_ones_own_sessions_and_no_others(place: Place) -> None:
    mine, stranger = (await place.sign_in(MEMBER)).json(), (await place.sign_in(OTHER_MEMBER)).json()
    who = bearer((await place.sign_in(MEMBER)).json()["access_token"])
    listed = (await place.get("sessions", who)).json()["sessions"]
    assert [each["is_this_one"] for each in listed] == [True, False]
    assert {each["where"] for each in listed} == {"browser"}
    for wrong in (stranger["session_id"], uuid7()):
        assert refused(await place.post(f"sessions/{wrong}:end", who)) == (404, "unknown_session")
    assert (await place.post(f"sessions/{mine['session_id']}:end", who)).status_code == 204
    assert (await place.post(f"sessions/{mine['session_id']}:end", who)).status_code == 204
    assert refused(await refresh(place, mine["refresh_token"])) == (401, "session_over")
    assert (await refresh(place, stranger["refresh_token"])).status_code == 200


async def test_an_unknown_browser_looks_and_a_trusted_one_spends(place: Place) -> None:
    signed_in, made = await trusted(place)
    assert (signed_in["may_spend"], signed_in["device_known"]) == (False, False)
    assert (made["token"]["may_spend"], made["token"]["session_id"]) == (True, signed_in["session_id"])
    caller = await place.caller(made["token"]["access_token"])
    assert (caller.may_spend, str(caller.session_id)) == (True, signed_in["session_id"])
    proof: dict[str, Any] = {"device_token": made["device_token"]}
    lost = (await refresh(place, signed_in["refresh_token"])).json()
    assert lost["may_spend"] is True, "whose answer was lost goes on without the device's token"
    assert (await refresh(place, lost["refresh_token"], **proof)).json()["may_spend"] is True
    again = (await place.sign_in(MEMBER, **proof)).json()
    assert (again["may_spend"], again["device_known"]) == (True, True)
    assert (await place.sign_in(OTHER_MEMBER, **proof)).json()["may_spend"] is False, "not their phone"
    who = bearer(again["access_token"])
    (device,) = (await place.get("devices", who)).json()["devices"]
    assert device["device_id"] == made["device_id"]
    stranger = await place.header(OTHER_MEMBER)
    assert refused(await place.post(f"devices/{made['device_id']}:forget", stranger)) == (
        404,
        "unknown_device",
    )
    assert (await place.post(f"devices/{made['device_id']}:forget", who)).status_code == 204
    assert refused(await refresh(place, again["refresh_token"], **proof)) == (401, "session_over")
    assert (await place.sign_in(MEMBER, **proof)).json()["may_spend"] is False
    assert len(await place.acts("device_trusted")) == len(await place.acts("device_forgotten")) == 1


async def test_only_the_own_card_makes_a_phone_trusted(place: Place) -> None:
    who = await place.header(MEMBER)
    other = place.card(OTHER_MEMBER)
    own = place.card(MEMBER)
    for wrong in (
        other,
        {**own, "card_secret": other["card_secret"]},
        {**own, "card_number": other["card_number"]},
    ):
        assert refused(await place.post("devices:trust", who, **wrong)) == (403, "wrong_card_secret")
    staff = await place.header(OPERATOR)
    assert refused(await place.post("devices:trust", staff, **own)) == (403, "not_allowed")
    printed = {**own, "card_secret": PEOPLE[MEMBER]["card_code"].lower()}
    assert (await place.post("devices:trust", who, **printed)).status_code == 201, (
        "the printed code does as well"
    )


async def test_card_and_pin_at_a_counter_spend_for_five_minutes(place: Place) -> None:
    card = place.card(MEMBER)
    answer = await place.post("tokens", pin=PINS[MEMBER], **card)
    assert (answer.json()["may_spend"], answer.json()["refresh_token"]) == (True, None)
    by_number = await place.post("tokens", pin=PINS[MEMBER], card_number=card["card_number"])
    assert by_number.json()["may_spend"] is False
    wrong = await place.sign_in(MEMBER, card_secret=place.card(OTHER_MEMBER)["card_secret"])
    assert refused(wrong) == (401, "wrong_code_or_pin")
    assert refused(await place.post("tokens", pin=PINS[MEMBER])) == (422, "invalid_request")
    both = await place.sign_in(MEMBER, card_number=card["card_number"])
    assert refused(both) == (422, "invalid_request")
    await place.rows(
        "update card set blocked_at = now(), blocked_why = 'lost' where number = $1", card["card_number"]
    )
    for blocked in (
        {"card_number": card["card_number"]},
        {"code": MEMBER, "card_secret": card["card_secret"]},
    ):
        answer = await place.post("tokens", pin=PINS[MEMBER], **blocked)
        assert refused(answer) == (401, "wrong_code_or_pin")


async def test_a_member_at_the_counters_tablet_shows_the_card_there(place: Place) -> None:
    tablet, card = place.tablet(CEMARA_OPERATOR), place.card(MEMBER)
    answer = (await place.post("tokens", pin=PINS[MEMBER], **card, **tablet)).json()
    assert (answer["tablet_id"], answer["may_spend"], answer["refresh_token"]) == (
        tablet["tablet_id"],
        True,
        None,
    )
    assert datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC) <= timedelta(minutes=5)
    assert refused(await place.sign_in(MEMBER, **tablet)) == (403, "unknown_tablet"), "without the card"
    unproven = {"tablet_id": tablet["tablet_id"]}
    assert refused(await place.post("tokens", pin=PINS[MEMBER], **card, **unproven)) == (
        403,
        "unknown_tablet",
    )
    who = await place.header(PROGRAMME)
    assert (
        await place.post(f"tablets/{tablet['tablet_id']}:revoke", who, reason="Hilang")
    ).status_code == 200
    assert await until_refused(place, bearer(answer["access_token"])) < 6.5


async def test_a_pin_is_changed_and_other_sessions_end(place: Place) -> None:
    other, own = (await place.sign_in(MEMBER)).json(), (await place.sign_in(MEMBER)).json()
    who = bearer(own["access_token"])
    body: dict[str, Any] = {"old_pin": PINS[MEMBER], "new_pin": NEW_PIN}
    assert refused(await place.post("pins:change", who, **{**body, "new_pin": "170845"})) == (
        422,
        "pin_too_common",
    )
    assert refused(await place.post("pins:change", who, **{**body, "old_pin": NEW_PIN})) == (
        403,
        "wrong_old_pin",
    )
    assert (await place.post("pins:change", who, **body)).status_code == 204
    assert refused(await refresh(place, other["refresh_token"])) == (401, "session_over")
    assert (await refresh(place, own["refresh_token"])).status_code == 200
    assert refused(await place.sign_in(MEMBER)) == (401, "wrong_code_or_pin")
    assert (await place.sign_in(MEMBER, NEW_PIN)).status_code == 200
    assert [act["actor_role"] for act in await place.acts("pin_changed")] == ["member"]


async def test_a_forgotten_pin_needs_two_of_the_staff_and_its_owner(place: Place) -> None:
    first, second = await place.header(OPERATOR), await place.header(SECOND)
    member = next(code for code in PEOPLE if PEOPLE[code].get("waste_bank_id") == "lubuk-pakam-induk")
    signed_in = (await place.sign_in(member)).json()
    asked: dict[str, Any] = {"code": member, "reason": "Datang dengan kartu"}
    cemara = await place.header(CEMARA_OPERATOR)
    assert refused(await place.post("pin-resets", cemara, **asked)) == (404, "unknown_sign_in_code")
    assert refused(await place.post("pin-resets", await place.header(OFFICE), **asked)) == (
        403,
        "not_allowed",
    )
    opened = await place.post("pin-resets", first, **asked)
    assert opened.status_code == 201
    path = f"pin-resets/{opened.json()['reset_id']}:confirm"
    assert refused(await place.post(path, first)) == (403, "another_person_needed")
    assert refused(await place.post(path, cemara)) == (404, "unknown_pin_reset")
    assert (await place.sign_in(member)).status_code == 200, "the old PIN holds until a new one is chosen"
    confirmed = (await place.post(path, second)).json()
    assert refused(await place.post(path, second)) == (409, "pin_reset_over")
    choice: dict[str, Any] = {"code": member, "one_time_code": confirmed["one_time_code"], "pin": NEW_PIN}
    assert refused(await place.post("pins:choose", **{**choice, "pin": "111111"})) == (422, "pin_too_common")
    assert refused(await place.post("pins:choose", **{**choice, "code": OTHER_MEMBER})) == (
        403,
        "wrong_one_time_code",
    )
    assert (await place.post("pins:choose", **choice)).status_code == 204
    assert refused(await place.post("pins:choose", **choice)) == (403, "wrong_one_time_code")
    assert (await place.sign_in(member, NEW_PIN)).status_code == 200
    assert refused(await refresh(place, signed_in["refresh_token"])) == (401, "session_over")
    for action in ("pin_reset_opened", "pin_reset_confirmed", "pin_chosen"):
        (act,) = await place.acts(action)
        assert (act["subject_id"], act["subdistrict_code"]) == (PEOPLE[member]["id"], "12.07.28")


async def test_the_second_person_finds_what_waits(place: Place) -> None:
    async def waiting(code: str) -> list[tuple[str, str]]:
        answer = await place.get("pin-resets", await place.header(code))
        assert answer.status_code == 200, answer.text
        return [(each["code"], each["reason"]) for each in answer.json()["pin_resets"]]

    here = next(code for code in PEOPLE if PEOPLE[code].get("waste_bank_id") == "lubuk-pakam-induk")
    first = await place.header(OPERATOR)
    opened = (await place.post("pin-resets", first, code=here, reason="Datang dengan kartu")).json()
    await place.post("pin-resets", await place.header(PROGRAMME), code=SECOND, reason="Lupa di rumah")
    member, staff = (here, "Datang dengan kartu"), (SECOND, "Lupa di rumah")
    assert await waiting(PROGRAMME) == await waiting(PAKAM_PROGRAMME) == [member, staff]
    assert await waiting(OPERATOR) == [member]
    assert await waiting(SECOND) == [member], "not the own one, and staff are helped by the programme"
    assert await waiting(CEMARA_OPERATOR) == []
    (found,) = (await place.get("pin-resets", first)).json()["pin_resets"]
    assert (found["reset_id"], found["until"]) == (opened["reset_id"], opened["until"])
    assert (found["opened_by"], found["role"]) == (PEOPLE[OPERATOR]["id"], "member")
    for code in (OFFICE, MEMBER):
        assert refused(await place.get("pin-resets", await place.header(code))) == (403, "not_allowed")
    second = await place.header(SECOND)
    assert (await place.post(f"pin-resets/{opened['reset_id']}:confirm", second)).status_code == 200
    assert await waiting(OPERATOR) == []
    await place.rows("update pin_reset set until = now() - interval '1 second'")
    assert await waiting(PROGRAMME) == []


async def test_a_reset_is_over_after_fifteen_minutes(place: Place) -> None:
    first, second = await place.header(PROGRAMME), await place.header(PAKAM_PROGRAMME)
    opened = (await place.post("pin-resets", first, code=MEMBER, reason="Lupa")).json()
    await place.rows("update pin_reset set until = now() - interval '1 second'")
    path = f"pin-resets/{opened['reset_id']}:confirm"
    assert refused(await place.post(path, second)) == (409, "pin_reset_over")
    opened = (await place.post("pin-resets", first, code=MEMBER, reason="Lupa")).json()
    made = (await place.post(f"pin-resets/{opened['reset_id']}:confirm", second)).json()
    await place.rows("update pin_code set until = now() - interval '1 second'")
    answer = await place.post("pins:choose", code=MEMBER, one_time_code=made["one_time_code"], pin=NEW_PIN)
    assert refused(answer) == (403, "wrong_one_time_code")


async def test_staff_are_helped_by_a_programme_that_covers_them_and_not_by_themselves(place: Place) -> None:
    regency, other = await place.header(PROGRAMME), await place.header(SECOND_PROGRAMME)
    pakam, operator = await place.header(PAKAM_PROGRAMME), await place.header(OPERATOR)
    asked: dict[str, Any] = {"code": PROGRAMME, "reason": "Lupa"}
    assert refused(await place.post("pin-resets", operator, code=SECOND, reason="Lupa")) == (
        404,
        "unknown_sign_in_code",
    )
    assert refused(await place.post("pin-resets", pakam, **asked)) == (404, "unknown_sign_in_code")
    opened = (await place.post("pin-resets", other, **asked)).json()
    path = f"pin-resets/{opened['reset_id']}:confirm"
    assert refused(await place.post(path, regency)) == (403, "another_person_needed"), "it is their own PIN"
    opened = (await place.post("pin-resets", pakam, code=SECOND, reason="Lupa")).json()
    assert (await place.post(f"pin-resets/{opened['reset_id']}:confirm", regency)).status_code == 200
