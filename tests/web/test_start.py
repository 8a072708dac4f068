"""One click on the newcomer's page leads each of the three kinds of user to their first screen."""

from playwright.async_api import Page, expect

from tests.web.browsing import LAPTOP, TABLET_UPRIGHT, keep_picture
from tests.web.conftest import Handheld, OpenDevice
from tests.web.wording import t


async def _click(page: Page, kind: str) -> None:
    await page.goto("/mulai")
    await page.locator(f'[data-uji="mulai-{kind}"]').click()


async def test_a_resident_sees_the_balance(resident_page: Handheld) -> None:
    await resident_page.page.goto("/mulai")
    await keep_picture(resident_page.page, "mulai-360")
    await _click(resident_page.page, "warga")
    await expect(resident_page.page.locator('[data-uji="saldo"]')).to_contain_text("Rp")


async def test_a_resident_without_javascript_as_well(plain_page: Handheld) -> None:
    await _click(plain_page.page, "warga")
    await expect(plain_page.page.locator('[data-uji="saldo"]')).to_contain_text("Rp")


async def test_an_operator_has_a_tablet_with_its_code_filled_in(open_device: OpenDevice) -> None:
    tablet = await open_device(TABLET_UPRIGHT)
    await _click(tablet.page, "petugas")
    code = tablet.page.locator('[data-uji="kode-siapkan"]')
    await expect(code).not_to_have_value("")
    await code.press("Enter")
    await expect(tablet.page.locator('[data-uji="kode-petugas"]')).to_be_visible()


async def test_staff_see_what_waits(open_device: OpenDevice) -> None:
    laptop = await open_device(LAPTOP)
    await laptop.page.goto("/mulai")
    await keep_picture(laptop.page, "mulai-1280")
    await _click(laptop.page, "kantor")
    await expect(laptop.page.locator("h1")).to_have_text(t("kantor.kerja.judul"))
