"""Signing in, keys, enrolment and reading, through the door, on a real PostgreSQL."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from services.identity.domain.seeded import seeded_people
from services.identity.main import KEY_OVERLAP, _seed, create
from services.identity.settings import IdentitySettings
from services.identity.workflows.signing import rotate_keys
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.sealing import Sealer, read_secrets
from shared.runtime.tokens import InvalidTokenError, Tokens
from tests.services.identity.seeded_stage import (
    CEMARA_OPERATOR,
    MEMBER,
    OFFICE,
    OPERATOR,
    OTHER_MEMBER,
    PEOPLE,
    PINS,
    PROGRAMME,
    SECOND,
    Place,
)


def new_member(**changes: Any) -> dict[str, Any]:
    return {
        "member_id": str(uuid7()),
        "kind": "person",
        "name": "Canary Simanullang",
        "phone": "0812-0000-9876",
        "waste_bank_id": "lubuk-pakam-induk",
        "enrolled_at": "2026-11-20T09:30:00+07:00",
        **changes,
    }


async def verifier(place: Place) -> Tokens:
    async def fetch() -> dict[str, Any]:
        keys: dict[str, Any] = (await place.door.get("/v1/jwks")).json()
        return keys

    return Tokens(fetch, place.settings.token_issuer)


async def test_an_operator_signs_in_on_a_tablet_for_a_working_day(place: Place) -> None:
    tablet_id = PEOPLE[OPERATOR]["tablet_id"]
    answer = (await place.sign_in(OPERATOR.lower(), PINS[OPERATOR], **place.tablet(OPERATOR))).json()
    assert answer["role"] == "operator"
    lasts = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=11) < lasts <= timedelta(hours=12)
    caller = await (await verifier(place)).caller(answer["access_token"])
    assert caller.role is Role.OPERATOR
    assert caller.waste_bank_ids == {"lubuk-pakam-induk"}
    assert caller.subdistrict_codes == {"12.07.28"}
    assert str(caller.tablet_id) == tablet_id
    assert str(caller.subject) == PEOPLE[OPERATOR]["id"]
    assert caller.member_id is None


async def test_a_member_gets_ten_minutes_and_a_tablet_elsewhere_is_refused(place: Place) -> None:
    answer = (await place.sign_in(MEMBER)).json()
    assert datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC) <= timedelta(minutes=10)
    assert answer["member_id"] == answer["subject_id"]
    assert answer["subdistrict_codes"] == ["12.07.28"], (
        "caps on redemptions are judged by the member's own area"
    )
    refused = await place.sign_in(OPERATOR, **place.tablet(CEMARA_OPERATOR))
    assert (refused.status_code, refused.json()["code"]) == (403, "unknown_tablet")
    refused = await place.sign_in(MEMBER, **place.tablet(OPERATOR))
    assert (refused.status_code, refused.json()["code"]) == (403, "unknown_tablet")


async def test_wrong_pins_shut_the_code_and_time_opens_it(place: Place) -> None:
    wrong = f"{(int(PINS[MEMBER]) + 1) % 1_000_000:06}"
    for _ in range(5):
        answer = await place.sign_in(MEMBER, wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_code_or_pin")
    answer = await place.sign_in(MEMBER)
    assert (answer.status_code, answer.json()["code"]) == (429, "sign_in_locked")
    assert answer.json()["parameters"] == {"minutes": 15}
    assert (await place.sign_in(OTHER_MEMBER)).status_code == 200
    await place.rows("update credential set locked_until = now() - interval '1 s' where code = $1", MEMBER)
    answer = await place.sign_in(MEMBER, wrong)
    assert answer.status_code == 401
    assert (await place.sign_in(MEMBER)).json()["parameters"] == {"minutes": 30}
    await place.rows("update credential set locked_until = now() - interval '1 s' where code = $1", MEMBER)
    assert (await place.sign_in(MEMBER)).status_code == 200
    (row,) = await place.rows("select wrong_tries, locked_until from credential where code = $1", MEMBER)
    assert (row["wrong_tries"], row["locked_until"]) == (0, None)


async def test_twenty_guesses_at_once_are_counted_like_twenty_in_a_row(place: Place) -> None:
    answers = await asyncio.gather(*[place.sign_in(MEMBER, f"{guess:06}") for guess in range(20)])
    checked = sum(answer.status_code == 401 for answer in answers)
    assert checked <= 5
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_an_unknown_code_takes_as_long_as_a_wrong_pin(place: Place) -> None:
    async def seconds(code: str) -> float:
        begun = time.monotonic()
        assert (await place.sign_in(code, "000000")).json()["code"] == "wrong_code_or_pin"
        return time.monotonic() - begun

    await seconds("NOBODY")
    unknown = min([await seconds(f"NOBODY-{number}") for number in range(3)])
    known = min([await seconds(code) for code in ("NSB-010", "NSB-011", "NSB-012")])
    assert unknown > known / 3


async def test_keys_rotate_without_shutting_anybody_out(place: Place) -> None:
    tokens = await verifier(place)
    old = (await place.sign_in(OPERATOR)).json()["access_token"]
    await tokens.caller(old)
    first = await place.door.get("/v1/jwks")
    assert first.headers["cache-control"] == "public, max-age=300"
    connection = await asyncpg.connect(place.settings.database_url)
    async with connection.transaction():
        sealer = Sealer(read_secrets(place.settings.key_file), "identity")
        await rotate_keys(connection, sealer, datetime.now(UTC), KEY_OVERLAP)
    await connection.close()
    published = (await place.door.get("/v1/jwks")).json()["keys"]
    assert len(published) == 3, "the one that signed, the one that signs, the one that will"
    assert all(set(key) == {"kty", "crv", "use", "alg", "kid", "x"} for key in published)
    new = (await place.sign_in(OPERATOR)).json()["access_token"]
    tokens._asked_at = float("-inf")  # ten seconds have passed since it last asked for keys
    assert (await tokens.caller(new)).role is Role.OPERATOR
    assert (await tokens.caller(old)).role is Role.OPERATOR
    with pytest.raises(InvalidTokenError):
        await tokens.caller(new[:-6] + "AAAAAA")


async def test_enrolling_twice_is_enrolling_once_and_other_words_are_a_conflict(place: Place) -> None:
    header = await place.header(OPERATOR)
    body = new_member(pin="837261")
    first = await place.door.post("/v1/members", json=body, headers=header)
    assert first.status_code == 201, first.text
    again = await place.door.post("/v1/members", json=body, headers=await place.header(SECOND))
    assert again.status_code == 200
    assert again.json() == {**first.json(), "repeated": True}
    other = await place.door.post("/v1/members", json={**body, "name": "Somebody Else"}, headers=header)
    assert (other.status_code, other.json()["code"]) == (409, "member_conflict")
    shared_phone = await place.door.post(
        "/v1/members", json=new_member(phone="+62 812 0000 9876"), headers=header
    )
    assert shared_phone.json()["others_with_phone"] == 1
    signed_in = await place.sign_in(first.json()["code"], "837261")
    assert signed_in.json()["member_id"] == body["member_id"]
    said = await place.rows("select unnest(payloads) as payload from outbox")
    ours = [event for row in said if (event := json.loads(row["payload"]))["member_id"] == body["member_id"]]
    assert len(ours) == 1
    assert (ours[0]["has_phone"], ours[0]["kind"], ours[0]["subdistrict_code"]) == (
        True,
        "person",
        "12.07.28",
    )


async def test_no_name_and_no_phone_is_readable_in_the_database_or_in_events(place: Place) -> None:
    header = await place.header(OPERATOR)
    assert (await place.door.post("/v1/members", json=new_member(), headers=header)).status_code == 201
    for table in ("member", "staff", "outbox", "credential", "signing_key"):
        for row in await place.rows(f"select * from {table}"):
            text = "".join(
                value.decode("latin-1") if isinstance(value, bytes) else str(value)
                for cell in row.values()
                for value in (cell if isinstance(cell, list) else [cell])
            )
            assert "Canary" not in text
            assert "12000098" not in text
            assert "Marlina" not in text


async def test_who_may_read_a_member(place: Place) -> None:
    member = next(each for each in seeded_people().members if each.code == MEMBER)

    async def read(code: str) -> httpx.Response:
        return await place.door.get(f"/v1/members/{member.id}", headers=await place.header(code))

    own = (await read(MEMBER)).json()
    assert (own["name"], own["phone"]) == (member.name, member.phone)
    operator = (await read(CEMARA_OPERATOR)).json()
    assert operator["name"] == member.name
    assert operator["phone"] == "+62812*****001"
    assert (await read("PTG-05")).json()["code"] == "unknown_member_here"
    assert (await read(OTHER_MEMBER)).json()["code"] == "unknown_member_here"
    assert (await read(OFFICE)).json()["code"] == "not_allowed"
    assert (await read(PROGRAMME)).status_code == 200


async def test_an_operator_enrols_only_at_the_own_bank(place: Place) -> None:
    header = await place.header(OPERATOR)

    async def code_of(**changes: Any) -> str:
        answer = await place.door.post("/v1/members", json=new_member(**changes), headers=header)
        return str(answer.json()["code"])

    assert await code_of(waste_bank_id="lubuk-pakam-cemara") == "not_your_waste_bank_for_member"
    assert await code_of(waste_bank_id="nowhere") == "unknown_waste_bank_for_member"
    assert await code_of(phone="021-5550000") == "wrong_member_phone"
    assert await code_of(member_id="7b5d6d3a-2d1c-4c67-8a55-0d1a5b8a7a11") == "invalid_request"
    assert await code_of(enrolled_at="9999-12-31T23:59:59-12:00") == "invalid_request"
    assert await code_of(name="a\x00b") == "invalid_request"


async def test_seeding_again_changes_nothing(place: Place) -> None:
    before = await place.rows("select * from credential order by code")
    events = await place.rows("select sum(event_count) as events from outbox")
    await _seed(place.settings)
    assert await place.rows("select * from credential order by code") == before
    assert await place.rows("select sum(event_count) as events from outbox") == events
    assert events[0]["events"] == 40


async def test_a_key_file_that_does_not_fit_opens_nothing(place: Place, tmp_path: Path) -> None:
    assert (await place.door.get("/v1/jwks")).status_code == 200
    other = IdentitySettings(database_url=place.settings.database_url, key_file=tmp_path / "other.key")
    application = create(other).application(frozenset({"door"}))
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://identity") as door:
            assert (await door.get("/v1/jwks")).status_code == 500
    assert (tmp_path / "other.key").stat().st_mode & 0o777 == 0o600
