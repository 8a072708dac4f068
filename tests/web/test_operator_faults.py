"""What happens to a tablet: its battery, its line, its operators. Nothing that was saved is lost or counted twice."""

from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Route

from tests.demo.waiting import until
from tests.web.books import Books
from tests.web.browsing import Watch
from tests.web.chromium import Chromium
from tests.web.conftest import Handheld, Running
from tests.web.cutter import Cutter, Line, Request
from tests.web.ports import equip, turn
from tests.web.power import powered, pull_the_battery
from tests.web.tablet import THERE, Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(240)
CARDBOARD = ("K02", "bersih", "2,5")
UNSENT = 12
SECONDS = 60.0
HOUR_MS = 3_600_000
_WRONG = """
() => new Promise((done, fail) => {
  const opening = indexedDB.open('timbang')
  opening.onerror = () => fail(opening.error)
  opening.onsuccess = () => {
    const reading = opening.result.transaction('operators').objectStore('operators').getAll()
    reading.onsuccess = () => { opening.result.close(); done(reading.result[0].wrong.count) }
  }
})
"""


def is_batch(request: Request) -> bool:
    """The request that brings deposits."""
    return request.path.endswith("deposits:batch")


async def test_operator_05_battery_pulled_after_saved(
    town: Town, books: Books, system: Running, chromium: Chromium, tmp_path: Path
) -> None:
    resident = await town.resident()
    async with Cutter(system.web) as line:
        async with powered(chromium, tmp_path, line.address) as context:
            device = Handheld(context.pages[0], context, Watch({line.address}), line.address, line)
            tablet = await Tablet.ready(device, town)
        # It was set up on another day: Chromium writes cookies down half a minute late, or when it is closed.
        line.become(Line.HANGS_UP)
        async with powered(chromium, tmp_path, line.address) as context:
            await equip(context)
            device = Handheld(context.pages[0], context, Watch({line.address}), line.address, line)
            tablet = Tablet(device, tablet.operator, tablet.bank)
            await tablet.open()
            await tablet.unlock()
            deposit = await tablet.weigh(resident, [CARDBOARD])
            pull_the_battery(tmp_path)
        async with powered(chromium, tmp_path, line.address) as context:
            await equip(context)
            page = context.pages[0]
            device = Handheld(page, context, Watch({line.address}), line.address, line)
            restarted = Tablet(device, tablet.operator, tablet.bank)
            # Still without a line: the app starts from what it kept.
            await restarted.open()
            await restarted.unlock()
            assert [row["id"] for row in await restarted.unsent()] == [deposit]
            line.become(Line.GOOD)
            await page.reload()
            await restarted.unlock()
            await restarted.until_sent()
            assert [row["id"] for row in await restarted.rows("deposit")] == [deposit]
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))
    assert len(await books.deposits(resident.id, resident.bank)) == 1


async def test_a_word_that_only_a_newer_service_says_records_nothing(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    said: list[str] = []

    async def newer(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.json()
        said.append(body["results"][0]["status"])
        if len(said) == 1:
            body["results"][0]["status"] = "postponed"
        await route.fulfill(response=answer, json=body)

    await tablet_page.context.route("**/v1/deposits:batch", newer)
    await tablet.weigh(resident, [CARDBOARD])
    (row,) = await tablet.until_sent()
    assert row["state"] in THERE
    assert said[:2] == ["recorded", "repeated"]
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))


async def test_operator_06_signal_for_moments_that_dies_mid_batch(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    residents = await town.residents(4)
    tablet = await Tablet.ready(tablet_page, town)
    line = tablet_page.line
    line.become(Line.HANGS_UP)
    weighings = [(one, [("K02", "bersih", f"{2 + number}")]) for number, one in enumerate(residents * 2)]
    ids = await tablet.weigh_quickly(weighings)
    assert await _unsent_by_sentence(tablet) == len(ids)
    # The signal is there, the batch goes out, and the line dies before the answer.
    line.lose_reply(is_batch)
    line.become(Line.GOOD)
    await until(lambda: _carried_out(line), "a batch arrived", SECONDS)
    line.become(Line.HANGS_UP)
    assert await _unsent_by_sentence(tablet) == len(ids)
    assert [row["state"] for row in await tablet.unsent()] == ["waiting"] * len(ids)
    line.become(Line.GOOD)
    await tablet.until_sent()
    assert await _unsent_by_sentence(tablet) == 0
    counted = await books.until_credited(ids)
    assert (counted.once, counted.missing, counted.double) == (len(ids), [], [])
    for number, one in enumerate(residents):
        lines = [weighings[number][1][0], weighings[number + len(residents)][1][0]]
        await books.until_balance(one.id, sum(town.net_rupiah(one, [each]) for each in lines))


async def test_operator_07_reply_lost_after_commit(town: Town, books: Books, tablet_page: Handheld) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    tablet_page.line.lose_reply(is_batch)
    deposit = await tablet.weigh(resident, [CARDBOARD])
    rupiah = town.net_rupiah(resident, [CARDBOARD])
    await books.until_balance(resident.id, rupiah)
    await tablet.until_sent()
    batches = [each for each in tablet_page.line.exchanges if is_batch(each.request)]
    assert [each.told for each in batches] == [False, True]
    (row,) = await tablet.rows("deposit")
    assert (row["id"], row["state"]) == (deposit, "recorded")
    await tablet.go("antrean")
    assert (await tablet.sentence()).startswith(t("petugas.aman.semua").split("{", maxsplit=1)[0])
    assert await books.settle(resident.id) == rupiah


async def test_operator_08_logout_with_twelve_unsent(town: Town, books: Books, tablet_page: Handheld) -> None:
    residents = await town.residents(3)
    first, second = town.operator(1), town.operator(2)
    tablet = await Tablet.ready(tablet_page, town, operator=first)
    tablet_page.line.become(Line.HANGS_UP)
    weighings = [(residents[number % 3], [("K02", "bersih", f"{2 + number}")]) for number in range(UNSENT)]
    ids = await tablet.weigh_quickly(weighings)
    await _sign_out(tablet)
    assert len(await tablet.unsent()) == UNSENT
    tablet_page.line.become(Line.GOOD)
    await tablet.sign_in(second)
    await tablet.until_sent()
    counted = await books.until_credited(ids)
    assert (counted.once, counted.missing, counted.double) == (UNSENT, [], [])
    for number, one in enumerate(residents):
        stored = await books.deposits(one.id, one.bank)
        assert {each["deposit_id"] for each in stored} == set(ids[number::3])
        assert {each["recorder_id"] for each in stored} == {str(first.id)}
        lines = [weighing[1][0] for weighing in weighings[number::3]]
        await books.until_balance(one.id, sum(town.net_rupiah(one, [each]) for each in lines))


async def test_an_expired_sign_in_still_records(town: Town, books: Books, tablet_page: Handheld) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.device.context.clear_cookies(name="petugas")
    deposit = await tablet.weigh(resident, [CARDBOARD])
    line = tablet_page.line
    await until(lambda: _refused(line), "the server wants the PIN", SECONDS)
    assert [row["id"] for row in await tablet.unsent()] == [deposit]
    await tablet.lock()
    await tablet.unlock()
    (row,) = await tablet.until_sent()
    assert row["state"] in THERE
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))


async def test_wrong_pins_wait_longer_and_longer(town: Town, tablet_page: Handheld) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.offline()
    await tablet.lock()
    right = tablet.operator.pin
    wrong = "000000" if right != "000000" else "111111"
    waits = tablet.page.get_by_text(t("petugas.buka.tunggu").split("{", maxsplit=1)[0])
    for number in range(3):
        await _type(tablet, wrong)
        await until(partial(_wrong_pins, tablet, number + 1), "the wrong PIN is written down", SECONDS)
    # A clock that is turned back wins nothing: the right PIN is not looked at before the wait is over.
    await turn(tablet.page, shift=-HOUR_MS)
    await _pad_is_open(tablet)
    await _type(tablet, right)
    await waits.first.wait_for()
    await turn(tablet.page, shift=HOUR_MS)
    await _pad_is_open(tablet)
    await _type(tablet, right)
    await tablet.page.get_by_role("button", name=t("petugas.kunci"), exact=True).wait_for()
    assert await _wrong_pins(tablet, 0)


async def _pad_is_open(tablet: Tablet) -> None:
    await tablet.page.locator(".pin button:not([disabled])").first.wait_for()


async def _refused(line: Cutter) -> bool | None:
    return any(is_batch(each.request) and each.status == 401 for each in line.exchanges) or None


async def _type(tablet: Tablet, pin: str) -> None:
    for digit in pin:
        await tablet.page.locator(".pin").get_by_role("button", name=digit, exact=True).click()


async def _wrong_pins(tablet: Tablet, count: int) -> bool | None:
    return (await tablet.page.evaluate(_WRONG)) == count or None


async def _carried_out(line: Cutter) -> bool | None:
    return any(is_batch(each.request) for each in line.exchanges) or None


async def _unsent_by_sentence(tablet: Tablet) -> int:
    """How many deposits the one sentence says are waiting."""
    said = await tablet.sentence()
    first = said.split(" ", maxsplit=1)[0]
    return int(first) if first.isdigit() else 0


async def _sign_out(tablet: Tablet) -> None:
    await tablet.go("setelan")
    await tablet.page.get_by_role("button", name=t("petugas.keluar.judul"), exact=True).click()
    await tablet.page.get_by_role("button", name=t("petugas.keluar.ya"), exact=True).click()
    await tablet.page.locator(".pin, .petak").first.wait_for()
