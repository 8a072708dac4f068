"""What comes from elsewhere while somebody is in the middle of it: a new version, a new price, no paper."""

from pathlib import Path
from uuid import UUID

from shared.kernel.ids import uuid7
from tests.demo.waiting import until
from tests.web.books import Books
from tests.web.browsing import TABLET
from tests.web.conftest import Handheld, OpenDevice, Running
from tests.web.ports import printed, turn
from tests.web.second_web import STATIC, newer_build, second_web, version_of
from tests.web.tablet import Tablet
from tests.web.town import PAID_ITEM, Town
from tests.web.wording import t

CEMARA = "lubuk-pakam-cemara"
_LOOK = "navigator.serviceWorker.getRegistration().then(found => found.update())"
_KEPT = "caches.keys().then(names => names.filter(name => name.startsWith('timbang-')))"
SECONDS = 60
DEARER_RUPIAH = 100
A_LINE_BYTES = 40


async def test_operator_09_a_new_version_waits_for_the_deposit(
    town: Town, books: Books, system: Running, tablet_page: Handheld, tmp_path: Path
) -> None:
    first, second = await town.resident("Sabar Uji"), await town.resident("Lama Uji")
    old = version_of(STATIC)
    new = old[::-1]
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.choose(second)
    (empty,) = await tablet.until_rows(lambda rows: len(rows) == 1, "the draft is begun")
    await tablet.put(*PAID_ITEM, "3")
    # A person takes longer to leave than the tablet to write down what was typed; a test does not.
    await tablet.until_rows(
        lambda rows: rows[0]["sealed_bytes"] > empty["sealed_bytes"] + A_LINE_BYTES, "the draft has its line"
    )
    await tablet.go("")
    await tablet.page.reload()
    await tablet.unlock()
    await tablet.choose(first)
    await tablet.put(*PAID_ITEM, "2,5")
    before = await tablet.page.evaluate(_KEPT)
    assert len(before) == 1
    async with second_web(system, newer_build(tmp_path, old, new)) as address:
        tablet_page.line.lead_to(address)
        await tablet.page.evaluate(_LOOK)
        await tablet.page.get_by_text(t("petugas.versi.menunggu")).wait_for()
        await tablet.page.get_by_role("button", name=t("petugas.versi.pakai")).click()
        # The deposit goes on under the old version, with all that was typed, and the button says why.
        await tablet.page.get_by_text(t("petugas.versi.draf_dulu")).wait_for()
        assert await tablet.mark("layar").inner_text() == f"2,5 {t('petugas.satuan.kg')}"
        assert before[0] in await tablet.page.evaluate(_KEPT)
        await tablet.save()
        await tablet.page.get_by_text(t("petugas.versi.draf_dulu")).wait_for(state="detached")
        await tablet.page.get_by_role("button", name=t("petugas.versi.pakai")).click()
        await tablet.page.locator(".pin").wait_for()

        async def taken() -> bool:
            return bool(await tablet.page.evaluate(_KEPT) == [f"timbang-{new}"])

        await until(taken, "only the new version is kept", SECONDS)
        await tablet.unlock()
        await tablet.go("")
        await tablet.page.get_by_role("link", name=second.name).click()
        await tablet.save()
        await tablet.until_sent()
        await books.until_balance(first.id, town.net_rupiah(first, [(*PAID_ITEM, "2,5")]))
        await books.until_balance(second.id, town.net_rupiah(second, [(*PAID_ITEM, "3")]))


async def _dearer(town: Town) -> None:
    """Put a list in force, for one waste bank alone, that pays a hundred rupiah more a kilogram."""
    known = await town.stage.tablets[CEMARA].fetch_prices()
    item, grade = PAID_ITEM
    price = known.offers[PAID_ITEM].price_rupiah
    programme = town.stage.door("valuation", town.stage.tokens[town.programme().code])
    list_id = uuid7()
    draft = {
        "name": "Uji harga Cemara",
        "waste_bank_id": CEMARA,
        "based_on": str(known.id),
        "prices": [
            {
                "item_code": item,
                "grade": grade,
                "price_rupiah": price + DEARER_RUPIAH,
                "source": "Uji: keputusan program",
            }
        ],
    }
    await programme.put(f"/v1/price-list-drafts/{list_id}", draft)
    await programme.post(f"/v1/price-list-drafts/{list_id}:publish", {})


async def test_operator_10_the_printed_price_is_paid(
    town: Town, books: Books, open_device: OpenDevice
) -> None:
    resident = await town.resident("Tetap Uji", bank=CEMARA)
    tablet = await Tablet.ready(
        await open_device(TABLET, own_line=True), town, operator=town.operator(3), bank=CEMARA
    )
    await tablet.offline()
    # The arithmetic of the list that was fetched before: the one that the tablet has.
    promised = town.net_rupiah(resident, [(*PAID_ITEM, "10")])
    await _dearer(town)
    await turn(tablet.page, paper=False)
    deposit = await tablet.weigh(resident, [(*PAID_ITEM, "10")])
    await tablet.page.get_by_role("button", name=t("petugas.struk.cetak")).click()
    await tablet.page.get_by_text(t("petugas.struk.cetak_gagal")).wait_for()
    # Without paper the next one is weighed all the same.
    other = await tablet.weigh(resident, [(*PAID_ITEM, "4")])
    await turn(tablet.page, paper=True)
    await tablet.go("riwayat")
    await tablet.page.locator(f'a[href$="{deposit}"]').click()
    await tablet.page.get_by_role("button", name=t("petugas.struk.cetak")).click()
    await tablet.page.get_by_text(t("petugas.struk.tercetak")).wait_for()
    (paper,) = await printed(tablet.page)
    shown = f"Rp{promised:,}".replace(",", ".")
    assert shown.encode() in paper
    await tablet.online()
    await tablet.until_sent()
    await books.until_balance(resident.id, promised + town.net_rupiah(resident, [(*PAID_ITEM, "4")]))
    differences = await town.stage.desk.price_differences({UUID(deposit), UUID(other)})
    assert set(differences) == {UUID(deposit), UUID(other)}
    assert abs(differences[UUID(deposit)]) == 10 * DEARER_RUPIAH, differences
    await town.stage.tablets[CEMARA].fetch_prices()
