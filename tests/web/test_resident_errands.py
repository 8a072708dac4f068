"""What residents do beside money, without a script: have waste fetched, take their data along, and leave."""

import io
import json
import zipfile

from tests.web.books import Books
from tests.web.conftest import Handheld
from tests.web.signing_in import make_known, sign_in_resident
from tests.web.town import Town
from tests.web.wording import t


async def test_waste_is_fetched_on_a_free_day_and_may_be_cancelled(town: Town, plain_page: Handheld) -> None:
    resident = await town.resident("Ngatiyem Uji")
    page = plain_page.page
    await sign_in_resident(page, resident)
    await make_known(page, resident, "/jemput")
    await page.locator("[name=alamat]").fill("Jalan Kenanga 4, pagar biru")
    await page.locator("[name=berat]").fill("0,5")
    await page.get_by_role("button", name=t("warga.jemput.tombol")).click()
    await page.get_by_text(t("warga.jemput.belum")).wait_for()
    assert await page.locator("[name=alamat]").input_value() == "Jalan Kenanga 4, pagar biru"
    await page.locator("[name=berat]").fill("12,5")
    await page.get_by_role("button", name=t("warga.jemput.tombol")).click()
    await page.get_by_text(t("warga.jemput.dipesan"), exact=True).wait_for()
    await page.get_by_text("12,5 kg").wait_for()
    await page.goto("/jemput")
    assert await page.locator("main .daftar > li").count() == 1
    await page.locator("main .daftar > li a").click()
    await page.locator("summary").click()
    await page.get_by_role("radio", name=t("warga.jemput.batal.lain_waktu")).check()
    await page.get_by_role("button", name=t("warga.jemput.batalkan")).click()
    await page.get_by_text(t("warga.jemput.batal.lain_waktu")).wait_for()


async def test_own_data_is_taken_along_and_then_forgotten(
    town: Town, books: Books, plain_page: Handheld
) -> None:
    resident = await town.resident("Darsono Uji", rupiah=20_000)
    page, browser = plain_page.page, plain_page.context.request
    await sign_in_resident(page, resident)
    await make_known(page, resident, "/data-saya")
    told = json.loads(await (await browser.get("/data-saya/unduh.json")).text())
    assert told["identitas"]["member"]["name"] == resident.name
    assert told["saldo"]["balance"]["posted_rupiah"] == await books.balance(resident.id)
    assert len(told["setoran"]["deposits"]) >= 1
    packed = zipfile.ZipFile(io.BytesIO(await (await browser.get("/data-saya/unduh.zip")).body()))
    assert sorted(packed.namelist()) == ["identitas.csv", "penukaran.csv", "saldo.csv", "setoran.csv"]
    assert resident.name in packed.read("identitas.csv").decode()

    await page.get_by_role("link", name=t("warga.berhenti.judul")).click()
    await page.get_by_role("checkbox", name=t("warga.berhenti.centang")).check()
    await page.get_by_role("button", name=t("warga.berhenti.tombol")).click()
    await page.get_by_text(t("warga.berhenti.belum")).wait_for()

    other = await town.resident("Kamisah Uji")
    await page.context.clear_cookies()
    await sign_in_resident(page, other)
    await make_known(page, other, "/data-saya/berhenti")
    await page.get_by_role("checkbox", name=t("warga.berhenti.centang")).check()
    await page.get_by_role("button", name=t("warga.berhenti.tombol")).click()
    await page.get_by_text(t("warga.masuk.kabar.berhenti")).wait_for()
    await page.locator("[name=siapa]").fill(other.code)
    await page.locator("[name=pin]").fill(other.pin)
    await page.get_by_role("button", name=t("warga.masuk.tombol")).click()
    await page.get_by_text(t("warga.masuk.belum")).wait_for()
