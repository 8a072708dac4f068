"""A receipt in the resident's hand: its code is read by a camera from the screen, large and small, and from paper."""

import base64
import json

import pytest

from tests.web.browsing import PHONE, TABLET, keep_picture
from tests.web.conftest import Handheld, OpenDevice, Running
from tests.web.ports import printed
from tests.web.second_web import STATIC
from tests.web.tablet import Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(300)
LINES = (("K02", "bersih", "12,5"), ("P05", "bersih", "3,25"), ("B01", "-", "12"))
PAPER_DOTS = 384
# The app's own reader, which a tablet without a detector of its own uses, given a picture as a poor camera would take
# it: fewer points than the screen has, and out of focus.
_READ = """
async ([png, reader, part, blur]) => {
  const bytes = Uint8Array.from(atob(png), each => each.charCodeAt(0))
  const whole = await createImageBitmap(new Blob([bytes], {type: 'image/png'}))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(whole.width * part)
  canvas.height = Math.round(whole.height * part)
  const context = canvas.getContext('2d')
  context.filter = `blur(${blur}px)`
  context.drawImage(whole, 0, 0, canvas.width, canvas.height)
  const {default: QrScanner} = await import(reader)
  return (await QrScanner.scanImage(canvas, {returnDetailedScanResult: true})).data
}
"""
_SIZE = 'mark => document.querySelector(`[data-uji="${mark}"]`).getBoundingClientRect().width'


def _reader() -> str:
    built = json.loads((STATIC / "sizes.json").read_text(encoding="utf-8"))["loads"]["operator.js"]
    (name,) = (each for each in built if each.startswith("qr-scanner.min."))
    return f"/static/{name}"


async def _seen(device: Handheld, part: float = 1.0, blur: float = 0.0) -> str:
    """What a reader reads off the screen as it is shown now."""
    png = base64.b64encode(await device.page.screenshot(type="png")).decode()
    text: str = await device.page.evaluate(_READ, [png, _reader(), part, blur])
    return text


async def test_the_code_of_a_receipt_is_read_from_a_small_screen(
    town: Town, open_device: OpenDevice, system: Running
) -> None:
    del system
    resident = await town.resident("Siti Rahayu")
    tablet = await Tablet.ready(await open_device(PHONE, own_line=True), town)
    deposit = await tablet.weigh(resident, LINES)
    text = await tablet.receipt(deposit)
    small = await tablet.page.evaluate(_SIZE, "qr")
    # As it stands in the receipt.
    await tablet.mark("qr").scroll_into_view_if_needed()
    assert await _seen(tablet.device) == text
    await tablet.mark("qr-perbesar").click()
    await tablet.mark("qr-besar").wait_for()
    large = await tablet.page.evaluate(_SIZE, "qr-besar")
    assert large > small
    assert large >= PHONE["width"] - 32
    await keep_picture(tablet.page, "petugas-360/qr-besar")
    # And as an old camera sees it from the other side of the table.
    assert await _seen(tablet.device, part=0.75, blur=0.7) == text
    await tablet.page.get_by_role("button", name=t("petugas.struk.qr_tutup")).click()
    await tablet.mark("qr-besar").wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_the_code_is_read_in_every_light_and_on_paper(
    town: Town, open_device: OpenDevice, scheme: str
) -> None:
    resident = await town.resident("Siti Rahayu")
    tablet = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    if scheme == "dark":
        await tablet.page.emulate_media(color_scheme="dark", forced_colors="active")
    deposit = await tablet.weigh(resident, LINES)
    text = await tablet.receipt(deposit)
    await tablet.mark("qr").scroll_into_view_if_needed()
    assert await _seen(tablet.device) == text
    await tablet.page.emulate_media(media="print", forced_colors="none")
    await tablet.mark("qr").scroll_into_view_if_needed()
    await keep_picture(tablet.page, f"petugas-1280/struk-cetak-{scheme}", whole=True)
    assert await _seen(tablet.device) == text
    # On paper stands the receipt alone: no buttons, no head, nothing of the tablet.
    visible = await tablet.page.evaluate(
        "() => [...document.querySelectorAll('button, header, .jaga, .tombol')].filter(e => e.checkVisibility()).length"
    )
    assert visible == 0


async def test_a_printed_code_is_as_wide_as_the_paper(town: Town, tablet_page: Handheld) -> None:
    resident = await town.resident("Siti Rahayu")
    tablet = await Tablet.ready(tablet_page, town)
    deposit = await tablet.weigh(resident, LINES)
    await tablet.receipt(deposit)
    await tablet.page.get_by_role("button", name=t("petugas.struk.cetak"), exact=True).click()
    await tablet.page.get_by_text(t("petugas.struk.tercetak")).wait_for()
    (paper,) = await printed(tablet.page)
    dots = paper[paper.index(b"1C") + 2]
    border = 8
    modules = int((await tablet.mark("qr").get_attribute("viewBox") or "").split()[2]) - border
    assert dots * modules <= PAPER_DOTS < (dots + 1) * modules
    assert b"Bank Sampah Induk Lubuk Pakam" in paper
