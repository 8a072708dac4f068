"""A tablet that lies about among people, or whose battery is pulled at the worst moment."""

from pathlib import Path
from typing import Any

import pytest

from tests.demo.waiting import until
from tests.web.books import Books
from tests.web.browsing import Watch
from tests.web.chromium import Chromium
from tests.web.conftest import Handheld, Running
from tests.web.cutter import Cutter, Line
from tests.web.ports import equip, turn
from tests.web.power import powered, pull_the_battery
from tests.web.tablet import Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(400)
CARDBOARD = ("K02", "bersih", "2,5")
MORE = ("P05", "bersih", "1,5")
MINUTE_MS = 60_000
USUAL_MINUTES = 5
SECONDS = 60.0
A_LINE_BYTES = 40
OFFICIAL_NAME = "Bank Sampah Induk Lubuk Pakam"


def _drafts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["state"] == "draft"]


async def _leave_alone(tablet: Tablet, minutes: int = USUAL_MINUTES) -> None:
    """Let so many minutes pass in which nobody comes, and wait until it noticed."""
    await turn(tablet.page, rested=(minutes + 1) * MINUTE_MS)
    await tablet.mark("terkunci-sendiri").wait_for()
    await tablet.page.get_by_role("group", name=t("petugas.pin.judul")).wait_for()


async def test_a_tablet_that_nobody_touches_locks_itself_and_loses_nothing(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    first, second = await town.resident("Sari Terkunci"), await town.resident("Tono Terkunci")
    tablet = await Tablet.ready(tablet_page, town)
    tablet_page.line.become(Line.HANGS_UP)
    saved = await tablet.weigh(first, [CARDBOARD])
    await tablet.choose(second)
    rows = await tablet.until_rows(lambda rows: _drafts(rows) != [], "the draft is begun")
    (empty,) = _drafts(rows)
    await tablet.put(*MORE)
    await tablet.until_rows(
        lambda rows: any(
            row["id"] == empty["id"] and row["sealed_bytes"] > empty["sealed_bytes"] + A_LINE_BYTES
            for row in rows
        ),
        "the draft has its line",
    )
    await _leave_alone(tablet)
    # Whoever picks it up reads no name, neither in what is shown nor in what the page holds.
    assert second.name not in await tablet.page.content()
    assert t("petugas.buka.terkunci_sendiri", n=USUAL_MINUTES) in await tablet.page.inner_text("main")
    # What was saved is sent all the same.
    tablet_page.line.become(Line.GOOD)
    await tablet.until_rows(
        lambda rows: any(row["id"] == saved and row["state"] == "recorded" for row in rows),
        "it is sent while locked",
    )
    assert await tablet.page.locator(".pin").is_visible()
    await tablet.unlock()
    assert (await tablet.mark("layar").count(), await tablet.mark("baris").count()) == (0, 1)
    await tablet.save()
    await tablet.until_sent()
    await books.until_balance(first.id, town.net_rupiah(first, [CARDBOARD]))
    await books.until_balance(second.id, town.net_rupiah(second, [MORE]))


async def test_a_tablet_that_slept_is_locked_before_anybody_reads_it(
    town: Town, tablet_page: Handheld
) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.go("antrean")
    await turn(tablet.page, shift=(USUAL_MINUTES + 1) * MINUTE_MS)
    await tablet.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    # Also from a screen that is open to everybody.
    await tablet.mark("terkunci-sendiri").wait_for()


async def test_how_long_it_waits_is_chosen_on_the_tablet(town: Town, tablet_page: Handheld) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.go("setelan")
    longer = tablet.page.get_by_role("radio", name=t("petugas.setelan.kunci_menit", n=10), exact=True)
    await longer.check()
    await tablet.go("")
    await tablet.mark("ubin-timbang").wait_for()
    await tablet.page.reload()
    await tablet.unlock()
    await tablet.go("setelan")
    assert await longer.is_checked()
    await _leave_alone(tablet, 10)
    assert t("petugas.buka.terkunci_sendiri", n=10) in await tablet.page.inner_text("main")


async def test_what_is_typed_into_a_form_outlives_a_lock_and_a_restart(
    town: Town, tablet_page: Handheld
) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.go("daftar")
    await tablet.mark("nama").fill("Bu Darmi Setengah")
    await tablet.mark("telepon").fill("0812 0001 2345")
    await _leave_alone(tablet)
    assert "Darmi" not in await tablet.page.content()
    await tablet.unlock()
    await tablet.page.get_by_text(t("petugas.isian.dilanjutkan")).wait_for()
    assert await tablet.mark("nama").input_value() == "Bu Darmi Setengah"
    await tablet.page.reload()
    await tablet.unlock()
    await tablet.page.get_by_text(t("petugas.isian.dilanjutkan")).wait_for()
    assert await tablet.mark("telepon").input_value() == "0812 0001 2345"
    await tablet.mark("simpan-nasabah").click()
    await tablet.until_sent()
    (row,) = await tablet.rows("enrolment")
    assert row["state"] == "recorded"
    # Once saved it is nobody's any more.
    await tablet.go("daftar")
    await tablet.mark("nama").wait_for()
    assert await tablet.mark("nama").input_value() == ""
    assert await tablet.page.get_by_text(t("petugas.isian.dilanjutkan")).count() == 0


async def test_a_battery_pulled_right_after_the_set_up_costs_nothing(
    town: Town, books: Books, system: Running, chromium: Chromium, tmp_path: Path
) -> None:
    resident = await town.resident("Baterai Uji")
    async with Cutter(system.web) as line:
        async with powered(chromium, tmp_path, line.address) as context:
            device = Handheld(context.pages[0], context, Watch({line.address}), line.address, line)
            tablet = Tablet(device, town.operator(), resident.bank)
            await equip(context)
            await tablet.set_up((await town.setup_code(resident.bank))["enrolment_code"])
            await tablet.sign_in()
            pull_the_battery(tmp_path)
        async with powered(chromium, tmp_path, line.address) as context:
            # A slow machine may have written the cookies down by now; here they are lost for certain.
            await context.clear_cookies()
            await equip(context)
            device = Handheld(context.pages[0], context, Watch({line.address}), line.address, line)
            again = Tablet(device, tablet.operator, tablet.bank)
            await again.open()
            await again.unlock()

            async def came_back() -> bool:
                return any(
                    each.request.path.endswith("/tablet/kembali") and each.status == 200
                    for each in line.exchanges
                )

            await until(came_back, "the server knows the tablet again", SECONDS)
            await again.until_ready()
            deposit = await again.weigh(resident, [CARDBOARD])
            await again.until_sent()
            cookies = {each["name"]: each for each in await context.cookies()}
            assert cookies["tablet"]["httpOnly"]
            # What came back is out of reach of scripts.
            assert "tablet=" not in await again.page.evaluate("document.cookie")
    assert (await books.until_credited([deposit])).once == 1


async def test_a_waste_bank_is_called_by_its_name_also_without_a_signal(
    town: Town, tablet_page: Handheld
) -> None:
    resident = await town.resident("Nama Uji")
    tablet = await Tablet.ready(tablet_page, town)
    head = tablet.page.locator("header .merek")
    assert (await head.inner_text()).strip() == OFFICIAL_NAME
    await tablet.offline()
    await tablet.page.reload()
    await head.wait_for()
    assert (await head.inner_text()).strip() == OFFICIAL_NAME
    await tablet.unlock()
    await tablet.weigh(resident, [CARDBOARD])
    assert OFFICIAL_NAME in await tablet.mark("struk").inner_text()
