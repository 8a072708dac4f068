"""An operator who is dismissed: the tablet that stays at the waste bank opens nothing more with their PIN."""

from dataclasses import replace

import pytest

from shared.kernel.ids import uuid7
from tests.demo.cast import MAIN_BANK
from tests.demo.staff import Person
from tests.demo.waiting import until
from tests.web.books import Books
from tests.web.conftest import Handheld
from tests.web.tablet import Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(400)
SECONDS = 90.0
CARDBOARD = ("K02", "bersih", "2,5")
PIN = "837261"
_KNOWN = """
() => new Promise((done, fail) => {
  const opening = indexedDB.open('timbang')
  opening.onerror = () => fail(opening.error)
  opening.onsuccess = () => {
    const reading = opening.result.transaction('operators').objectStore('operators').getAllKeys()
    reading.onsuccess = () => { opening.result.close(); done(reading.result) }
  }
})
"""
_ASKED = "fetch('/petugas/api/saya', {headers: {'X-Timbang': 'petugas'}}).then(answer => answer.status)"


async def test_a_dismissed_operators_pin_opens_the_people_no_more(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident = await town.resident("Lestari Terlindung")
    leaving = await _hired(town)
    tablet = await Tablet.ready(tablet_page, town, operator=leaving)
    deposit = await tablet.weigh(resident, [CARDBOARD])
    await tablet.until_rows(lambda rows: [row["state"] for row in rows] == ["recorded"], "it is sent")
    identity = town.stage.door("identity", town.stage.tokens[town.programme().code])
    await identity.post(f"/v1/staff/{leaving.id}:end", {"reason": "Pindah kota"})

    async def told() -> bool:
        return bool(await tablet.page.evaluate(_ASKED) == 401)

    async def forgotten() -> bool:
        return str(leaving.id) not in await tablet.page.evaluate(_KNOWN)

    await until(told, "web knows that the operator left", SECONDS)
    await tablet.lock()
    for digit in PIN:
        await tablet.page.locator(".pin").get_by_role("button", name=digit, exact=True).click()
    await until(forgotten, "the tablet forgot who left", SECONDS)
    await tablet.page.get_by_role("button", name=t("petugas.kunci"), exact=True).wait_for(state="detached")
    assert resident.name not in await tablet.page.content()
    # A colleague opens the same vault; nothing that was recorded is lost.
    await tablet.sign_in(town.operator(2))
    assert [row["id"] for row in await tablet.rows("deposit")] == [deposit]
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))


async def _hired(town: Town) -> Person:
    """A new operator of the main waste bank, with a PIN of their own."""
    programme = town.stage.door("identity", town.stage.tokens[town.programme().code])
    new, code = uuid7(), f"PTG-{int(town.new_phone()[-4:]) + 10_000}"
    body = {
        "staff_id": str(new),
        "code": code,
        "role": "operator",
        "name": "Rudi Pergi",
        "area": {"waste_bank_ids": [MAIN_BANK]},
    }
    first = (await programme.post("/v1/staff", body, expect=201))["first_pin"]["one_time_code"]
    stranger = town.stage.door("identity")
    await stranger.post("/v1/pins:choose", {"code": code, "one_time_code": first, "pin": PIN}, expect=204)
    return replace(town.operator(), id=new, code=code, pin=PIN, name="Rudi Pergi")
