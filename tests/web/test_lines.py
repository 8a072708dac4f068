"""What the field does to connections: sockets that close, lines that hang half open, two tabs on one tablet."""

import asyncio

import pytest

from tests.demo.waiting import until
from tests.web.books import Books
from tests.web.browsing import TABLET
from tests.web.conftest import Handheld, OpenDevice
from tests.web.cutter import Line
from tests.web.tablet import APP, Tablet
from tests.web.town import Town

HALF_OPEN_SECONDS = 60.0
HUNG_SECONDS = 90.0


async def test_a_server_whose_socket_is_closed_is_waited_for(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    await tablet_page.line.shut()
    deposit = await tablet.weigh(resident, [("K02", "bersih", "4")])
    await tablet.until_rows(lambda rows: rows[0]["tries"] > 0, "it was tried")
    assert [row["id"] for row in await tablet.unsent()] == [deposit]
    await tablet_page.line.reopen()
    await tablet.until_sent()
    await books.until_balance(resident.id, town.net_rupiah(resident, [("K02", "bersih", "4")]))


async def _until_given_up(tablet: Tablet) -> None:
    """Until the tablet has waited for an answer as long as it does, and asked anew."""
    await tablet.until_rows(
        lambda rows: any(row["tries"] > 0 for row in rows), "it gave up once", HUNG_SECONDS
    )

    async def asked_again() -> bool:
        return sum(each.path.endswith("deposits:batch") for each in tablet.device.line.hung) > 1

    await until(asked_again, "it asked again", HUNG_SECONDS)


@pytest.mark.parametrize("seconds", [0.0, pytest.param(HALF_OPEN_SECONDS, marks=pytest.mark.soak)])
async def test_a_line_that_hangs_holds_up_nobody(
    town: Town, books: Books, tablet_page: Handheld, seconds: float
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    tablet_page.line.become(Line.STALLS)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    lines = [("K02", "bersih", f"{number}") for number in range(1, 8)]
    slowest = 0.0
    for line in lines:
        begun = loop.time()
        await tablet.weigh(resident, [line])
        slowest = max(slowest, loop.time() - begun)
    # A weighing by taps takes a second or two on a busy machine; waiting for the line would take twenty.
    assert slowest < 15
    assert len(await tablet.unsent()) == len(lines)
    await _until_given_up(tablet)
    await asyncio.sleep(max(0.0, end - loop.time()))
    assert len(await tablet.unsent()) == len(lines)
    tablet_page.line.become(Line.HANGS_UP)
    tablet_page.line.become(Line.GOOD)
    await tablet.until_sent()
    await books.until_balance(resident.id, sum(town.net_rupiah(resident, [line]) for line in lines))


async def test_two_tabs_send_everything_once(town: Town, books: Books, open_device: OpenDevice) -> None:
    resident = await town.resident()
    device = await open_device(TABLET, own_line=True)
    first = await Tablet.ready(device, town)
    page = await device.context.new_page()
    second = Tablet(
        Handheld(page, device.context, device.watch, device.address, device.cutter),
        first.operator,
        first.bank,
    )
    await page.goto(APP)
    await second.unlock()
    await first.offline()
    lines = [("K02", "bersih", f"{number}") for number in range(2, 8)]
    ids = [await (first if at % 2 else second).weigh(resident, [line]) for at, line in enumerate(lines)]
    assert {row["id"] for row in await first.unsent()} == set(ids)
    await first.online()
    await first.until_sent()
    assert await second.unsent() == []
    batches = [each for each in device.line.exchanges if each.request.path.endswith("deposits:batch")]
    assert 1 <= len(batches) <= len(ids), batches
    counted = await books.until_credited(ids)
    assert (counted.once, counted.double) == (len(ids), [])
    await books.until_balance(resident.id, sum(town.net_rupiah(resident, [line]) for line in lines))
    assert await first.sentence() == await second.sentence()
