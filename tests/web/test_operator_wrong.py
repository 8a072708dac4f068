"""What people type wrong, and what a tablet runs out of: each is answered in words, and nothing is lost by it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.kernel.ids import uuid7
from tests.demo.cast import MAIN_BANK
from tests.demo.waiting import until
from tests.web.books import Books
from tests.web.conftest import Handheld
from tests.web.cutter import Line
from tests.web.ports import equip
from tests.web.tablet import Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(400)
CARDBOARD = ("K02", "bersih", "2,5")
EMOJI = "Ibu 😀 Nurhayati 🌸 dari Gang Mawar yang panjang sekali namanya"
SECONDS = 60.0
FULL_SECONDS = 120.0
# A saving has ended, either way.
_TOLD = "() => location.hash.startsWith('#/struk/') || !document.querySelector('[data-uji=\"simpan\"][aria-busy]')"

_OWN_ID = """
fetch('/petugas/api/tablet', {headers: {'X-Timbang': 'petugas'}})
  .then(answer => answer.json()).then(said => said.tablet_id)
"""
_REFUSED = """
bank => fetch(`/petugas/api/deposit/v1/bags?waste_bank_id=${bank}`, {headers: {'X-Timbang': 'petugas'}})
  .then(answer => answer.status === 401)
"""


async def _alerts(tablet: Tablet) -> str:
    return "\n".join(await tablet.page.get_by_role("alert").all_inner_texts())


async def test_a_quantity_that_is_none_is_never_taken(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    page = tablet.page
    await tablet.choose(resident)
    await tablet.put("K02", "bersih", "")
    unit = t("petugas.satuan.kg")
    # Zero is no weight: it cannot be checked, and another tile does not lay it down.
    for zero in ("0", "0,", "0,000"):
        for key in zero:
            await page.keyboard.press(key)
        await tablet.mark("periksa").click()
        await page.get_by_text(t("petugas.timbang.nol")).wait_for()
        assert await tablet.mark("simpan").count() == 0
        assert await tablet.mark("layar").inner_text() == f"{zero} {unit}"
        for _ in zero:
            await page.keyboard.press("Backspace")
        await page.get_by_text(t("petugas.timbang.nol")).wait_for(state="detached")
    # A second comma, a fourth decimal, letters and signs are not taken.
    for key in "-2,5,5x0e0+9":
        await page.keyboard.press(key)
    assert await tablet.mark("layar").inner_text() == f"2,550 {unit}"
    for _ in "2,550":
        await page.keyboard.press("Backspace")
    # Nine hundred tonnes is read, asked about, and typed again.
    for key in "999999":
        await page.keyboard.press(key)
    await tablet.mark("periksa").click()
    question = page.get_by_role("dialog", name=t("petugas.timbang.benar", jumlah="999.999 kg"))
    # To type it again is to begin with nothing: what was wrong is not in front of it.
    await question.get_by_role("button", name=t("petugas.timbang.ketik_ulang")).click()
    await page.wait_for_function("() => document.querySelector('[data-uji=layar]').innerText.startsWith('0')")
    for key in "2.5":
        await page.keyboard.press(key)
    await tablet.save()
    await tablet.until_sent()
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))


async def test_an_enrolment_that_the_server_would_refuse_is_told_at_once(
    town: Town, tablet_page: Handheld
) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.offline()
    page = tablet.page
    await tablet.go("daftar")
    save = tablet.mark("simpan-nasabah")
    for field, wrong, words in (
        ("nama", "   ", "petugas.daftar.nama_kosong"),
        ("telepon", "061 234567", "petugas.daftar.telepon_salah"),
        ("telepon", "nol delapan", "petugas.daftar.telepon_salah"),
        ("nomor-kartu", "1234 5678 9012", "petugas.kartu.salah_ketik"),
        ("nomor-kartu", "kartu merah", "petugas.kartu.salah_ketik"),
    ):
        await tablet.mark("nama").fill(EMOJI)
        await tablet.mark("telepon").fill("")
        await tablet.mark("nomor-kartu").fill("")
        await tablet.mark(field).fill(wrong)
        await save.click()
        await page.get_by_text(t(words)).first.wait_for()
        # It leads to what is wrong, and all the rest is still there.
        await page.wait_for_function("mark => document.activeElement.dataset.uji === mark", arg=field)
        assert await tablet.mark(field).input_value() == wrong
    assert await tablet.rows() == []
    await tablet.mark("nomor-kartu").fill("")
    await tablet.mark("nama").fill("N" * 130)
    assert len(await tablet.mark("nama").input_value()) == 120
    await tablet.mark("nama").fill(EMOJI)
    await save.click()
    await page.get_by_role("heading", name=EMOJI, level=1).wait_for()
    await tablet.online()
    (row,) = await tablet.until_sent()
    assert row["state"] == "recorded"
    identity = town.stage.door("identity", town.stage.tokens[MAIN_BANK])
    assert (await identity.get(f"/v1/members/{row['id']}"))["name"] == EMOJI


async def test_a_count_that_cannot_be_read_is_shown_where_it_stands(
    town: Town, tablet_page: Handheld
) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.offline()
    await tablet.go("tutup-hari")
    await tablet.mark("hitung-plastic").fill("dua belas")
    await tablet.mark("hitung-uang").fill("-5")
    await tablet.mark("tutup-hari").click()
    await tablet.page.wait_for_function("() => document.activeElement.dataset.uji === 'hitung-plastic'")
    said = await _alerts(tablet)
    assert t("petugas.timbang.jumlah_salah") in said
    assert t("petugas.tutup.uang_salah") in said
    assert await tablet.mark("hitung-plastic").input_value() == "dua belas"
    assert await tablet.rows("closing") == []


async def test_a_set_up_code_that_is_none(town: Town, tablet_page: Handheld) -> None:
    await equip(tablet_page.context)
    tablet = Tablet(tablet_page, town.operator(), MAIN_BANK)
    await tablet.open()
    for code, words in (
        ("halo", t("petugas.siapkan.kode_salah")),
        ("TMB1:123456789012:ABCDEFGH", t("petugas.siapkan.kode_salah")),
    ):
        await tablet.mark("kode-siapkan").fill(code)
        await tablet.mark("siapkan").click()
        await tablet.page.get_by_text(words).wait_for()
    # Of the right shape, but nobody's: the server says so in its own words.
    await tablet.mark("kode-siapkan").fill("8ZP3-K7Q2F-94WMA")
    await tablet.mark("siapkan").click()
    await tablet.page.get_by_text(t("petugas.siapkan.kode_salah")).wait_for(state="detached")
    await tablet.page.locator(".galat").wait_for()
    assert len((await tablet.page.locator(".galat").inner_text()).split()) > 5
    # Without a line the code is still good afterwards.
    code = (await town.setup_code())["enrolment_code"]
    tablet_page.line.become(Line.HANGS_UP)
    await tablet.mark("kode-siapkan").fill(code)
    await tablet.mark("siapkan").click()
    await tablet.page.get_by_text(t("petugas.siapkan.tanpa_sinyal")).wait_for()
    tablet_page.line.become(Line.GOOD)
    await tablet.mark("siapkan").click()
    await tablet.mark("kode-petugas").wait_for()


async def test_a_wrong_pin_at_the_server_is_told_in_words(town: Town, tablet_page: Handheld) -> None:
    await equip(tablet_page.context)
    tablet = Tablet(tablet_page, town.operator(), MAIN_BANK)
    await tablet.set_up((await town.setup_code())["enrolment_code"])
    right = tablet.operator.pin
    await tablet.mark("kode-petugas").fill(f" {tablet.operator.code.lower()} ")
    await tablet.page.keyboard.press("Enter")
    for pin in ("000000" if right != "000000" else "111111", right):
        if pin == right:
            await tablet.page.get_by_role("alert").wait_for()
            assert len((await _alerts(tablet)).split()) > 5
        for digit in pin:
            await tablet.page.locator(".pin").get_by_role("button", name=digit, exact=True).click()
    await tablet.page.get_by_role("button", name=t("petugas.kunci"), exact=True).wait_for()


async def test_a_revoked_tablet_says_so_and_keeps_what_it_holds(town: Town, tablet_page: Handheld) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    tablet_id = await tablet.page.evaluate(_OWN_ID)
    programme = town.stage.door("identity", town.stage.tokens[town.programme().code])
    await programme.post(f"/v1/tablets/{tablet_id}:revoke", {"reason": "hilang di pasar"})

    async def refused() -> bool:
        return bool(await tablet.page.evaluate(_REFUSED, MAIN_BANK))

    await until(refused, "the doors know that the tablet is revoked", SECONDS)
    deposit = await tablet.weigh(resident, [CARDBOARD])
    await tablet.page.get_by_role("link", name=t("petugas.sesi.perlu_masuk")).wait_for()
    await tablet.go("masuk")
    await tablet.page.get_by_role("button", name=t("petugas.masuk.lanjut")).click()
    for digit in tablet.operator.pin:
        await tablet.page.locator(".pin").get_by_role("button", name=digit, exact=True).click()
    await tablet.page.get_by_role("alert").wait_for()
    said = await _alerts(tablet)
    assert t("petugas.galat.tersimpan_aman") in said
    assert len(said.split()) > 12
    # What it weighed can still leave it: as a receipt that another tablet scans.
    assert [row["id"] for row in await tablet.unsent()] == [deposit]
    assert (await tablet.receipt(deposit)).startswith("TMD1.")


@contextlib.asynccontextmanager
async def _full(tablet: Tablet) -> AsyncIterator[None]:
    """No room is left for this site, as on a tablet full of films."""
    session = await tablet.page.context.new_cdp_session(tablet.page)
    origin = tablet.device.address
    await session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    try:
        yield
    finally:
        await session.send("Storage.overrideQuotaForOrigin", {"origin": origin})


async def test_a_full_tablet_says_so_opens_and_saves_once_there_is_room(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    page = tablet.page
    await tablet.choose(resident)
    await tablet.put(*CARDBOARD)
    async with _full(tablet):

        async def told() -> bool:
            # The browser notices after half a minute that the disk is full.
            await page.keyboard.press("0")
            await page.keyboard.press("Backspace")
            return bool(await page.get_by_text(t("petugas.simpan.draf_gagal")).count())

        await until(told, "the tablet says that it cannot write", FULL_SECONDS)
        # Locked and full: it opens all the same, or nobody could take out what it holds.
        await tablet.lock()
        await tablet.unlock()
        await tablet.mark("periksa").click()
        await tablet.mark("simpan").click()
        await page.get_by_text(t("petugas.simpan.gagal")).wait_for()
        assert [row["state"] for row in await tablet.rows("deposit")] == ["draft"]

    async def saved() -> bool:
        await tablet.mark("simpan").click()
        await page.wait_for_function(_TOLD)
        return "#/struk/" in page.url

    await until(saved, "it saves once there is room", FULL_SECONDS)
    await tablet.until_sent()
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))


async def test_a_device_without_room_does_not_use_up_its_code(town: Town, tablet_page: Handheld) -> None:
    await equip(tablet_page.context)
    tablet = Tablet(tablet_page, town.operator(), MAIN_BANK)
    code = (await town.setup_code())["enrolment_code"]
    await tablet.open()
    async with _full(tablet):
        await tablet.mark("kode-siapkan").fill(code)
        await tablet.mark("siapkan").click()
        await tablet.page.get_by_text(t("petugas.siapkan.penuh")).wait_for()
    await tablet.mark("siapkan").click()
    await tablet.mark("kode-petugas").wait_for()


async def test_an_address_that_was_torn_leads_home(town: Town, tablet_page: Handheld) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    for torn in (
        "#/%E0%A4%A",
        "#/tidak-ada",
        "#/struk/bukan-nomor",
        f"#/timbang/{uuid7()}",
        "#/anggota/x/y/z",
    ):
        await tablet.page.evaluate("hash => { location.hash = hash }", torn)
        await tablet.page.locator("h1").wait_for()
        assert (await tablet.page.locator("h1").inner_text()).strip()


async def test_nobody_has_a_price_yet(town: Town, tablet_page: Handheld) -> None:
    """Before the first morning there is nothing to weigh with: that is said, with the way out of it."""
    await equip(tablet_page.context)
    tablet = Tablet(tablet_page, town.operator(), MAIN_BANK)
    lost: list[str] = []

    async def without_a_morning(route: Any) -> None:
        lost.append(route.request.url)
        await route.abort()

    await tablet_page.context.route("**/v1/morning*", without_a_morning)
    await tablet.set_up((await town.setup_code())["enrolment_code"])
    await tablet.sign_in()
    await tablet.go("timbang")
    await tablet.page.get_by_text(t("petugas.timbang.tanpa_harga")).wait_for()
    await tablet.go("rombongan")
    await tablet.page.get_by_text(t("petugas.timbang.tanpa_harga")).wait_for()

    async def asked() -> bool:
        return bool(lost)

    await until(asked, "the morning was asked for", SECONDS)
    await tablet_page.context.unroute("**/v1/morning*")
    await tablet.until_ready()
