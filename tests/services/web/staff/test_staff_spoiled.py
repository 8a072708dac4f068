"""Every form and address of the office spoiled in every way: never a page of ours that broke, always a sentence."""

import re
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.demo.cast import CEMARA, TANJUNG_GARBUS
from tests.services.web.page_forms import Page, read_page
from tests.services.web.spoiled import SAFE, SpoiledWalk, answering, face_routes
from tests.services.web.staff.cases import Cases
from tests.services.web.staff.conftest import Offices
from tests.services.web.staff.office import Office
from tests.services.web.wrong_values import IN_ADDRESSES, VALUES
from tests.web.town import Town

PIN = "730518"
OUTSIDE = ("/kantor/masuk", "/kantor/pilih-pin")
OUT = "/kantor/keluar"
_WRONG = ("too long", "broken UTF-8", "not quite a number", "of nobody")
TYPED = {what: VALUES[what] for what in _WRONG} | {
    "many thousands": b"1" + b".000" * 3_000,
    "last day": b"9999-12-31T23:59",
}
ALIKE = (("too long", "many thousands"), ("broken UTF-8", "of nobody"))
ASKED = {what: TYPED[what] for what in ("too long", "broken UTF-8")} | {
    "NUL": VALUES["NUL"],
    "year one": b"0001-01-01",
    "last day": b"9999-12-31",
}
PLACES = {what: IN_ADDRESSES[what] for what in ("of nobody", "word", "NUL", "broken UTF-8", "too long")}
# What a page reads out of its address: named in its own module, or by what it shares with others.
_ASKING = re.compile(r'asked\("(\w+)"\)')
_SHARED = {"bank_entry": "bank", "part_of": "sesudah", "exception_forms": "nasabah", "show": "sudah"}
FEW = 3
FUTURE = "2031-05-06T07:08"


# The office is told as well what stays as it is.
SAFE_TOO = {
    "id": re.compile(f"{SAFE['id'].pattern}|tetap berlaku", re.IGNORECASE),
    "en": re.compile(
        f"{SAFE['en'].pattern}|no credit has changed|the (first|old) \\w+ (stays|still holds)", re.IGNORECASE
    ),
}


class OfficeWalk(SpoiledWalk):
    """The same over given pages alone: a link of theirs leads to what other tests look at."""

    def _words(self, usual: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
        """A form without its word and with another's; what else a word can be is one matter for all forms."""
        return (each for each in super()._words(usual) if each[0] in {"no", "somebody else's"})

    async def _send_whole(self, action: str, usual: dict[str, bytes]) -> None:
        """Bodies that are no form, to the first few: how a body is read is one matter for all forms."""
        if len(self.sent) <= FEW:
            await super()._send_whole(action, usual)

    async def _page(self, path: str, route: str) -> Page:
        page = await super()._page(path, route)
        # The way out stands on every page; it is spoiled once.
        forms = tuple(each for each in page.forms if each.action != OUT or OUT not in self.sent)
        return replace(page, links=(), forms=forms)

    async def at(self, *pages: str) -> None:
        """Each of these pages, its forms, and every name in its address."""
        for path in pages:
            await self.over([path])
            for name in self._names(path):
                self.turn += 1
                few = [*ASKED][self.turn % 2 :: 2]
                values = {what: ASKED[what] for what in (ASKED if self.whole else few)}
                await self._spoil_queries(path, {name: b""}, values)

    def _names(self, path: str) -> list[str]:
        """The names that a page reads out of its address."""
        route = self.route_of("GET", path)
        module = next(each.endpoint.__module__ for each in self.routes if each.path == route)
        text = Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8")
        return sorted({*_ASKING.findall(text), *(name for word, name in _SHARED.items() if word in text)})

    async def spoil(self, page: Page) -> None:
        """The forms of a page that answers a form, and so has no address of its own."""
        for each in page.forms:
            if each.action != OUT:
                await self._spoil_form(each)


def _browser(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, headers={"Origin": address}, timeout=60, trust_env=False)


def _walk(browser: httpx.AsyncClient, *, whole: bool) -> OfficeWalk:
    routes = face_routes(lambda path: path.startswith("/kantor"))
    # Whatever is asked once more is meant: what follows must bear spoiled input as well.
    meant = {each.path: {"yakin": "ya", "alasan": "Salah ketik"} for each in answering(routes, "POST")}
    meant["/kantor/rancangan/{draft_id}/terbit"]["mulai"] = FUTURE
    for each in ("usul", "usul-potongan"):
        meant[f"/kantor/pengecualian/{each}"] |= {"mulai": FUTURE, "sampai": "2031-06-06T07:08"}
    return OfficeWalk(
        browser,
        routes,
        right=meant,
        spared={OUT},
        queries=(),
        safe=SAFE_TOO,
        values=TYPED,
        alike=ALIKE,
        ids=PLACES,
        whole=whole,
    )


@pytest_asyncio.fixture(loop_scope="session")
async def cases(town: Town, offices: Offices, own_system: dict[str, Any]) -> Cases:
    return Cases(town, offices.first, own_system["addresses"]["kafka"])


@pytest_asyncio.fixture(loop_scope="session")
async def newcomer(cases: Cases, running: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of the programme whom no other test knows: what is spoiled ends no other session, and locks no PIN."""
    code = f"UJI-{cases.town.new_phone()[-5:]}"
    address = running["addresses"]["web"]
    ask = await cases.first.open("/kantor/petugas")
    made = await cases.first.send(
        ask, "/terima", peran="programme", kode=code, nama="Penguji", wilayah=["kab:12.07"]
    )
    once = re.search(r'data-uji="kode-sekali">([^<]+)<', made.html)
    assert once is not None, made.text
    stranger = Office(address)
    gate = await stranger.open("/kantor/pilih-pin")
    await stranger.send(gate, "/pilih-pin", kode=code, sekali=once[1], pin=PIN, pin2=PIN)
    await stranger.close()
    async with _browser(address) as elsewhere, _browser(address) as browser:
        # Signed in elsewhere as well, so that there is a session to end.
        for each in (elsewhere, browser):
            page = read_page("/kantor/masuk", (await each.get("/kantor/masuk")).text)
            (form,) = [one for one in page.forms if one.action == "/kantor/masuk"]
            fields = {one.name: one.value for one in form.fields} | {"kode": code, "pin": PIN}
            assert (await each.post("/kantor/masuk", data=fields)).status_code == 303
        yield browser


async def _pages(cases: Cases) -> list[str]:
    """A page of every kind, with everything that can be decided on it."""
    dispute, correction = await cases.dispute()
    redemption, about_it = await cases.redemption()
    recorded = await cases.deposit()
    member = f"/kantor/nasabah/{(await cases.resident()).id}"
    draft = await cases.draft()
    other = await cases.draft()
    price_list = (await cases.first.open(f"/kantor/harga?bank={CEMARA}")).link("/kantor/harga/")
    lists = {
        each.path
        for each in answering(face_routes(lambda path: path.startswith("/kantor")), "GET")
        if "{" not in each.path and each.path not in OUTSIDE
    }
    return [
        *sorted(lists),
        f"/kantor/kas/{TANJUNG_GARBUS}",
        "/kantor/kecamatan/12.07.28",
        await cases.flagged(),
        await cases.quarantined(),
        f"/kantor/setoran/{recorded.id}",
        correction,
        await cases.alike(),
        dispute,
        about_it,
        redemption,
        await cases.closing(),
        await cases.letter(),
        await cases.merge(),
        await cases.exception(),
        await cases.passbooks(),
        await cases.reset(),
        price_list,
        f"{price_list}/csv",
        draft,
        f"{draft}/csv",
        f"{other}/pratinjau",
        await cases.tablet(),
        await cases.colleague(),
        await cases.cardless(),
        f"{member}/salinan",
        f"{member}/salinan.json",
        f"{member}/salinan.zip",
        member,
    ]


@pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["shared out", "whole"]
)
@pytest.mark.timeout(1_200)
async def test_no_spoiled_form_or_address_breaks_a_page_of_the_office(
    cases: Cases, newcomer: httpx.AsyncClient, running: dict[str, Any], whole: bool
) -> None:
    walk = _walk(newcomer, whole=whole)
    preview = await cases.passbook_preview()
    await walk.at(*await _pages(cases))
    own = (await newcomer.get("/kantor/buku")).text
    word = read_page("", own).forms[0].fields[0]
    pages = read_page(preview.path, preview.html)
    await walk.spoil(
        replace(
            pages,
            forms=tuple(
                replace(each, fields=tuple(word if f.name == "csrf" else f for f in each.fields))
                for each in pages.forms
            ),
        )
    )
    async with _browser(running["addresses"]["web"]) as stranger:
        outside = _walk(stranger, whole=whole)
        await outside.at(*OUTSIDE)
    assert not [*walk.wrong, *outside.wrong], f"{walk.report()}\n{outside.report()}"
    read, sent = walk.read | outside.read, walk.sent | outside.sent
    assert {each.path for each in answering(walk.routes, "GET")} - read == set()
    assert {each.path for each in answering(walk.routes, "POST")} - sent == set()
