"""What the site refuses: forms and calls that are not its own; and what cookies may and may not do."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.web.conftest import Handheld, Running
from tests.web.signing_in import sign_in_resident, sign_in_staff
from tests.web.town import Town

# No cookie of ours may be read by a script or travel along from a foreign page's form.
STRICT = {"kantor", "perangkat_kantor", "petugas", "tablet", "loket"}
ELSEWHERE = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}


@pytest_asyncio.fixture(loop_scope="session")
async def knock(system: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=system.web, trust_env=False, timeout=20) as client:
        yield client


def _here(system: Running) -> dict[str, str]:
    return {"Origin": system.web, "Sec-Fetch-Site": "same-origin"}


async def test_cookies_are_for_the_server_alone(
    town: Town, resident_page: Handheld, staff_page: Handheld
) -> None:
    await sign_in_resident(resident_page.page, await town.resident())
    await sign_in_staff(staff_page.page, town.programme())
    for context in (resident_page.context, staff_page.context):
        cookies = await context.cookies()
        assert {each.get("name") for each in cookies} & {"warga", "kantor"}
        for cookie in cookies:
            assert cookie.get("httpOnly"), cookie
            assert cookie.get("sameSite") == ("Strict" if cookie.get("name") in STRICT else "Lax"), cookie
    # What is signed in at /kantor is not sent to the residents' pages.
    paths = {each.get("name"): each.get("path") for each in await staff_page.context.cookies()}
    assert paths["kantor"] == "/kantor"


async def test_a_form_from_elsewhere_changes_nothing(
    system: Running, town: Town, resident_page: Handheld, knock: httpx.AsyncClient
) -> None:
    resident = await town.resident()
    await sign_in_resident(resident_page.page, resident)
    for cookie in await resident_page.context.cookies():
        knock.cookies.set(str(cookie.get("name")), str(cookie.get("value")))
    word = await resident_page.page.locator("[name=csrf]").first.input_value()
    without_word = await knock.post("/keluar", headers=_here(system))
    assert without_word.status_code in {400, 403}
    wrong_word = await knock.post("/keluar", data={"csrf": "0" * len(word)}, headers=_here(system))
    assert wrong_word.status_code in {400, 403}
    from_elsewhere = await knock.post("/keluar", data={"csrf": word}, headers=ELSEWHERE)
    assert from_elsewhere.status_code == 403
    silent_about_it = await knock.post("/keluar", data={"csrf": word})
    assert silent_about_it.status_code == 403
    await resident_page.page.reload()
    assert "/masuk" not in resident_page.page.url
    assert await resident_page.page.locator("[name=siapa]").count() == 0
    own = await knock.post("/keluar", data={"csrf": word}, headers=_here(system))
    assert own.status_code == 303


async def test_a_word_of_one_browser_is_none_in_another(
    system: Running, resident_page: Handheld, knock: httpx.AsyncClient
) -> None:
    await resident_page.page.goto("/masuk")
    word = await resident_page.page.locator("[name=csrf]").first.input_value()
    form = {"csrf": word, "siapa": "NSB-001", "pin": "000000"}
    stolen = await knock.post("/masuk", data=form, headers=_here(system))
    assert stolen.status_code in {400, 403}


@pytest.mark.parametrize(
    "path",
    [
        "/petugas/api/masuk",
        "/petugas/api/tablet",
        "/petugas/api/deposit/v1/deposits:batch",
        "/petugas/api/loket/masuk",
    ],
)
async def test_the_gateway_hears_only_the_app(system: Running, knock: httpx.AsyncClient, path: str) -> None:
    plain = await knock.post(path, json={}, headers=_here(system))
    assert plain.status_code in {400, 403}, plain.text
    assert plain.headers["content-type"].startswith("application/problem+json")
    elsewhere = await knock.post(path, json={}, headers={**ELSEWHERE, "X-Timbang": "petugas"})
    assert elsewhere.status_code == 403, elsewhere.text


async def test_the_gateway_passes_on_only_what_the_app_needs(
    system: Running, knock: httpx.AsyncClient
) -> None:
    headers = {**_here(system), "X-Timbang": "petugas"}
    for path in ("wallet/v1/ledger/totals", "identity/v1/staff", "payout/v1/float", "adoption/v1/anything"):
        answer = await knock.get(f"/petugas/api/{path}", headers=headers)
        assert answer.status_code in {401, 403, 404}, path
    for odd in ("deposit/v1/../../healthz/ready", "deposit/v1/%2e%2e/%2e%2e/metrics", "http://127.0.0.1:1/"):
        answer = await knock.get(f"/petugas/api/{odd}", headers=headers)
        assert answer.status_code in {400, 401, 403, 404}, odd


async def test_nobody_is_led_away_after_signing_in(town: Town, resident_page: Handheld) -> None:
    resident = await town.resident()
    page = resident_page.page
    for trap in ("//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"):
        await resident_page.context.clear_cookies()
        await page.goto(f"/masuk?ke={trap}")
        await page.locator("[name=siapa]").fill(resident.code)
        await page.locator("[name=pin]").fill(resident.pin)
        await page.locator("form:has([name=pin]) button:not([type=button])").click()
        await page.wait_for_url(lambda url: "/masuk" not in url)
        assert page.url.startswith(resident_page.address), page.url


@pytest.mark.parametrize("path", ["/", "/masuk", "/nowhere", "/kantor", "/petugas", "/static/nothing.js"])
async def test_every_answer_is_closed(knock: httpx.AsyncClient, path: str) -> None:
    answer = await knock.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (
        "server" not in {name.lower() for name in answer.headers} or "uvicorn" not in answer.headers["server"]
    )
