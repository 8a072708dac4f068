"""A resident turns credit into something: in four pages, once, and with the money safe whatever the biller does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from tests.demo.hands import Neighbour
from tests.web.books import Books
from tests.web.browsing import PHONE
from tests.web.buying import look_again
from tests.web.conftest import Handheld, OpenDevice
from tests.web.signing_in import make_known, sign_in_resident
from tests.web.town import Town
from tests.web.wording import t

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
# The sandbox's numbers: fails after a while; sold, but the answer comes after the caller gave up.
FAILS_METER, LATE_METER = "14000000004", "14000000005"
PATIENCE = 60_000
MINUTE_SECONDS = 75


async def test_resident_03_a_token_is_readable_without_a_signal(
    town: Town, open_device: OpenDevice, books: Books
) -> None:
    phone, resident = await _phone(town, open_device, javascript=True, rupiah=40_000)
    page = phone.page
    await _buy_token(page, _meter(town))
    await look_again(page, books, resident)
    await _ended(page, "done")
    groups = await page.locator('[data-uji="token"] li').all_inner_texts()
    await page.get_by_role("button", name=t("warga.token.dengar")).wait_for()
    await page.get_by_role("link", name=t("warga.token.simpan")).click()
    await page.get_by_text(t("warga.token.tersimpan")).wait_for()
    kept = await page.evaluate(
        "async () => { const place = await caches.open('token'); const all = await place.keys();"
        " return [all.map(each => each.url), await (await place.match(location.href)).text()] }"
    )
    addresses, text = kept
    assert any("/token/" in each for each in addresses)
    assert not any(secret in text for secret in (resident.name, resident.code, resident.card["number"]))
    await phone.context.set_offline(True)
    await page.reload()
    assert await page.locator('[data-uji="token"] li').all_inner_texts() == groups
    await phone.context.set_offline(False)
    await page.goto("/")
    await page.get_by_role("button", name=t("warga.keluar.tombol")).click()
    await page.get_by_text(t("warga.masuk.kabar.keluar")).wait_for()
    await page.wait_for_function("async () => !(await caches.has('token'))")
    assert await books.held(resident.id) == 0


async def test_resident_03_a_sign_in_that_ended_elsewhere_leaves_no_token(open_device: OpenDevice) -> None:
    page = (await open_device(PHONE)).page
    await page.goto("/harga")
    await page.evaluate("caches.open('token').then(place => place.put('/token/lama', new Response('1234')))")
    # Nobody is signed in any more, and the first page is the way in.
    await page.goto("/")
    await page.wait_for_function("async () => !(await caches.has('token'))")


@BOTH
async def test_resident_03_a_token_in_four_pages(
    town: Town, books: Books, open_device: OpenDevice, javascript: bool
) -> None:
    phone, resident = await _phone(town, open_device, javascript=javascript, rupiah=40_000)
    page, before = phone.page, await books.balance(resident.id)
    await page.goto("/")
    pages = _count_pages(page)
    await page.get_by_role("link", name=t("warga.menu.tukar")).first.click()
    await page.get_by_role("link", name=t("warga.tukar.listrik")).click()
    await page.locator("[name=nomor]").fill(_meter(town))
    await page.get_by_role("radio", name="Rp20.000").check()
    await page.get_by_role("button", name=t("warga.tukar.lanjut")).click()
    owner = await page.locator('[data-uji="pemilik"]').inner_text()
    assert "***" in owner
    amount = _digits(await page.locator('[data-uji="dipotong"]').inner_text())
    await page.locator("main form button").click()
    await page.locator('[data-uji="jumlah"]').wait_for()
    assert len(pages) == 4, pages
    await _ended(page, "done")
    groups = await page.locator('[data-uji="token"] li').all_inner_texts()
    assert [len(group) for group in groups] == [4] * 5
    assert all(group.isdigit() for group in groups)
    await books.until_balance(resident.id, before - amount)
    await books.until_nothing_held(resident.id)


async def test_resident_04_a_biller_that_is_late_costs_nothing_twice(
    town: Town, books: Books, open_device: OpenDevice
) -> None:
    phone, resident = await _phone(town, open_device, javascript=False, rupiah=40_000)
    page, before = phone.page, await books.balance(resident.id)
    await _buy_token(page, LATE_METER)
    amount = _digits(await page.locator('[data-uji="jumlah"]').inner_text())
    await page.locator('[data-uji="status-processing"]').wait_for()
    await page.get_by_text(t("warga.penukaran.diproses"), exact=True).first.wait_for()
    await page.get_by_text(t("warga.jejak.dipastikan"), exact=True).wait_for(timeout=PATIENCE)
    assert (await books.balance(resident.id), await books.held(resident.id)) == (before, amount)
    async with _a_minute_later(town):
        await _ended(page, "done")
    await books.until_balance(resident.id, before - amount)


async def test_resident_04_a_purchase_that_fails_gives_all_of_it_back(
    town: Town, books: Books, open_device: OpenDevice
) -> None:
    phone, resident = await _phone(town, open_device, javascript=True, rupiah=40_000)
    page, before = phone.page, await books.balance(resident.id)
    await _buy_token(page, FAILS_METER)
    await page.get_by_text(t("warga.jejak.diproses"), exact=True).wait_for(timeout=PATIENCE)
    async with _a_minute_later(town):
        await _ended(page, "returned")
    await books.until_nothing_held(resident.id)
    assert await books.balance(resident.id) == before
    await page.goto("/")
    await page.get_by_text(t("warga.penukaran.kembali")).wait_for()


@BOTH
async def test_resident_05_however_often_it_is_sent_it_is_bought_once(
    town: Town, books: Books, open_device: OpenDevice, javascript: bool
) -> None:
    phone, resident = await _phone(town, open_device, javascript=javascript, rupiah=40_000)
    page, before = phone.page, await books.balance(resident.id)
    number = f"0878{town.new_phone()[-8:]}"
    await page.goto("/tukar/pulsa")
    await page.locator("[name=nomor]").fill(number)
    await page.get_by_role("radio", name="Rp10.000").check()
    await page.get_by_role("button", name=t("warga.tukar.lanjut")).click()
    amount = _digits(await page.locator('[data-uji="dipotong"]').inner_text())
    fields: dict[str, str | float | bool] = {
        "csrf": await page.locator("main form [name=csrf]").input_value()
    }
    check = page.url
    answers = await asyncio.gather(
        *(
            phone.context.request.post(check, form=fields, headers={"Origin": phone.address}, max_redirects=0)
            for _ in range(2)
        )
    )
    places = {answer.headers["location"] for answer in answers}
    assert len(places) == 1
    await page.locator("main form button").dblclick()
    await page.locator('[data-uji="jumlah"]').wait_for()
    assert page.url.endswith(places.pop())
    await page.go_back()
    await page.goto(check)
    await page.locator('[data-uji="jumlah"]').wait_for()
    await _ended(page, "done")
    await books.until_balance(resident.id, before - amount)
    assert await books.settle(resident.id) == before - amount
    await page.goto("/penukaran")
    assert await page.locator("main .daftar > li").count() == 1


@BOTH
async def test_resident_06_credit_for_mothers_phone(
    town: Town, books: Books, open_device: OpenDevice, javascript: bool
) -> None:
    phone, resident = await _phone(town, open_device, javascript=javascript, rupiah=20_000)
    page, before = phone.page, await books.balance(resident.id)
    await page.goto("/tukar/pulsa")
    for typed, words in (
        ("0878123", t("warga.nomor.kurang", n=7)),
        ("08781234567890", t("warga.nomor.lebih", n=14)),
        ("0618123456", t("warga.nomor.bukan_hp")),
    ):
        await page.locator("[name=nomor]").fill(typed)
        await page.get_by_role("radio", name="Rp10.000").check()
        await page.get_by_role("button", name=t("warga.tukar.lanjut")).click()
        await page.get_by_text(words).first.wait_for()
        assert await page.locator("[name=nomor]").input_value() == typed
    await page.locator("[name=nomor]").fill(f"+62 878 {town.new_phone()[-8:]}")
    await page.get_by_role("radio", name="Rp10.000").check()
    await page.get_by_role("button", name=t("warga.tukar.lanjut")).click()
    await page.get_by_role("heading", name="Pulsa XL 10.000").wait_for()
    amount = _digits(await page.locator('[data-uji="dipotong"]').inner_text())
    await page.locator("main form button").click()
    await page.locator('[data-uji="jumlah"]').wait_for()
    await look_again(page, books, resident)
    await _ended(page, "done")
    await books.until_balance(resident.id, before - amount)


async def _phone(
    town: Town, open_device: OpenDevice, *, javascript: bool, rupiah: int
) -> tuple[Handheld, Neighbour]:
    """A resident with some credit, and their own phone, which is known."""
    resident = await town.resident("Nurhaida Uji", rupiah=rupiah)
    phone = await open_device(PHONE, javascript=javascript)
    await sign_in_resident(phone.page, resident)
    await make_known(phone.page, resident)
    return phone, resident


async def _buy_token(page: Page, meter: str) -> None:
    await page.goto("/tukar/listrik")
    await page.locator("[name=nomor]").fill(meter)
    await page.get_by_role("radio", name="Rp20.000").check()
    await page.get_by_role("button", name=t("warga.tukar.lanjut")).click()
    await page.locator('[data-uji="dipotong"]').wait_for()
    await page.locator("main form button").click()
    again = page.get_by_role("button", name=t("warga.cek.beli_lagi"))
    await again.or_(page.locator('[data-uji="jumlah"]')).first.wait_for()
    if await again.count():
        await again.click()
    await page.locator('[data-uji="jumlah"]').wait_for()


@contextlib.asynccontextmanager
async def _a_minute_later(town: Town) -> AsyncIterator[None]:
    """Let a good minute pass for the biller and for whoever asks it again; afterwards it has not passed."""
    biller = town.stage.door("sandbox")
    offset = (await biller.get("/_control/clock"))["offset_seconds"]
    await biller.post("/_control/clock", {"forward_seconds": MINUTE_SECONDS})
    try:
        yield
    finally:
        await biller.post("/_control/clock", {"offset_seconds": offset})


async def _ended(page: Page, course: str) -> None:
    """The page renews itself, also without a script, until it shows how the redemption ended."""
    await page.locator(f'[data-uji="status-{course}"]').wait_for(timeout=PATIENCE)


def _meter(town: Town) -> str:
    return f"321{town.new_phone()[-8:]}"


def _count_pages(page: Page) -> list[str]:
    """Every page that is shown from now on, each renewal of one counted once."""
    seen: list[str] = []

    def note(address: str) -> None:
        if not seen or seen[-1] != address:
            seen.append(address)

    page.on("framenavigated", lambda frame: note(frame.url))
    return seen


def _digits(text: str) -> int:
    return int("".join(each for each in text if each.isdigit()))
