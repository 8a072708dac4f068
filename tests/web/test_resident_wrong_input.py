"""Wrong input at the resident's site: every form and address spoiled in every way, before services that answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx
import pytest

from services.web.words import Words
from tests.demo.hands import Neighbour
from tests.demo.waiting import until
from tests.services.web.page_forms import Form, read_page
from tests.services.web.spoiled import SpoiledWalk, answering, face_routes
from tests.web.conftest import Running
from tests.web.town import Town

# What is not the resident's, and what only shows the parts of the look.
OTHERS: Final = ("/kantor", "/petugas", "/static", "/mulai", "/ui")
METER = "32112345684"
TOKEN_SECONDS = 60
RIGHT: Final = {
    "/jemput": {"berat": "12,5", "alamat": "Jalan Kenanga 4, pagar biru"},
    "/harga": {"jenis": "K02.bersih", "jumlah": "2,5"},
    "/tukar/{way}": {"nomor": METER},
    "/keluhan/baru": {"pilih": "missing"},
    "/keamanan/pin": {"baru": "590274", "ulang": "590274"},
}
# Sent whole, these would end the walk: out of the site, of this browser, or of the programme.
SPARED: Final = {
    "/keluar",
    "/keamanan/perangkat/{device_id}/lupakan",
    "/keamanan/sesi/{session_id}/akhiri",
    "/keamanan/kartu",
}
# What anybody reads is spoiled by a stranger; whoever has signed in finds the same.
OPEN: Final = {"/harga", "/bank-sampah", "/bank-sampah/{bank_id}", "/bantuan"}
QUERIES: Final = ("ke", "kabar", "ingat", "pilih", "tempat", "bank", "jenis", "jumlah", "kartu")
SAYS = Words.read()
# Every field with everything: in `make soak`.
WHOLE = pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["shared out", "whole"]
)


def of_residents(path: str) -> bool:
    return not path.startswith(OTHERS)


@asynccontextmanager
async def _browser(address: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Origin": address, "Accept-Language": "id"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, trust_env=False) as browser:
        yield browser


def _walk(browser: httpx.AsyncClient, resident: Neighbour | None = None, *, whole: bool) -> SpoiledWalk:
    own = {} if resident is None else {"/keamanan/pin": {**RIGHT["/keamanan/pin"], "lama": resident.pin}}
    routes = face_routes(of_residents)
    return SpoiledWalk(
        browser,
        routes,
        RIGHT | own,
        SPARED,
        apart={"/tukar/{way}"},
        queries=QUERIES,
        elsewhere=set() if resident is None else OPEN,
        whole=whole,
    )


async def _fill(browser: httpx.AsyncClient, path: str, ending: str, **typed: str) -> httpx.Response:
    """Fill a form in as it should be; returns the answer."""
    page = read_page(path, (await browser.get(path)).text)
    form: Form = next(each for each in page.forms if each.action.partition("?")[0].endswith(ending))
    fields = {each.name: each.value for each in form.fields} | typed
    return await browser.post(form.action, data=fields)


async def _enter(browser: httpx.AsyncClient, resident: Neighbour, *, known: bool = True) -> None:
    entered = await _fill(browser, "/masuk", "/masuk", siapa=resident.code, pin=resident.pin)
    assert entered.status_code == 303, entered.text
    if known:
        card = {"kartu": resident.card["number"], "kode": resident.card["secret"]}
        told = await _fill(browser, "/perangkat-baru", "/perangkat-baru", **card)
        assert told.status_code == 303, told.text


@WHOLE
async def test_what_a_stranger_types(town: Town, system: Running, whole: bool) -> None:
    resident = await town.resident("Basaria Uji")
    async with _browser(system.web) as browser:
        walk = _walk(browser, whole=whole)
        walk.right = {**walk.right, "/masuk": {"siapa": resident.code, "pin": resident.pin}}
        await walk.over(["/", "/masuk", "/bahasa/en"])
    assert not walk.wrong, walk.report()
    assert walk.sent == {"/masuk"}
    assert {"/", *OPEN} <= walk.read


@WHOLE
async def test_what_is_typed_on_a_browser_that_is_not_known(town: Town, system: Running, whole: bool) -> None:
    resident = await town.resident("Saodah Uji")
    async with _browser(system.web) as browser:
        await _enter(browser, resident, known=False)
        walk = _walk(browser, resident, whole=whole)
        await walk.over(["/perangkat-baru", "/", "/saldo"])
    assert not walk.wrong, walk.report()
    assert walk.sent == {"/perangkat-baru", "/keluar"}


@WHOLE
async def test_what_a_resident_types(town: Town, system: Running, whole: bool) -> None:
    resident = await town.resident("Norma Uji", rupiah=90_000)
    async with _browser(system.web) as browser, _browser(system.web) as elsewhere:
        await _enter(browser, resident)
        await _enter(elsewhere, resident)
        quote, token = await _something_of_everything(browser, town)
        walk = _walk(browser, resident, whole=whole)
        await walk.over(
            [
                "/",
                quote,
                token,
                "/tukar/pulsa",
                "/tukar/data",
                "/tukar/tunai",
                "/data-saya/berhenti",
                "/token/sw.js",
                "/bahasa/id",
            ]
        )
    assert not walk.wrong, walk.report()
    forms = {each.path for each in answering(walk.routes, "POST")}
    assert forms - walk.sent == {"/masuk", "/perangkat-baru"}
    pages = {each.path for each in answering(walk.routes, "GET")}
    assert pages - walk.read == {"/masuk", "/perangkat-baru"}


async def _something_of_everything(browser: httpx.AsyncClient, town: Town) -> tuple[str, str]:
    """A pick-up, a complaint, cash that waits; returns where a quote is still open, and where a token is kept."""
    meter = f"321{town.new_phone()[-8:]}"
    for path, typed in (("/jemput", RIGHT["/jemput"]), ("/keluhan/baru", {})):
        made = await _fill(browser, path, path, **typed)
        assert made.status_code == 303, made.text
    bought = ""
    for path, typed in (("/tukar/tunai", {}), ("/tukar/listrik", {"nomor": meter})):
        check = (await _fill(browser, path, path, **typed)).headers["location"]
        bought = (await _fill(browser, check, check)).headers["location"]
    token = bought.replace("/penukaran/", "/token/")

    async def delivered() -> bool:
        return (await browser.get(token)).status_code == 200

    await until(delivered, "the token is there", TOKEN_SECONDS)
    return (await _fill(browser, "/tukar/listrik", "/tukar/listrik", nomor=METER)).headers["location"], token


@pytest.mark.parametrize("language", ["id", "en"])
async def test_cookies_that_nobody_sealed_lead_to_the_way_in(system: Running, language: str) -> None:
    async with _browser(system.web) as browser:
        for value in ("x", "%00", "a.b.c", "9" * 3_000):
            cookies = "; ".join(f"{name}={value}" for name in ("warga", "perangkat", "kunci", "bahasa"))
            headers = {"Cookie": cookies, "Accept-Language": language}
            first = await browser.get("/", headers=headers)
            assert first.status_code == 200
            assert SAYS.say("en" if language == "en" else "id", "warga.masuk.judul") in first.text
            assert (await browser.get("/riwayat", headers=headers)).headers[
                "location"
            ] == "/masuk?ke=/riwayat"
            sent = await browser.post("/masuk", data={"csrf": "x"}, headers=headers)
            assert sent.status_code == 403
