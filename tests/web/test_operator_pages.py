"""Every screen of the operator's app, on both ways to hold a tablet and on a phone in the dark: legible, reachable."""

from typing import Literal

import pytest
from playwright.async_api import ViewportSize

from tests.web.browsing import PHONE, TABLET, TABLET_UPRIGHT, keep_picture
from tests.web.chromium import Chromium
from tests.web.conftest import OpenDevice
from tests.web.inspecting import accessible, closed, enlargeable, fitting, large_enough, reachable
from tests.web.tablet import APP, Tablet
from tests.web.town import PAID_ITEM, Town
from tests.web.wording import t

KEY_PIXELS = 64
LONG_NAME = "Raden Ajeng Siti Nurhaliza Kusumawardhani binti Haji Muhammad Syahputra Lubis"
SCREENS = (
    "",
    "timbang",
    "karung",
    "rombongan",
    "jemput",
    "tukar",
    "anggota",
    "daftar",
    "tutup-hari",
    "antrean",
    "riwayat",
    "pulihkan",
    "setelan",
    "masuk",
)
_KEYS = """
() => [...document.querySelectorAll('.tuts')].map(key => key.getBoundingClientRect())
  .map(box => Math.min(box.width, box.height))
"""


async def _look(tablet: Tablet, chromium: Chromium, name: str, screen: ViewportSize) -> list[str]:
    page = tablet.page
    await page.locator("h1").wait_for()
    await keep_picture(page, f"petugas-{screen['width']}/{name or 'awal'}")
    found = [
        *await accessible(page, chromium),
        *await large_enough(page),
        *await fitting(page),
        *await reachable(page),
        *[f"at 200 %: {each}" for each in await enlargeable(page)],
    ]
    found += [f"a key of {size:.0f} px" for size in await page.evaluate(_KEYS) if size < KEY_PIXELS - 0.5]
    return [f"{name or 'home'} at {screen['width']}: {each}" for each in found]


@pytest.mark.parametrize(
    ("screen", "scheme"),
    [(TABLET, "light"), (TABLET_UPRIGHT, "light"), (PHONE, "dark")],
    ids=["lying", "upright", "phone"],
)
async def test_every_screen_of_an_operator(
    town: Town,
    open_device: OpenDevice,
    chromium: Chromium,
    screen: ViewportSize,
    scheme: Literal["light", "dark"],
) -> None:
    resident = await town.resident(LONG_NAME)
    tablet = await Tablet.ready(await open_device(screen, own_line=True), town)
    await tablet.page.emulate_media(color_scheme=scheme)
    wrong: list[str] = []
    for name in SCREENS:
        before = await tablet.page.title()
        await tablet.go(name)
        # Each screen has a title of its own; the first one is there already.
        await tablet.page.wait_for_function(
            "before => document.title !== before || location.hash === '#/'", arg=before
        )
        wrong += await _look(tablet, chromium, name, screen)
    await tablet.choose(resident)
    # Far too much, so that the figures are as long as they get; the tablet asks whether that is so.
    await tablet.put(*PAID_ITEM, "999999")
    wrong += await _look(tablet, chromium, "timbangan", screen)
    await tablet.mark("periksa").click()
    question = tablet.page.get_by_role("dialog")
    await question.get_by_role("button", name=t("petugas.timbang.ya_benar", jumlah="999.999 kg")).click()
    await tablet.mark("simpan").wait_for()
    wrong += await _look(tablet, chromium, "periksa", screen)
    await tablet.mark("simpan").click()
    await tablet.mark("qr").wait_for()
    wrong += await _look(tablet, chromium, "struk", screen)
    await tablet.mark("qr-perbesar").click()
    await tablet.mark("qr-besar").wait_for()
    wrong += [*await accessible(tablet.page, chromium), *await fitting(tablet.page)]
    await tablet.page.keyboard.press("Escape")
    await tablet.lock()
    wrong += await _look(tablet, chromium, "kunci", screen)
    assert not wrong, "\n".join(wrong)


async def test_the_app_is_closed_to_others(open_device: OpenDevice) -> None:
    device = await open_device(TABLET)
    answer = await device.page.goto(APP)
    assert answer is not None
    assert closed(answer) == []
    await device.page.locator("h1").wait_for()
    assert not await device.page.evaluate("document.querySelectorAll('[onclick], script:not([src])').length")


async def test_a_weighing_by_keyboard_alone(town: Town, open_device: OpenDevice) -> None:
    resident = await town.resident("Tuts Uji")
    tablet = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    page = tablet.page
    await tablet.go("timbang")
    await tablet.mark("cari-anggota").focus()
    await page.keyboard.type(resident.code)
    await tablet.mark("hasil-cari").wait_for()
    await page.keyboard.press("Enter")
    await tablet.mark("cari-barang").wait_for()
    await tablet.mark("cari-barang").focus()
    await page.keyboard.type(PAID_ITEM[0])
    await tablet.mark(f"barang-{PAID_ITEM[0]}/{PAID_ITEM[1]}").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("2,5")
    assert (await tablet.mark("layar").inner_text()).startswith("2,5")
    await tablet.mark("periksa").focus()
    await page.keyboard.press("Enter")
    await tablet.mark("simpan").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/petugas*#/struk/**")


async def test_every_key_is_in_view_on_a_low_screen(town: Town, open_device: OpenDevice) -> None:
    resident = await town.resident("Layar Rendah Uji")
    low = ViewportSize(width=1024, height=600)
    tablet = await Tablet.ready(await open_device(low, own_line=True), town)
    await tablet.choose(resident)
    # Tapped where it is: nothing scrolls but the app itself.
    await tablet.page.locator('[data-uji^="barang-"]').first.evaluate("tile => tile.click()")
    await tablet.page.wait_for_function(
        """() => {
          const seen = [document.querySelector('[data-uji=layar]'), ...document.querySelectorAll('.tuts-angka .tuts')]
          const boxes = seen.map(each => each?.getBoundingClientRect())
          return boxes.length > 10 && boxes.every(box => box && box.top >= 0 && box.bottom <= innerHeight)
        }"""
    )
