"""Residents whom somebody has to help: a card and a PIN at the counter, and a complaint that gets its answer."""

import pytest

from tests.web.books import Books
from tests.web.browsing import PHONE, TABLET
from tests.web.conftest import Handheld, OpenDevice
from tests.web.ports import printed, show
from tests.web.signing_in import make_known, sign_in_resident
from tests.web.tablet import Tablet
from tests.web.town import Town
from tests.web.wording import t

METER = "32112345670"


async def test_resident_07_card_and_pin_at_the_counter(
    town: Town, books: Books, open_device: OpenDevice
) -> None:
    resident = await town.resident("Mbah Legiman", rupiah=60_000)
    before = await books.balance(resident.id)
    tablet = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    page = tablet.page
    await tablet.go("tukar")
    await page.get_by_role("button", name=t("petugas.tukar.pindai")).click()
    await show(page, resident.card["qr"])
    pad = page.get_by_role("group", name=t("petugas.pin.warga"))
    keys = [text for text in await pad.get_by_role("button").all_inner_texts() if text.strip().isdigit()]
    assert sorted(keys) == sorted("0123456789")
    for digit in resident.pin:
        await pad.get_by_role("button", name=digit, exact=True).click()
        assert resident.pin not in await page.content()
    await tablet.mark("saldo").wait_for()
    shown = "".join(each for each in await tablet.mark("saldo").inner_text() if each.isdigit())
    assert int(shown) == before
    _only_once_told(tablet, resident.pin)

    await page.get_by_role("button", name=t("petugas.tukar.listrik")).click()
    await tablet.mark("nomor-tujuan").fill(METER)
    await page.get_by_role("button", name="20.000").first.click()
    await tablet.mark("tukar-sekarang").click()
    await tablet.mark("token").wait_for(timeout=60_000)
    groups = await tablet.mark("token").locator("li").all_inner_texts()
    assert [len(group) for group in groups] == [4] * 5
    await page.get_by_role("button", name=t("petugas.struk.cetak")).click()
    await page.get_by_text(t("petugas.struk.tercetak")).wait_for()
    (paper,) = await printed(page)
    assert " ".join(groups).encode() in paper
    await books.until_nothing_held(resident.id)
    assert 20_000 <= before - await books.balance(resident.id) < 25_000


def _only_once_told(tablet: Tablet, pin: str) -> None:
    """The PIN went to the server once, at the sign-in, and nowhere else."""
    told = [request.url for request in tablet.device.watch.requests if pin in (request.post_data or "")]
    assert len(told) == 1, told
    assert told[0].endswith("/petugas/api/loket/masuk")
    assert not any(pin in request.url for request in tablet.device.watch.requests)


async def test_resident_07_leaving_the_counter_leaves_nothing_open(
    town: Town, open_device: OpenDevice
) -> None:
    resident = await town.resident("Mbah Juminem", rupiah=20_000)
    tablet = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await tablet.go("tukar")
    await tablet.mark("kartu-warga").fill(resident.card["number"])
    await tablet.mark("kode-kartu").fill(resident.card["secret"])
    await tablet.page.get_by_role("button", name=t("petugas.tukar.lanjut_pin")).click()
    pad = tablet.page.get_by_role("group", name=t("petugas.pin.warga"))
    for digit in resident.pin:
        await pad.get_by_role("button", name=digit, exact=True).click()
    await tablet.mark("saldo").wait_for()
    assert "loket" in {each.get("name") for each in await tablet.device.context.cookies()}
    await tablet.page.get_by_role("button", name=t("petugas.tukar.selesai")).click()
    await tablet.mark("kartu-warga").wait_for()
    await tablet.page.wait_for_load_state("networkidle")
    assert "loket" not in {each.get("name") for each in await tablet.device.context.cookies()}


async def test_cash_is_handed_to_the_right_one_of_two_of_one_name(
    town: Town, books: Books, open_device: OpenDevice
) -> None:
    await town.bring_cash(20_000)
    both = [await town.resident("Siti Aminah Uji", rupiah=20_000) for _ in range(2)]
    for resident in both:
        payout = (await resident.hands(town.stage)).payout
        wish = {"product": "tunai", "amount_rupiah": 10_000, "waste_bank_id": resident.bank}
        quote = await payout.post("/v1/quotes", wish, expect=201)
        asked, key = {"quote_id": quote["quote_id"]}, {"Idempotency-Key": f"uji-{resident.code}"}
        await payout.post("/v1/redemptions", asked, expect={201, 202}, headers=key)
    tablet = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await tablet.go("tukar")
    wanted, other = both
    row = tablet.mark("uang-menunggu").get_by_role("listitem").filter(has_text=wanted.code)
    give = row.get_by_role("button", name=t("petugas.tukar.serahkan", uang="Rp10.000"))
    await give.click()
    # One tap alone books nothing.
    question = tablet.page.get_by_role("dialog")
    await question.get_by_text(wanted.code).wait_for()
    await question.get_by_role("button", name=t("petugas.kembali")).click()
    assert (await books.held(wanted.id), await books.held(other.id)) == (10_000, 10_000)
    await give.click()
    given = t("petugas.tukar.sudah_serah", uang="Rp10.000")
    await question.get_by_role("button", name=given).click()
    await row.wait_for(state="detached")
    await books.until_nothing_held(wanted.id)
    assert await books.held(other.id) == 10_000


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
async def test_resident_08_a_wrong_weight_is_answered(
    town: Town, books: Books, open_device: OpenDevice, javascript: bool
) -> None:
    resident = await town.resident("Sumarni Uji")
    weighing = town.weighing(resident, [("K02", "bersih", 3_000)])
    await town.stage.tablets[resident.bank].send(weighing)
    await books.until_balance(resident.id, weighing.net_rupiah)
    phone = await open_device(PHONE, javascript=javascript)
    await sign_in_resident(phone.page, resident)
    await make_known(phone.page, resident, f"/setoran/{weighing.id}")
    number, due = await _complain(phone)
    assert number
    assert due
    programme = town.stage.door("deposit", town.stage.tokens[town.programme().code])
    listed = (await programme.get("/v1/disputes", open_only=True, limit=200))["disputes"]
    (dispute,) = [each for each in listed if each["member_id"] == str(resident.id)]
    assert (dispute["deposit_id"], dispute["complaint"]) == (str(weighing.id), "weight")
    answer = {"outcome": "turned_down", "words": "Timbangan sudah ditera; kami timbang ulang bersama Anda"}
    await programme.post(f"/v1/disputes/{dispute['dispute_id']}:answer", answer)
    await phone.page.reload()
    await phone.page.locator('[data-uji="dijawab"]').get_by_text(answer["words"]).wait_for()
    assert await books.settle(resident.id, quiet_seconds=0.5) == weighing.net_rupiah


async def _complain(phone: Handheld) -> tuple[str, str]:
    page = phone.page
    await page.get_by_role("link", name=t("warga.keluhan.ada_yang_salah")).click()
    await page.get_by_role("radio", name=t("warga.keluhan.berat")).check()
    await page.get_by_role("button", name=t("warga.keluhan.kirim")).click()
    await page.locator('[data-uji="nomor"]').wait_for()
    number = await page.locator('[data-uji="nomor"]').inner_text()
    return number.strip(), (await page.locator('[data-uji="batas"]').inner_text()).strip()
