"""An operator's day at the scale: set-up, work without a signal, figures as people type them, a new member."""

import time

import pytest

from tests.demo.cast import MAIN_BANK
from tests.demo.doors import Door
from tests.web.books import Books
from tests.web.browsing import SLOW_CPU, TABLET, weaken
from tests.web.conftest import Handheld, OpenDevice
from tests.web.measuring import note
from tests.web.ports import equip, show
from tests.web.tablet import APP, Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(300)
SET_UP_SECONDS = 120.0
OFFLINE_DEPOSITS = 20
# One of each length is weighed by hand; the others are tapped from within the page.
BY_HAND = 3
# When the first key of the PIN pad could be tapped, by the page's own clock.
_NOTE_KEYPAD = """
globalThis.__keypadAt = null
new MutationObserver((_, observer) => {
  if (document.querySelector('.tuts:not(:disabled)') === null) return
  globalThis.__keypadAt = performance.now()
  observer.disconnect()
}).observe(document, {childList: true, subtree: true})
"""
_COUNT_TAPS = """
() => {
  globalThis.__taps = 0
  addEventListener('click', () => { globalThis.__taps += 1 }, {capture: true})
}
"""
# Whatever asks for patience in the way of a deposit.
_WATCH_FOR_SPINNERS = """
words => {
  globalThis.__spinners = []
  new MutationObserver(() => {
    const waiting = document.querySelector('progress, [role="progressbar"]')
    if (waiting || document.body.innerText.includes(words)) globalThis.__spinners.push(location.hash)
  }).observe(document, {childList: true, subtree: true})
}
"""


@pytest.fixture(name="lines")
def _lines() -> list[list[tuple[str, str, str]]]:
    """Two to four materials, in kilograms and pieces; no two weighings alike, or the tablet asks about them."""

    def goods(number: int) -> list[tuple[str, str, str]]:
        return [
            ("K02", "bersih", f"{number + 1},5"),
            ("P05", "bersih", f"1,{number + 10}"),
            ("B01", "-", f"{number + 2}"),
            ("K02", "kotor", f"0,{number + 50}"),
        ][: 2 + number % 3]

    return [goods(number) for number in range(OFFLINE_DEPOSITS)]


async def test_operator_01_first_set_up(open_device: OpenDevice, town: Town) -> None:
    device = await open_device(TABLET)
    tablet = Tablet(device, town.operator(), MAIN_BANK)
    await equip(device.context)
    code = (await town.setup_code())["enrolment_code"]
    begun = time.monotonic()
    await tablet.open()
    await device.page.get_by_role("button", name=t("petugas.siapkan.pindai")).click()
    await show(device.page, f"TMB-SET1:{code}")
    await tablet.mark("kode-petugas").fill(tablet.operator.code)
    await device.page.get_by_role("button", name=t("petugas.masuk.lanjut")).click()
    for digit in tablet.operator.pin:
        await device.page.locator(".pin").get_by_role("button", name=digit, exact=True).click()
    ready = tablet.mark("siap").get_by_text(t("petugas.siap.ya"), exact=True)
    await ready.wait_for(timeout=SET_UP_SECONDS * 1000)
    await device.page.evaluate("navigator.serviceWorker.ready")
    assert time.monotonic() - begun < SET_UP_SECONDS
    # The age of what it knows stands beside it.
    assert t("petugas.umur.baru") in await tablet.mark("siap").inner_text()
    await device.page.get_by_role("link", name=t("petugas.masuk.mulai")).click()
    await tablet.mark("ubin-timbang").wait_for()


async def test_operator_02_a_day_in_airplane_mode(
    tablet_page: Handheld, town: Town, books: Books, lines: list[list[tuple[str, str, str]]]
) -> None:
    await tablet_page.context.add_init_script(_NOTE_KEYPAD)
    tablet = await Tablet.ready(tablet_page, town)
    residents = await town.residents(4)
    await tablet.refresh()
    await tablet.offline()
    # How fast it is, is measured where nothing else runs: test_budgets.py.
    print(f"cold start to the keypad: {await _cold_start(tablet):.0f} ms")
    await tablet.unlock()
    await tablet.page.evaluate(_WATCH_FOR_SPINNERS, t("petugas.masuk.bertanya"))
    begun = time.monotonic()
    day = [(residents[number % 4], goods) for number, goods in enumerate(lines)]
    made = [await tablet.weigh(who, goods) for who, goods in day[:BY_HAND]]
    made += await tablet.weigh_quickly(day[BY_HAND:])
    assert time.monotonic() - begun < 15 * 60
    assert await tablet.page.evaluate("globalThis.__spinners") == []
    assert t("petugas.aman.menunggu_semua", n=OFFLINE_DEPOSITS) in await tablet.sentence()
    await tablet.online()
    await tablet.until_sent()
    counted = await books.until_credited(made)
    assert (counted.once, counted.double) == (OFFLINE_DEPOSITS, [])
    for number, resident in enumerate(residents):
        due = sum(town.net_rupiah(resident, goods) for goods in lines[number::4])
        await books.until_balance(resident.id, due)


async def _cold_start(tablet: Tablet) -> float:
    """From the icon to the keypad, without a signal, on a processor six times slower."""
    slow = await weaken(tablet.page, SLOW_CPU)
    await tablet.page.goto("about:blank")
    await tablet.page.goto(APP)
    await tablet.page.wait_for_function("() => globalThis.__keypadAt !== null")
    await slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return float(await tablet.page.evaluate("globalThis.__keypadAt"))


@pytest.mark.parametrize("typed", ["2,5", "2.5"])
async def test_operator_03_two_and_a_half_kilograms(
    tablet_page: Handheld, town: Town, books: Books, typed: str
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.choose(resident)
    await tablet.put("K02", "bersih", "")
    for key in typed:
        await tablet.page.keyboard.press(key)
    await tablet.save()
    await tablet.until_sent()
    (deposit,) = await books.deposits(resident.id, resident.bank)
    assert [line["quantity"] for line in deposit["lines"]] == [2_500]
    await books.until_balance(resident.id, town.net_rupiah(resident, [("K02", "bersih", "2,5")]))


async def test_operator_03_a_quarter_of_a_tonne_is_asked_about(
    tablet_page: Handheld, town: Town, books: Books
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.choose(resident)
    await tablet.put("K02", "bersih", "250")
    await tablet.mark("periksa").click()
    question = tablet.page.get_by_role("dialog", name=t("petugas.timbang.benar", jumlah="250 kg"))
    await question.get_by_role("button", name=t("petugas.timbang.ketik_ulang")).click()
    for key in "25":
        await tablet.page.keyboard.press(key)
    await tablet.save()
    await tablet.until_sent()
    await books.until_balance(resident.id, town.net_rupiah(resident, [("K02", "bersih", "25")]))


async def test_operator_04_a_resident_without_a_phone(
    tablet_page: Handheld, town: Town, books: Books
) -> None:
    operator = Door(town.stage.addresses["identity"], town.stage.tokens[MAIN_BANK])
    async with operator as identity:
        allotted = await identity.post(
            "/v1/cards:allot", {"waste_bank_id": MAIN_BANK, "count": 1}, expect=201
        )
    (blank,) = allotted["cards"]
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.offline()
    await tablet.go("timbang")
    # Her card is scanned, nobody knows it, and she is enrolled with it.
    await tablet.page.get_by_role("button", name=t("petugas.cari.pindai")).click()
    await show(tablet.page, blank["qr"])
    await tablet.page.get_by_role("button", name=t("petugas.cari.daftar_kartu")).click()
    await tablet.mark("nama").fill("Nurhayati Uji")
    await tablet.mark("simpan-nasabah").click()
    await tablet.put("K02", "bersih", "3")
    made = await tablet.save()
    (enrolment,) = await tablet.rows("enrolment")
    assert enrolment["sealed_bytes"] > 0
    await tablet.online()
    await tablet.until_sent()
    counted = await books.until_credited([made])
    assert (counted.once, counted.double) == (1, [])
    async with Door(town.stage.addresses["identity"], town.stage.tokens[MAIN_BANK]) as identity:
        holder = await identity.get(f"/v1/cards/{blank['number']}")
    assert holder["name"] == "Nurhayati Uji"
    rupiah = await books.balance(holder["member_id"])
    assert rupiah > 0
    # From now on the card finds her on this tablet.
    await tablet.refresh()
    await tablet.go("timbang")
    await tablet.mark("cari-anggota").fill(blank["number"])
    await tablet.mark("hasil-cari").get_by_text("Nurhayati Uji").wait_for()


async def test_a_trained_operator_taps_four_times_an_item(tablet_page: Handheld, town: Town) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    # What is weighed often stands first: the tiles are there without a search.
    usual = [("K02", "bersih", "2,5"), ("P05", "bersih", "3"), ("B01", "-", "12")]
    await tablet.weigh(resident, usual)
    await tablet.page.reload()
    await tablet.unlock()
    await tablet.choose(resident)
    await tablet.page.evaluate(_COUNT_TAPS)
    for line in [("K02", "bersih", "1,5"), ("P05", "bersih", "4"), ("B01", "-", "10")]:
        await tablet.put(*line)
    await tablet.save()
    note(operator_taps_an_item=await tablet.page.evaluate("globalThis.__taps") / len(usual))
