"""A resident looks at their money: the first page, provisional and certain, both languages, and too little of it."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import ViewportSize

from tests.demo.cast import MAIN_BANK
from tests.demo.day import now
from tests.demo.hands import neighbour
from tests.web.books import Books
from tests.web.browsing import PHONE
from tests.web.conftest import Handheld, OpenDevice, Running
from tests.web.inspecting import fitting
from tests.web.measuring import LIMITS, gz_bytes, paths_of
from tests.web.signing_in import make_known, sign_in_resident
from tests.web.town import PAID_ITEM, Town
from tests.web.wording import t

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
# Above the cap for one line: a second person looks first.
HEAVY_GRAMS = 150_500
SMALL_PHONE = ViewportSize(width=320, height=640)


async def test_resident_01_the_first_page_is_light_and_needs_no_script(
    plain_page: Handheld, system: Running
) -> None:
    page = plain_page.page
    await page.goto("/")
    await page.get_by_label(t("warga.masuk.siapa")).wait_for()
    await page.get_by_label(t("warga.masuk.pin"), exact=True).wait_for()
    sizes = await gz_bytes(system.web, paths_of(plain_page.watch.requests, system.web))
    assert sum(sizes.values()) <= LIMITS["resident_first_page_gz"], sizes
    await page.get_by_role("link", name=t("warga.harga.judul")).click()
    await page.get_by_role("heading", name=t("warga.harga.judul")).wait_for()
    # A price is not what is paid: what is deducted stands beside it.
    assert await page.locator("main p").get_by_text("5%").count() == 1
    await page.locator("summary", has_text=t("warga.hitung.judul")).click()
    await page.locator("#jenis1").select_option("K02.bersih")
    await page.locator("#jumlah1").fill("2,5")
    await page.locator("#jenis2").select_option("K02.bersih")
    await page.locator("#jumlah2").fill("2.5")
    await page.get_by_role("button", name=t("warga.hitung.tombol")).click()
    values = await page.locator("#hasil .daftar .uang").all_inner_texts()
    assert len(values) == 2
    assert values[0] == values[1]


@BOTH
async def test_resident_02_provisional_becomes_certain_and_says_why(
    town: Town, books: Books, open_device: OpenDevice, javascript: bool
) -> None:
    resident = await town.resident("Rosmaida Uji")
    heavy = town.weighing(resident, [("K02", "bersih", HEAVY_GRAMS)])
    tablet = town.stage.tablets[resident.bank]
    await tablet.send(heavy)
    page = (await open_device(PHONE, javascript=javascript)).page
    await sign_in_resident(page, resident)
    await make_known(page, resident)
    # What is promised is what will be there, not the value before deductions.
    promised = page.locator('[data-uji="sementara"] .uang')
    assert _digits(await promised.inner_text()) == heavy.net_rupiah
    await page.get_by_role("link", name=t("warga.sementara.mengapa", n=1)).click()
    await page.get_by_text(t("warga.sementara.diperiksa")).wait_for()
    assert _digits(await promised.inner_text()) == heavy.net_rupiah
    await page.locator(f'a[href="/setoran/{heavy.id}"]').click()
    expected = page.locator(".fakta > div", has_text=t("warga.setoran.perkiraan")).locator("dd")
    assert _digits(await expected.inner_text()) == heavy.net_rupiah
    await page.goto("/saldo")
    assert await books.balance(resident.id) == 0

    decides = town.stage.door("valuation", town.stage.tokens[town.programme().code])
    await decides.post(f"/v1/flags/{heavy.id}:approve", {"reason": "ditimbang ulang, benar"})
    await books.until_balance(resident.id, heavy.net_rupiah)
    await page.reload()
    await page.locator('[data-uji="sementara-kosong"]').wait_for()
    assert _digits(await page.locator('[data-uji="saldo"]').inner_text()) == heavy.net_rupiah

    right = town.weighing(resident, [("K02", "bersih", 15_000)])
    await tablet.correct(heavy, right, "salah ketik berat")
    await books.until_balance(resident.id, right.net_rupiah)
    await page.goto("/riwayat")
    assert await page.get_by_text("salah ketik berat").count() >= 1
    await page.locator(f'a[href="/setoran/{heavy.id}"]').first.click()
    await page.get_by_text(t("warga.setoran.tidak_berlaku"), exact=True).wait_for()
    await page.get_by_role("link", name=t("warga.setoran.pengganti")).click()
    assert _digits(await page.locator('[data-uji="bersih"]').inner_text()) == right.net_rupiah


async def test_a_sum_is_never_torn_apart_on_a_small_phone(town: Town, open_device: OpenDevice) -> None:
    resident = await town.resident("Layar Kecil Uji", rupiah=110_000)
    phone = await open_device(SMALL_PHONE)
    await sign_in_resident(phone.page, resident)
    for path in ("/", "/saldo"):
        await phone.page.goto(path)
        for letters in ("100%", "200%"):
            await phone.page.evaluate("size => { document.documentElement.style.fontSize = size }", letters)
            lines = await phone.page.locator('[data-uji="saldo"] .uang').evaluate(
                "sum => { const text = document.createRange(); text.selectNodeContents(sum);"
                " return new Set([...text.getClientRects()].map(box => Math.round(box.top))).size }"
            )
            assert lines == 1, (path, letters)
            assert await fitting(phone.page) == [], (path, letters)


@BOTH
async def test_resident_09_english_and_back_on_the_same_page(
    town: Town, books: Books, open_device: OpenDevice, javascript: bool
) -> None:
    resident = await town.resident("Lamria Uji", rupiah=12_000)
    page = (await open_device(PHONE, javascript=javascript)).page
    await sign_in_resident(page, resident)
    await make_known(page, resident, "/saldo")
    shown = await page.locator('[data-uji="saldo"]').inner_text()
    assert _digits(shown) == await books.balance(resident.id)
    assert shown.strip().startswith("Rp")
    await page.get_by_role("link", name="English").click()
    await page.get_by_role("heading", name=t("warga.saldo.pasti", "en")).wait_for()
    assert page.url.endswith("/saldo")
    assert await page.locator('[data-uji="saldo"]').inner_text() == shown
    assert await page.locator("html").get_attribute("lang") == "en"
    await page.goto("/harga?bank=lubuk-pakam-cemara")
    await page.get_by_role("link", name="Bahasa Indonesia").click()
    await page.get_by_role("heading", name=t("warga.harga.judul")).wait_for()
    assert await page.locator("#bank").input_value() == "lubuk-pakam-cemara"


@BOTH
async def test_resident_10_too_little_is_told_in_kilograms(
    town: Town, books: Books, open_device: OpenDevice, javascript: bool
) -> None:
    resident = await town.resident("Tiur Uji", rupiah=7_000)
    balance = await books.balance(resident.id)
    assert 7_000 <= balance < 20_000
    page = (await open_device(PHONE, javascript=javascript)).page
    await sign_in_resident(page, resident)
    await make_known(page, resident, "/tukar/listrik")
    await page.get_by_text(t("warga.kurang.judul")).wait_for()
    tiles = page.locator("label.pilih")
    assert await tiles.count() >= 6
    assert "kg" in await tiles.first.inner_text()
    assert await page.locator("input[name=pilih]:not([disabled])").count() == 0
    await page.locator('[data-uji="tarif"]').wait_for()
    await page.goto("/tukar/pulsa")
    assert await page.locator("input[name=pilih]:not([disabled])").count() >= 1
    assert await books.held(resident.id) == 0


async def test_a_long_statement_is_read_to_its_first_line(
    town: Town, books: Books, plain_page: Handheld
) -> None:
    days, a_day = 9, 5
    enrolled_at = now() - timedelta(days=days + 1)
    resident = await neighbour(random.Random(), "Roslina Uji", MAIN_BANK, None).enrol(town.stage, enrolled_at)
    tablet = town.stage.tablets[resident.bank]
    queue = [
        replace(
            town.weighing(resident, [(*PAID_ITEM, 1_000)]),
            weighed_at=now() - timedelta(days=day, minutes=each),
        )
        for day in range(days)
        for each in range(1, a_day + 1)
    ]
    # Deposit may hear of the member a moment later than the tablet: then they wait, and are recorded all the same.
    assert set(await tablet.send_queue(queue, now())) <= {"recorded", "waiting"}
    await books.until_balance(resident.id, sum(each.net_rupiah for each in queue))
    page = plain_page.page
    await sign_in_resident(page, resident)
    await make_known(page, resident, "/riwayat")
    seen = []
    while True:
        rows = page.locator("main .daftar > li > a")
        seen += await rows.evaluate_all("links => links.map(each => each.getAttribute('href'))")
        older = page.get_by_role("link", name=t("warga.riwayat.lebih_lama"))
        if not await older.count():
            break
        async with page.expect_navigation():
            await older.click()
    assert len(seen) == len(set(seen))
    assert set(seen) == {f"/setoran/{each.id}" for each in queue}


def _digits(text: str) -> int:
    return int("".join(each for each in text if each.isdigit()))
