"""The three pictures of the README, made from the running system.

TIMBANG_WRITE_SCREENS=1 puts them into docs/screens; otherwise they lie in build/screens for whoever wants to look.
"""

import os
import shutil
from pathlib import Path

from deploy.local.settings import REPOSITORY
from tests.demo.waiting import until
from tests.web.books import SECONDS
from tests.web.browsing import LAPTOP, PHONE, TABLET, picture
from tests.web.conftest import Handheld, OpenDevice
from tests.web.signing_in import make_known, sign_in_resident, sign_in_staff
from tests.web.tablet import Tablet
from tests.web.town import Town

README = REPOSITORY / "README.md"
SHOWN = REPOSITORY / "docs" / "screens"
BYTES_MAX = 150_000
# Above the cap for one line.
HEAVY_GRAMS = 150_500


async def _show(device: Handheld, name: str) -> None:
    file = await picture(device.page, f"readme/{name}")
    assert 5_000 < file.stat().st_size < BYTES_MAX
    if os.environ.get("TIMBANG_WRITE_SCREENS"):
        SHOWN.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, SHOWN / f"{name}.png")
    assert (SHOWN / f"{name}.png").exists(), f"make it: TIMBANG_WRITE_SCREENS=1 pytest {Path(__file__).name}"
    assert f"docs/screens/{name}.png" in README.read_text(encoding="utf-8")


async def test_the_picture_of_a_weighing(town: Town, open_device: OpenDevice) -> None:
    resident = await town.resident("Siti Rahayu")
    tablet = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await tablet.choose(resident)
    for line in (("K02", "bersih", "12,5"), ("L01", "-", "3"), ("P01", "bersih", "2,5")):
        await tablet.mark("cari-barang").fill("")
        await tablet.put(*line)
    await _show(tablet.device, "operator")


async def test_the_picture_of_a_balance(town: Town, open_device: OpenDevice) -> None:
    resident = await town.resident("Siti Rahayu", rupiah=48_000)
    phone = await open_device(PHONE)
    await sign_in_resident(phone.page, resident)
    await make_known(phone.page, resident)
    await phone.page.locator('[data-uji="saldo"]').wait_for()
    await _show(phone, "resident")


async def test_the_picture_of_the_office(town: Town, open_device: OpenDevice) -> None:
    resident = await town.resident("Rosmaida Uji")
    tablet = town.stage.tablets[resident.bank]
    # One that a second person looks at, and one that looks like the one before.
    heavy = town.weighing(resident, [("K02", "bersih", HEAVY_GRAMS)])
    for weighing in (heavy, *[town.weighing(resident, [("K02", "bersih", 3_000)]) for _ in range(2)]):
        await tablet.send(weighing)

    async def flagged() -> bool:
        return heavy.id in await town.stage.desk.flagged(resident.bank)

    await until(flagged, "the heavy one waits for a second person", SECONDS)
    laptop = await open_device(LAPTOP, touch=False)
    await sign_in_staff(laptop.page, town.programme())
    await laptop.page.locator("h1").wait_for()
    await _show(laptop, "office")
