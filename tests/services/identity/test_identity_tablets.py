"""Tablets are registered, enrolled by a code that works once, and refused everywhere seconds after they are revoked."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from deploy.local.ports import free_ports
from services.wallet.main import create as create_wallet
from services.wallet.settings import WalletSettings
from shared.kernel.ids import uuid7
from tests.builders import ISSUER
from tests.services.identity.seeded_stage import (
    CEMARA_OPERATOR,
    MEMBER,
    OFFICE,
    OPERATOR,
    PAKAM_PROGRAMME,
    PEOPLE,
    PROGRAMME,
    SECOND,
    Place,
    bearer,
    refused,
)

NEW = {"name": "TAB-77", "waste_bank_id": "lubuk-pakam-induk"}


async def enrolled(place: Place, **changes: str) -> dict[str, Any]:
    who = await place.header(PAKAM_PROGRAMME)
    registered = await place.post("tablets", who, **{**NEW, **changes})
    assert registered.status_code == 201, registered.text
    answer = await place.post(
        "tablets:enrol", code=registered.json()["enrolment_code"].lower().replace("-", " ")
    )
    assert answer.status_code == 200, answer.text
    return {name: answer.json()[name] for name in ("tablet_id", "tablet_secret")}


async def test_a_tablet_is_enrolled_once_and_then_shows_its_secret(place: Place) -> None:
    who = await place.header(PROGRAMME)
    registered = (await place.post("tablets", who, **NEW)).json()
    code = registered["enrolment_code"]
    answer = await place.post("tablets:enrol", code=code)
    assert (answer.json()["name"], answer.json()["waste_bank_id"]) == ("TAB-77", "lubuk-pakam-induk")
    assert refused(await place.post("tablets:enrol", code=code)) == (403, "wrong_tablet_code")
    shown = {"tablet_id": registered["tablet_id"], "tablet_secret": answer.json()["tablet_secret"]}
    signed_in = (await place.sign_in(OPERATOR, **shown)).json()
    assert (signed_in["tablet_id"], signed_in["device_known"]) == (registered["tablet_id"], True)
    for wrong in ({"tablet_id": shown["tablet_id"]}, {**shown, "tablet_secret": "x" * 43}):
        assert refused(await place.sign_in(OPERATOR, **wrong)) == (403, "unknown_tablet")
    assert refused(await place.sign_in(CEMARA_OPERATOR, **shown)) == (403, "unknown_tablet")
    assert refused(await place.sign_in(MEMBER, **shown)) == (403, "unknown_tablet")
    everything = str([tuple(row) for row in await place.rows("select * from tablet")])
    assert shown["tablet_secret"] not in everything
    assert code.replace("-", "")[4:] not in everything
    assert len(await place.acts("tablet_registered")) == len(await place.acts("tablet_enrolled")) == 1


async def test_a_seeded_tablet_needs_its_secret_too(place: Place) -> None:
    shown = place.tablet(OPERATOR)
    assert refused(await place.sign_in(OPERATOR, tablet_id=shown["tablet_id"])) == (403, "unknown_tablet")
    await place.rows("update tablet set secret_hash = null")
    assert (await place.sign_in(OPERATOR, tablet_id=shown["tablet_id"])).status_code == 200, (
        "as before secrets"
    )
    await place.seed_again()
    assert refused(await place.sign_in(OPERATOR, tablet_id=shown["tablet_id"])) == (403, "unknown_tablet")
    assert (await place.sign_in(OPERATOR, **shown)).status_code == 200


async def test_a_tablet_that_was_never_enrolled_opens_nothing(place: Place) -> None:
    registered = (await place.post("tablets", await place.header(PROGRAMME), **NEW)).json()
    assert refused(await place.sign_in(OPERATOR, tablet_id=registered["tablet_id"])) == (
        403,
        "unknown_tablet",
    )
    await place.rows("update tablet set code_until = now() - interval '1 second'")
    late = await place.post("tablets:enrol", code=registered["enrolment_code"])
    assert refused(late) == (403, "wrong_tablet_code")
    assert refused(await place.post("tablets:enrol", code="ZZZZ-ZZZZZ-ZZZZZ")) == (403, "wrong_tablet_code")


@pytest.mark.parametrize(
    ("by", "bank", "code"),
    [
        (PAKAM_PROGRAMME, "batang-kuis-pekan", "not_your_area"),
        (PROGRAMME, "nowhere", "unknown_area"),
        (OPERATOR, "lubuk-pakam-induk", "not_allowed"),
        (OFFICE, "lubuk-pakam-induk", "not_allowed"),
        (MEMBER, "lubuk-pakam-induk", "not_allowed"),
    ],
)
async def test_who_registers_tablets_where(place: Place, by: str, bank: str, code: str) -> None:
    answer = await place.post("tablets", await place.header(by), **{**NEW, "waste_bank_id": bank})
    assert answer.json()["code"] == code


async def test_who_sees_and_revokes_which_tablets(place: Place) -> None:
    async def names(code: str, **query: str) -> list[str]:
        answer = await place.get("tablets", await place.header(code), **query)
        return [each["name"] for each in answer.json()["tablets"]]

    assert await names(PROGRAMME) == await names(OFFICE) == [f"TAB-0{number}" for number in range(1, 6)]
    assert await names(PAKAM_PROGRAMME) == [f"TAB-0{number}" for number in range(1, 5)]
    assert await names(OPERATOR) == ["TAB-01", "TAB-02"]
    assert await names(PROGRAMME, waste_bank_id="lubuk-pakam-cemara") == ["TAB-03"]
    assert await names(OPERATOR, waste_bank_id="lubuk-pakam-cemara") == []
    assert refused(await place.get("tablets", await place.header(MEMBER))) == (403, "not_allowed")
    own, far = PEOPLE[OPERATOR]["tablet_id"], PEOPLE["PTG-05"]["tablet_id"]
    for by in (OPERATOR, OFFICE, MEMBER):
        answer = await place.post(f"tablets/{own}:revoke", await place.header(by), reason="Hilang")
        assert refused(answer) == (403, "not_allowed")
    pakam = await place.header(PAKAM_PROGRAMME)
    for wrong in (far, uuid7()):
        answer = await place.post(f"tablets/{wrong}:revoke", pakam, reason="Hilang")
        assert refused(answer) == (404, "unknown_tablet_here")


async def test_revoking_ends_the_sessions_and_says_so(place: Place) -> None:
    shown = await enrolled(place)
    signed_in = (await place.sign_in(OPERATOR, **shown)).json()
    who = await place.header(PAKAM_PROGRAMME)
    path = f"tablets/{shown['tablet_id']}:revoke"
    first = (await place.post(path, who, reason="Hilang di jalan")).json()
    assert first["revoked_at"] is not None
    assert (await place.post(path, who, reason="Lagi")).json() == first
    assert refused(await place.sign_in(OPERATOR, **shown)) == (403, "unknown_tablet")
    proof: dict[str, Any] = {
        "refresh_token": signed_in["refresh_token"],
        "tablet_secret": shown["tablet_secret"],
    }
    assert refused(await place.post("tokens:refresh", **proof)) == (401, "session_over")
    (act,) = await place.acts("tablet_revoked")
    assert (act["why"], act["subdistrict_code"]) == ("Hilang di jalan", "12.07.28")
    listed = (await place.get("revocations")).json()
    assert listed == {"sessions": [signed_in["session_id"]], "tablets": [shown["tablet_id"]]}


@asynccontextmanager
async def served(application: object, port: int) -> AsyncIterator[uvicorn.Server]:
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_config=None, lifespan="off"))  # type: ignore[arg-type]
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(10):
            while not server.started:
                await asyncio.sleep(0.02)
        yield server
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_another_service_refuses_a_revoked_tablet_within_six_seconds_and_survives_identitys_absence(
    place: Place, fresh_database: Callable[[str], str]
) -> None:
    (port,) = free_ports(1)
    lost, kept = await enrolled(place), await enrolled(place, name="TAB-78")
    thief = bearer((await place.sign_in(OPERATOR, **lost)).json()["access_token"])
    honest = bearer((await place.sign_in(SECOND, **kept)).json()["access_token"])
    wallet = create_wallet(
        WalletSettings(
            database_url=fresh_database("wallet"),
            JWKS_URL=f"http://127.0.0.1:{port}/v1/jwks",
            TOKEN_ISSUER=ISSUER,
        )
    ).application(frozenset({"door"}))
    path = f"/v1/members/{uuid7()}/balance"
    transport = httpx.ASGITransport(wallet, raise_app_exceptions=False)
    identity = place.door._transport.app  # type: ignore[attr-defined]
    async with (
        wallet.router.lifespan_context(wallet),
        httpx.AsyncClient(transport=transport, base_url="http://wallet") as door,
    ):
        async with served(identity, port):
            assert (await door.get(path, headers=thief)).status_code != 401
            assert (await door.get(path, headers=honest)).status_code != 401
            who = await place.header(PROGRAMME)
            answer = await place.post(f"tablets/{lost['tablet_id']}:revoke", who, reason="Hilang")
            assert answer.status_code == 200
            begun = time.monotonic()
            while (await door.get(path, headers=thief)).status_code != 401:
                assert time.monotonic() - begun < 6
                await asyncio.sleep(0.05)
            print(f"refused after {time.monotonic() - begun:.1f} s")
        away_until = time.monotonic() + 6
        while time.monotonic() < away_until:
            assert (await door.get(path, headers=thief)).status_code == 401
            assert (await door.get(path, headers=honest)).status_code != 401
            await asyncio.sleep(0.5)


async def test_tokens_name_their_session_and_tablet(place: Place) -> None:
    shown = await enrolled(place)
    signed_in = (await place.sign_in(OPERATOR, **shown)).json()
    caller = await place.caller(signed_in["access_token"])
    assert (caller.tablet_id, caller.session_id) == (
        UUID(shown["tablet_id"]),
        UUID(signed_in["session_id"]),
    )
    (row,) = await place.rows("select last_seen_at, enrolled_at from tablet where id = $1", caller.tablet_id)
    assert row["last_seen_at"] > row["enrolled_at"]
