"""Who is signed in: sealed, renewed in time and once, and gone when it ends."""

import asyncio
import base64
import json
from pathlib import Path

import httpx
import pytest

from tests.services.identity.seeded_stage import MEMBER, OPERATOR, PEOPLE, PINS, refused
from tests.services.web.conftest import OpenSite
from tests.services.web.web_stage import API, APP, ORIGIN, Site

JSON = {"Content-Type": "application/json", "Origin": ORIGIN}


async def _signed_in(site: Site, browser: httpx.AsyncClient) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=site.identity, trust_env=False) as door:
        headers = {"User-Agent": browser.headers["user-agent"]}
        token = await door.post("/v1/tokens", json={"code": MEMBER, "pin": PINS[MEMBER]}, headers=headers)
    answer = await browser.post("/uji/masuk", content=token.content, headers=JSON)
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = token.json()
    return found


async def _sessions_of_member(site: Site, token: str) -> list[dict[str, object]]:
    async with httpx.AsyncClient(base_url=site.identity, trust_env=False) as door:
        answer = await door.get("/v1/sessions", headers={"Authorization": f"Bearer {token}"})
    found: list[dict[str, object]] = answer.json()["sessions"]
    return found


async def test_a_session_lives_in_a_sealed_cookie_alone(site: Site) -> None:
    browser = site.browser()
    token = await _signed_in(site, browser)
    (cookie,) = browser.cookies.jar
    assert (cookie.name, cookie.path) == ("warga", "/")
    sealed = base64.urlsafe_b64decode(str(cookie.value) + "==")
    for secret in (token["access_token"], token["refresh_token"], MEMBER):
        assert secret.encode() not in sealed
    assert len(str(cookie.value)) < 2_000
    assert (await browser.get("/uji/saya")).text == f"member {PEOPLE[MEMBER]['id']} False"


async def test_who_is_not_signed_in_is_led_to_the_right_page_and_back(site: Site) -> None:
    answer = await site.browser().get("/uji/saya?bulan=11&x=%2F%2Fjahat")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/masuk?ke=/uji/saya%3Fbulan%3D11%26x%3D%252F%252Fjahat"


@pytest.mark.parametrize("damage", ["", "x", "A" * 400, "%%%", "é"])
async def test_a_cookie_that_is_not_ours_is_nobody(site: Site, damage: str) -> None:
    browser = site.browser()
    answer = await browser.get("/uji/saya", headers=[(b"cookie", f"warga={damage}".encode())])
    assert answer.status_code == 303


async def test_a_cookie_opens_as_nothing_else(site: Site) -> None:
    tablet = await site.signed_in()
    sealed = {cookie.name: str(cookie.value) for cookie in tablet.cookies.jar}
    other = site.browser(**APP)
    answer = await other.get("/uji/saya", headers={"Cookie": f"warga={sealed['petugas']}"})
    assert answer.status_code == 303
    answer = await other.get(f"{API}/saya", headers={"Cookie": f"petugas={sealed['tablet']}"})
    assert refused(answer) == (401, "sign_in_needed")


async def test_a_token_that_ends_is_renewed_before_it_is_used(open_site: OpenSite) -> None:
    # A minute is less than what is left when a token is renewed: every page is a renewal.
    async with open_site(member_token_minutes=1) as site:
        browser = site.browser()
        await _signed_in(site, browser)
        cookies = [browser.cookies["warga"]]
        for _ in range(3):
            assert (await browser.get("/uji/saya")).status_code == 200
            cookies.append(browser.cookies["warga"])
        assert len(set(cookies)) == 4


async def test_pages_that_load_at_once_share_a_renewal_and_nobody_is_signed_out(open_site: OpenSite) -> None:
    async with open_site(member_token_minutes=1) as site:
        browser = site.browser()
        token = await _signed_in(site, browser)
        cookie = {"Cookie": f"warga={browser.cookies['warga']}"}
        answers = await asyncio.gather(*[site.browser().get("/uji/saya", headers=cookie) for _ in range(12)])
        assert {answer.status_code for answer in answers} == {200}
        # Somebody goes back and loads an old page again, with the cookie of then.
        assert (await site.browser().get("/uji/saya", headers=cookie)).status_code == 200
        (session,) = await _sessions_of_member(site, token["access_token"])
        assert session["ended_at"] is None


async def test_while_identity_is_silent_nobody_is_taken_for_signed_out(open_site: OpenSite) -> None:
    async with (
        open_site(member_token_minutes=1) as site,
        open_site(IDENTITY_URL="http://127.0.0.1:9", JWKS_URL="http://127.0.0.1:9/v1/jwks") as cut_off,
    ):
        browser = site.browser()
        await _signed_in(site, browser)
        cookie = {"Cookie": f"warga={browser.cookies['warga']}"}
        answer = await cut_off.browser().get("/uji/saya", headers=cookie)
        assert answer.status_code == 200  # the token is still good for its minute
        assert "set-cookie" not in answer.headers
        assert refused(
            await cut_off.browser(**APP).post(f"{API}/tablet", json={"code": "7G56-FHHVG-NSRVW"})
        ) == (503, "try_again")


async def test_signing_out_ends_it_here_and_at_identity(site: Site) -> None:
    tablet = await site.signed_in()
    before = tablet.cookies["petugas"]
    assert (await tablet.post(f"{API}/keluar")).status_code == 204
    assert "petugas" not in tablet.cookies
    assert refused(await tablet.get(f"{API}/saya")) == (401, "sign_in_needed")
    again = site.browser(**APP)
    path = f"{API}/identity/v1/members/{PEOPLE[MEMBER]['id']}"

    async def is_refused() -> bool:
        answer = await again.get(path, headers={"Cookie": f"petugas={before}"})
        return answer.status_code == 401

    async with asyncio.timeout(60):
        while not await is_refused():
            await asyncio.sleep(0.2)


async def test_a_session_that_was_ended_elsewhere_is_over_at_its_next_renewal(open_site: OpenSite) -> None:
    async with open_site(member_token_minutes=1) as site:
        browser = site.browser()
        token = await _signed_in(site, browser)
        async with httpx.AsyncClient(base_url=site.identity, trust_env=False) as door:
            await door.post("/v1/tokens:sign-out", json={"refresh_token": token["refresh_token"]})
        answer = await browser.get("/uji/saya")
        assert answer.status_code == 303
        assert "warga" not in browser.cookies


async def test_a_new_key_opens_what_the_old_one_sealed(open_site: OpenSite, tmp_path: Path) -> None:
    async with open_site() as site:
        browser = site.browser()
        await _signed_in(site, browser)
        cookie = {"Cookie": f"warga={browser.cookies['warga']}"}
    keys = tmp_path / "web.key"
    keys.write_text("a newer secret that nobody else knows at all\n" + keys.read_text())
    async with open_site() as site:
        assert (await site.browser().get("/uji/saya", headers=cookie)).status_code == 200
    keys.write_text(keys.read_text().splitlines()[0])
    async with open_site() as site:
        assert (await site.browser().get("/uji/saya", headers=cookie)).status_code == 303


async def test_with_https_cookies_travel_encrypted_only(open_site: OpenSite) -> None:
    async with open_site(public_url="https://timbang.example") as site:
        browser = site.browser(**APP)
        answer = await browser.post(f"{API}/tablet", json={"code": await site.enrolment_code()})
        assert "; Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_no_personal_word_is_logged(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    tablet = await site.signed_in()
    secrets = [PINS[OPERATOR], *[str(cookie.value) for cookie in tablet.cookies.jar]]
    await tablet.post(f"{API}/masuk", json={"code": OPERATOR, "pin": "000000"})
    await tablet.post(f"{API}/identity/v1/members:find", json={"phone": PEOPLE[MEMBER]["phone"]})
    await tablet.get("/uji/rusak")
    written = "".join(capfd.readouterr())
    assert "page_failed" in written
    for word in (*secrets, PEOPLE[MEMBER]["phone"], PEOPLE[OPERATOR]["name"], json.dumps(PINS[OPERATOR])):
        assert word not in written
