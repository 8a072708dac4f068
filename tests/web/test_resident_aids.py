"""What a script adds to the resident's pages does what its button says: nearest first, copied, read aloud, sent once.

The place, the clipboard and the voice are those of the browser; only what comes out of the loudspeaker is written down.
"""

import re
from typing import Any

import pytest
from playwright.async_api import Page

from tests.web.browsing import PHONE
from tests.web.buying import look_again
from tests.web.conftest import Handheld, OpenDevice
from tests.web.signing_in import make_known, sign_in_resident
from tests.web.town import Town
from tests.web.wording import t

# At the port where words would become sound.
LOUDSPEAKER = """
window.__spoken = []
Object.defineProperty(window, 'speechSynthesis', {value: {
  cancel() { window.__spoken = [] },
  speak(words) { window.__spoken.push({text: words.text, lang: words.lang, rate: words.rate}) },
}})
"""
METER = "32112345679"
_NUMBER = re.compile(r"\d+(?:,\d)?")


async def _rows(page: Page) -> list[str]:
    rows: list[str] = await page.locator("[data-dekat-daftar] > li a").evaluate_all(
        "links => links.map(each => each.getAttribute('href'))"
    )
    return rows


async def test_the_nearest_waste_bank_comes_first_and_the_place_stays_here(open_device: OpenDevice) -> None:
    phone = await open_device(PHONE)
    page = phone.page
    await page.goto("/bank-sampah")
    before = await _rows(page)
    last = page.locator("[data-dekat-daftar] > li[data-lintang]").last
    wanted = await last.locator("a").get_attribute("href")
    at = {name: float(await last.get_attribute(f"data-{name}") or "") for name in ("lintang", "bujur")}
    await phone.context.grant_permissions(["geolocation"])
    await phone.context.set_geolocation({"latitude": at["lintang"] + 0.001, "longitude": at["bujur"]})
    asked = len(phone.watch.requests)
    await page.get_by_role("button", name=t("warga.bank.dekat")).click()
    await page.get_by_text(t("warga.bank.dekat.beres")).wait_for()
    rows = await _rows(page)
    assert rows[0] == wanted
    assert sorted(rows) == sorted(before)
    told = await page.locator("[data-jarak-sini]").all_inner_texts()
    distances = [float(_NUMBER.findall(each)[0].replace(",", ".")) for each in told if each]
    assert distances
    assert distances == sorted(distances)
    assert distances[0] < 0.3
    assert phone.watch.requests[asked:] == []


async def test_whoever_tells_no_place_chooses_a_village(open_device: OpenDevice) -> None:
    phone = await open_device(PHONE)
    page = phone.page
    await phone.context.clear_permissions()
    await page.goto("/bank-sampah")
    before = await _rows(page)
    await page.get_by_role("button", name=t("warga.bank.dekat")).click()
    await page.get_by_text(t("warga.bank.dekat.gagal")).wait_for()
    assert await _rows(page) == before


async def _with_token(town: Town, open_device: OpenDevice) -> tuple[Handheld, list[str]]:
    """A phone that shows a token that was just bought, and the token's groups."""
    resident = await town.resident("Ruminta Uji", rupiah=40_000)
    phone = await open_device(PHONE)
    await phone.context.add_init_script(LOUDSPEAKER)
    page = phone.page
    await sign_in_resident(page, resident)
    await make_known(page, resident, "/tukar/listrik")
    await page.locator("[name=nomor]").fill(f"{METER[:-4]}{town.new_phone()[-4:]}")
    await page.get_by_role("radio", name="Rp20.000").check()
    await page.get_by_role("button", name=t("warga.tukar.lanjut")).click()
    await page.locator('[data-uji="dipotong"]').wait_for()
    await page.locator("main form button").click()
    await page.locator('[data-uji="jumlah"]').wait_for()
    await look_again(page, town.books, resident)
    await page.locator('[data-uji="token"] li').first.wait_for()
    return phone, await page.locator('[data-uji="token"] li').all_inner_texts()


async def _spoken(page: Page) -> dict[str, Any]:
    (said,) = await page.evaluate("window.__spoken")
    found: dict[str, Any] = said
    return found


async def test_a_token_is_copied_whole_and_read_digit_by_digit(town: Town, open_device: OpenDevice) -> None:
    phone, groups = await _with_token(town, open_device)
    page = phone.page
    await phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for place in ("here", "on the page that is kept"):
        await page.evaluate("navigator.clipboard.writeText('')")
        await page.get_by_role("button", name=t("warga.token.salin"), exact=True).click()
        await page.get_by_role("button", name=t("warga.token.tersalin"), exact=True).wait_for()
        assert await page.evaluate("navigator.clipboard.readText()") == "".join(groups), place
        await page.get_by_role("button", name=t("warga.token.dengar")).click()
        said = await _spoken(page)
        assert said["text"] == ". ".join(" ".join(group) for group in groups)
        assert said["lang"] == "id-ID"
        assert said["rate"] < 1
        if place == "here":
            await page.get_by_role("link", name=t("warga.token.simpan")).click()
            await page.get_by_text(t("warga.token.tersimpan")).wait_for()


async def test_where_nothing_may_be_copied_the_digits_are_marked(town: Town, open_device: OpenDevice) -> None:
    phone, groups = await _with_token(town, open_device)
    page = phone.page
    await page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    await page.get_by_role("button", name=t("warga.token.salin"), exact=True).click()
    await page.get_by_role("button", name=t("warga.token.salin.gagal")).wait_for()
    marked = await page.evaluate("getSelection().toString()")
    assert "".join(marked.split()) == "".join(groups)


@pytest.mark.parametrize(("language", "voice"), [("id", "id-ID"), ("en", "en-GB")])
async def test_the_balance_is_read_in_the_readers_language(
    town: Town, open_device: OpenDevice, language: Any, voice: str
) -> None:
    resident = await town.resident("Sumiati Uji", rupiah=12_000)
    phone = await open_device(PHONE)
    await phone.context.add_init_script(LOUDSPEAKER)
    page = phone.page
    await sign_in_resident(page, resident)
    await page.goto(f"/bahasa/{language}?ke=/")
    rupiah = "".join(filter(str.isdigit, await page.locator('[data-uji="saldo"]').inner_text()))
    await page.get_by_role("button", name=t("warga.token.dengar", language)).click()
    said = await _spoken(page)
    assert said["text"] == t("warga.saldo.dengar", language, jumlah=rupiah)
    assert said["lang"] == voice


async def test_a_button_sleeps_while_its_form_is_on_its_way(resident_page: Handheld) -> None:
    page = resident_page.page
    await page.goto("/masuk")
    await page.locator("[name=siapa]").fill("XXXXX-XXXXX")
    await page.locator("[name=pin]").fill("000000")
    # The form stays on its way: what a second tap would find can be looked at.
    form = "document.querySelector('form[action=\"/masuk\"]')"
    await page.evaluate(f"() => {form}.addEventListener('submit', event => event.preventDefault())")
    button = page.get_by_role("button", name=t("warga.masuk.tombol"))
    await button.click()
    await page.wait_for_function(f"() => {form}.querySelector('button').disabled")
    # Whoever comes back to the page from the next one may use it again.
    await page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert await button.is_enabled()
