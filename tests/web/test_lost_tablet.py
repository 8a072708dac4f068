"""A tablet falls into the river with thirty unsent deposits: the receipts in people's hands bring them back."""

import base64
import json

from tests.web.books import Books
from tests.web.browsing import TABLET
from tests.web.conftest import OpenDevice
from tests.web.ports import show
from tests.web.tablet import THERE, Line, Tablet
from tests.web.town import Town
from tests.web.wording import t

DEPOSITS = 30
RESIDENTS = 6


def forged(receipt: str) -> str:
    """The same receipt, for ten times the weight."""
    mark, signature, signed = receipt.split(".", 2)
    said = json.loads(signed)
    said[9][0][3] *= 10
    said[9][0][4] *= 10
    return ".".join((mark, signature, json.dumps(said, separators=(",", ":"))))


def unsigned(receipt: str) -> str:
    """The same deposit under a signature that nobody made."""
    mark, signature, signed = receipt.split(".", 2)
    other = base64.urlsafe_b64encode(bytes(64)).decode().rstrip("=")
    assert len(other) == len(signature)
    return f"{mark}.{other}.{signed}"


async def test_thirty_receipts_restore_what_a_lost_tablet_had(
    town: Town, books: Books, open_device: OpenDevice
) -> None:
    residents = await town.residents(RESIDENTS)
    lost = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await lost.offline()
    weighings: list[tuple[int, Line]] = [
        (number % RESIDENTS, ("K02", "bersih", f"{2 + number % 5},{number % 9}"))
        for number in range(DEPOSITS)
    ]
    ids = await lost.weigh_quickly([(residents[who], [line]) for who, line in weighings])
    receipts = [
        f"TMD1.{row['signature']}.{row['signed']}"
        for row in sorted(await lost.rows("deposit"), key=lambda row: ids.index(row["id"]))
    ]
    assert await lost.receipt(ids[0]) == receipts[0]
    await lost.page.close()

    finder = await Tablet.ready(await open_device(TABLET, own_line=True), town, operator=town.operator(2))
    await _scan(finder, [*receipts, *receipts[:5]])
    rows = await finder.until_sent()
    assert {row["id"] for row in rows if row["kind"] == "deposit"} == set(ids)
    assert all(row["carried"] for row in rows)
    counted = await books.until_credited(ids)
    assert (counted.once, counted.missing, counted.double) == (DEPOSITS, [], [])
    worth = [
        sum(town.net_rupiah(one, [line]) for who, line in weighings if who == number)
        for number, one in enumerate(residents)
    ]
    for resident, rupiah in zip(residents, worth, strict=True):
        await books.until_balance(resident.id, rupiah)

    third = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await _scan(third, receipts[:10])
    await third.until_sent()
    for resident, rupiah in zip(residents, worth, strict=True):
        assert await books.settle(resident.id, quiet_seconds=0.5) == rupiah


async def test_a_forged_receipt_is_refused_in_words(
    town: Town, books: Books, open_device: OpenDevice
) -> None:
    resident = await town.resident()
    giver = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await giver.offline()
    good = await giver.receipt(await giver.weigh(resident, [("K02", "bersih", "2,5")]))
    taker = await Tablet.ready(await open_device(TABLET, own_line=True), town, operator=town.operator(2))
    await _scan(taker, [forged(good)])
    (row,) = await taker.until_rows(
        lambda rows: [each["state"] for each in rows] == ["invalid"], "the forged receipt is refused"
    )
    assert row["code"] == "signature_wrong"
    await taker.go("antrean")
    await taker.page.get_by_text(row["detail"]).wait_for()
    assert await books.settle(resident.id) == 0
    await _scan(taker, [unsigned(good)])
    await taker.until_rows(lambda rows: [each["state"] for each in rows] == ["invalid"], "refused again")
    await _scan(taker, [good])
    await taker.until_rows(
        lambda rows: any(each["state"] in THERE for each in rows), "the true one is taken all the same"
    )
    await books.until_balance(resident.id, town.net_rupiah(resident, [("K02", "bersih", "2,5")]))


async def _scan(tablet: Tablet, receipts: list[str]) -> None:
    await tablet.go("pulihkan")
    camera = tablet.page.get_by_role("button", name=t("petugas.pulihkan.pindai"))
    await tablet.page.locator("h1").get_by_text(t("petugas.pulihkan.judul")).wait_for()
    if await camera.count():
        await camera.click()
    for receipt in receipts:
        await show(tablet.page, receipt)
    await tablet.mark("masukkan-struk").click()
    await tablet.mark("masukkan-struk").wait_for(state="detached")
