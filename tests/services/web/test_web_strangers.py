"""Whoever comes with what is not theirs: another browser's cookie, a code of the staff, headers that nobody expects."""

import asyncio

import httpx
import pytest

from services.web.words import Words
from tests.services.identity.seeded_stage import (
    MEMBER,
    OPERATOR,
    PEOPLE,
    PINS,
    PROGRAMME,
    SECOND,
    bearer,
    refused,
)
from tests.services.web.conftest import OpenSite
from tests.services.web.test_resident_pages import HERE, send, signed_in, words
from tests.services.web.web_stage import API, Site

STRANGE = "peramban ñ 手机".encode()


async def test_a_stolen_cookie_is_not_renewed_out_of_its_owners_renewal(open_site: OpenSite) -> None:
    async with open_site(member_token_minutes=1) as site:
        owner, thief = site.browser(**{"User-Agent": "owner"}), site.browser(**{"User-Agent": "thief"})
        answer = await send(owner, "/", "/masuk", siapa=MEMBER, pin=PINS[MEMBER], ke="/")
        assert answer.status_code == 303
        stolen = {"Cookie": f"warga={owner.cookies['warga']}"}
        assert (await owner.get("/uji/saya")).status_code == 200
        answer = await thief.get("/uji/saya", headers=stolen)
        assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?ke=/uji/saya")
        # A second user: the session ends for both, and its owner is told at the next sign-in.
        assert (await owner.get("/uji/saya")).status_code == 303
        answer = await send(owner, "/", "/masuk", siapa=MEMBER, pin=PINS[MEMBER], ke="/")
        assert answer.headers["location"] == "/?ingat=token_reused"


@pytest.mark.parametrize("code", [OPERATOR, PROGRAMME])
async def test_staff_get_no_residents_session(site: Site, code: str) -> None:
    browser = site.browser()
    answer = await send(browser, "/", "/masuk", siapa=code, pin=PINS[code], ke="/")
    assert answer.status_code == 403
    assert Words.read().say("id", "warga.masuk.galat.petugas") in words(answer)
    assert "warga" not in browser.cookies


async def test_a_wrong_card_code_is_told(site: Site) -> None:
    browser = await signed_in(site)
    wrong = {"kartu": PEOPLE[MEMBER]["card_number"], "kode": "ZZZZZZZZ"}
    answer = await send(browser, "/perangkat-baru", **wrong)
    assert answer.status_code == 403, words(answer)


async def test_a_browser_may_call_itself_by_any_letters(site: Site) -> None:
    browser = site.browser()
    shown = await browser.get("/", headers=[(b"user-agent", STRANGE)])
    assert shown.status_code == 200
    found = shown.text.split('name="csrf" value="')[1].split('"')[0]
    fields = {"siapa": MEMBER, "pin": PINS[MEMBER], "ke": "/", "csrf": found}
    answer = await browser.post(
        "/masuk",
        data=fields,
        headers=[*[(k.encode(), v.encode()) for k, v in HERE.items()], (b"user-agent", STRANGE)],
    )
    assert answer.status_code == 303, words(answer)


async def test_a_header_with_strange_letters_is_judged_by_the_service_that_reads_it(site: Site) -> None:
    tablet = await site.signed_in()
    answer = await tablet.get(
        f"{API}/identity/v1/members/{PEOPLE[MEMBER]['id']}", headers=[(b"idempotency-key", STRANGE)]
    )
    assert refused(answer) == (404, "unknown_member_here")  # of another waste bank


async def test_nothing_is_done_in_the_name_of_who_signed_in_in_another_tab(site: Site) -> None:
    tablet = await site.signed_in()
    path = f"{API}/identity/v1/tablets/{(await tablet.get(f'{API}/tablet')).json()['tablet_id']}/key"
    for meant, status in ((OPERATOR, 200), (SECOND, 401)):
        answer = await tablet.get(path, headers={"X-Timbang-Operator": PEOPLE[meant]["id"]})
        assert answer.status_code == status, answer.text
    assert refused(answer) == (401, "sign_in_needed")
    assert (await tablet.get(f"{API}/saya")).json()["operator_id"] == PEOPLE[OPERATOR]["id"]


@pytest.mark.parametrize("what", ["staff", "tablet"])
async def test_the_app_hears_that_its_operator_left_or_its_tablet_is_lost(site: Site, what: str) -> None:
    tablet = await site.signed_in()
    here = (await tablet.get(f"{API}/tablet")).json()
    async with httpx.AsyncClient(base_url=site.identity, trust_env=False) as door:
        token = await door.post("/v1/tokens", json={"code": PROGRAMME, "pin": PINS[PROGRAMME]})
        header = bearer(token.json()["access_token"])
        path = (
            f"staff/{PEOPLE[OPERATOR]['id']}:end"
            if what == "staff"
            else f"tablets/{here['tablet_id']}:revoke"
        )
        answer = await door.post(f"/v1/{path}", json={"reason": "Tidak kembali"}, headers=header)
    assert answer.status_code == 200, answer.text
    async with asyncio.timeout(60):
        while (await tablet.get(f"{API}/saya")).status_code != 401:
            await asyncio.sleep(0.2)
    assert "petugas" not in tablet.cookies
    again = await tablet.post(f"{API}/masuk", json={"code": OPERATOR, "pin": PINS[OPERATOR]})
    gone = (401, "wrong_code_or_pin") if what == "staff" else (403, "unknown_tablet")
    assert refused(again) == gone


async def test_a_staff_token_reaches_nothing_through_the_gateway(site: Site) -> None:
    """Somebody of the programme holds a tablet: the gateway opens for operators of its waste bank alone."""
    tablet = await site.tablet()
    answer = await tablet.post(f"{API}/masuk", json={"code": PROGRAMME, "pin": PINS[PROGRAMME]})
    assert refused(answer) == (403, "unknown_tablet")
    async with httpx.AsyncClient(base_url=site.identity, trust_env=False) as door:
        token = await door.post("/v1/tokens", json={"code": PROGRAMME, "pin": PINS[PROGRAMME]})
    header = bearer(token.json()["access_token"])
    assert refused(await tablet.get(f"{API}/identity/v1/members:changes", headers=header)) == (
        404,
        "not_found",
    )
    member = f"{API}/identity/v1/members/{PEOPLE[MEMBER]['id']}"
    assert refused(await tablet.get(member, headers=header)) == (401, "sign_in_needed")
