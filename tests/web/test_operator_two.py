"""Two operators share a tablet, each in a tab of their own: what one weighed never becomes the other's."""

import pytest

from tests.demo.waiting import until
from tests.web.books import Books
from tests.web.conftest import Handheld
from tests.web.tablet import Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(400)
SECONDS = 90.0
CARDBOARD = ("K02", "bersih", "2,5")


async def test_a_weighing_stays_that_of_who_weighed_it(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident, first, second = await town.resident("Wati Ditimbang"), town.operator(1), town.operator(2)
    tablet = await Tablet.ready(tablet_page, town, operator=first)
    # The other tab: the same tablet, and from now on the same cookie is the second operator's.
    beside = Tablet(
        Handheld(
            await tablet_page.context.new_page(),
            tablet_page.context,
            tablet_page.watch,
            tablet_page.address,
            tablet_page.cutter,
        ),
        second,
        tablet.bank,
    )
    await beside.open()
    await beside.sign_in()
    deposit = await tablet.weigh(resident, [CARDBOARD])
    identity = town.stage.tokens[town.programme().code]
    deposits = town.stage.door("deposit", identity)

    async def recorder() -> str | None:
        answer = await deposits.ask("GET", f"/v1/deposits/{deposit}")
        return str(answer.json()["recorder_id"]) if answer.status_code == 200 else None

    async def tried() -> bool:
        return any("/v1/deposits:" in each.request.path for each in tablet_page.line.exchanges)

    await until(tried, "the weighing is sent", SECONDS)
    await tablet.page.get_by_role("button", name=t("petugas.kunci"), exact=True).click()
    await tablet.unlock(first)
    # It goes out as the first operator's, or carried by the second one, and is paid once.
    assert await until(recorder, "the weighing is at the server", SECONDS) == str(first.id)
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))
