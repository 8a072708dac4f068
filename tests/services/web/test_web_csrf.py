"""A form is taken only from a page of ours, opened in the same browser and under the same sign-in."""

import httpx
import pytest

from services.web.pages.common import own_place
from tests.services.identity.seeded_stage import PINS
from tests.services.web.web_stage import ORIGIN, Site

OURS = {"Origin": ORIGIN}


async def _word(browser: httpx.AsyncClient, path: str = "/uji") -> str:
    return (await browser.get(path)).text


async def _send(
    browser: httpx.AsyncClient, word: str, *, path: str = "/uji", headers: dict[str, str] | None = None
) -> httpx.Response:
    form = {"csrf": word, "kata": "jadi"}
    return await browser.post(path, data=form, headers=OURS if headers is None else headers)


async def test_a_form_of_ours_is_taken_before_anybody_is_signed_in(site: Site) -> None:
    browser = site.browser()
    answer = await _send(browser, await _word(browser))
    assert (answer.status_code, answer.text) == (200, "jadi")


async def test_the_word_is_another_one_in_each_page_and_all_of_them_fit(site: Site) -> None:
    browser = site.browser()
    first, second = await _word(browser), await _word(browser)
    assert first != second
    for word in (first, second):
        assert (await _send(browser, word)).status_code == 200


@pytest.mark.parametrize("word", ["", "x", "00", "é", "00" * 64, "zz" * 64])
async def test_a_word_that_is_not_ours_is_refused_in_words(site: Site, word: str) -> None:
    browser = site.browser()
    await _word(browser)
    answer = await _send(browser, word)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert "saldo aman" in answer.text


async def test_a_word_of_another_browser_or_face_does_not_fit(site: Site) -> None:
    browser, other = site.browser(), site.browser()
    await _word(other)
    assert (await _send(other, await _word(browser))).status_code == 403
    assert (await _send(browser, await _word(browser, "/kantor/uji"))).status_code == 403
    assert (await _send(browser, await _word(browser, "/kantor/uji"), path="/kantor/uji")).status_code == 200


async def test_the_word_hangs_on_the_sign_in(site: Site) -> None:
    browser = site.browser()
    async with httpx.AsyncClient(base_url=site.identity, trust_env=False) as door:
        first = await door.post("/v1/tokens", json={"code": "NSB-001", "pin": PINS["NSB-001"]})
        second = await door.post("/v1/tokens", json={"code": "NSB-002", "pin": PINS["NSB-002"]})
    await browser.post("/uji/masuk", content=first.content, headers=OURS)
    word = await _word(browser)
    assert (await _send(browser, word)).status_code == 200
    assert browser.cookies.get("kunci") is None
    await browser.post("/uji/masuk", content=second.content, headers=OURS)
    assert (await _send(browser, word)).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://jahat.example"},
        {"Origin": "http://127.0.0.1:84"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_what_another_site_sends_is_refused_even_with_the_right_word(
    site: Site, headers: dict[str, str]
) -> None:
    browser = site.browser()
    answer = await _send(browser, await _word(browser), headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8400"}])
async def test_what_our_own_pages_send_is_taken(site: Site, headers: dict[str, str]) -> None:
    browser = site.browser()
    assert (await _send(browser, await _word(browser), headers=headers)).status_code == 200


async def test_every_page_forbids_what_is_not_its_own(site: Site) -> None:
    for path in ("/uji", "/tidak-ada", "/uji/rusak", "/petugas/api/saya"):
        headers = (await site.browser().get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy.replace("https:", "http:")
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "place",
    ["//jahat.example", "https://jahat.example", "/\\jahat", "\\\\jahat", "javascript:1", "", "x", "/a\nb"],
)
def test_a_way_back_never_leads_elsewhere(place: str) -> None:
    assert own_place(place, "/otherwise") == "/otherwise"


def test_a_way_back_leads_back() -> None:
    assert own_place("/riwayat?bulan=11&hal=2#akhir", "/") == "/riwayat?bulan=11&hal=2#akhir"
