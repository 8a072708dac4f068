"""Price lists as they stand: what holds now at a waste bank, what is to come, and what held before."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Fact, Form, Link, Page, Table, badge, link, money, when
from services.web.pages.staff.price_csv import csv_answer
from services.web.pages.staff.views import bank_entry, following, show


def router(_means: Means) -> APIRouter:
    """`/kantor/harga`."""
    routes = APIRouter(prefix="/kantor/harga")

    @routes.get("")
    async def overview(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _overview(desk))

    @routes.get("/{price_list_id}")
    async def read(request: Request, price_list_id: UUID) -> Response:
        desk = await desk_at(request)
        found = await desk.read("valuation", f"/v1/price-lists/{price_list_id}")
        here = f"/kantor/harga/{price_list_id}"
        links = [Link(desk.t("kantor.harga.unduh"), f"{here}/csv")]
        if desk.decides:
            links.insert(
                0,
                Link(
                    desk.t("kantor.rancangan.dari_ini"), f"/kantor/rancangan?dari={price_list_id}", main=True
                ),
            )
        return show(
            desk,
            Page(
                found["name"],
                back=Link(desk.t("kantor.harga.judul"), "/kantor/harga"),
                facts=list_facts(desk, found),
                links=links,
                tables=[await price_table(desk, found["prices"]), deductions(desk, found)],
            ),
        )

    @routes.get("/{price_list_id}/csv")
    async def download(request: Request, price_list_id: UUID) -> Response:
        desk = await desk_at(request)
        found = await desk.read("valuation", f"/v1/price-lists/{price_list_id}")
        return csv_answer(found, await desk.items())

    return routes


async def _overview(desk: Desk) -> Page:
    t = desk.t
    bank = desk.asked("bank") or (desk.banks() or [("", "")])[0][0]
    page = await desk.read(
        "valuation", "/v1/price-lists", waste_bank_id=bank, cursor=desk.asked("sesudah"), limit=25
    )
    facts: list[Fact] = []
    current = ""
    if bank:
        found = await desk.read("valuation", "/v1/price-lists/current", waste_bank_id=bank)
        current = found["price_list_id"]
        facts = [
            Fact(
                t("kantor.harga.berlaku_di", bank=desk.bank(bank)),
                link(found["name"], f"/kantor/harga/{current}"),
            ),
            Fact(t("kantor.harga.berikutnya"), when(found["next_effective_at"])),
            Fact(t("kantor.harga.umur"), Cell(t("kantor.umur.hari", n=found["price_list_max_age_days"]))),
        ]
    rows = [
        [
            link(each["name"], f"/kantor/harga/{each['price_list_id']}"),
            Cell(scope_of(desk, each)),
            when(each["effective_at"]),
            _standing(desk, each, current),
        ]
        for each in page["price_lists"]
    ]
    heads = [
        t("kantor.harga.nama"),
        t("kantor.harga.untuk"),
        t("kantor.harga.mulai"),
        t("kantor.kolom.keadaan"),
    ]
    return Page(
        t("kantor.harga.judul"),
        t("kantor.harga.lead"),
        facts=facts,
        filters=Form("/kantor/harga", "", t("kantor.saring"), [bank_entry(desk, value=bank)]),
        links=[Link(t("kantor.rancangan.baru"), "/kantor/rancangan", main=True)] if desk.decides else [],
        tables=[Table(heads, rows, t("kantor.harga.kosong"), t("kantor.harga.semua"))],
        following=following(desk, page["next_cursor"]),
    )


def _standing(desk: Desk, each: Answer, current: str) -> Cell:
    if each["price_list_id"] == current:
        return badge(desk.t("kantor.harga.sekarang"), "baik")
    at = when(each["effective_at"]).value
    later = at is not None and at > desk.now  # type: ignore[operator]
    return badge(desk.t("kantor.harga.nanti") if later else desk.t("kantor.harga.dulu"))


def scope_of(desk: Desk, price_list: Answer) -> str:
    """For which waste bank a list is; the general one is for all that have none of their own."""
    bank = price_list["waste_bank_id"]
    return desk.bank(bank) if bank else desk.t("kantor.harga.umum")


def list_facts(desk: Desk, found: Answer) -> list[Fact]:
    """What a list says of itself."""
    t = desk.t
    return [
        Fact(t("kantor.harga.untuk"), Cell(scope_of(desk, found))),
        Fact(t("kantor.harga.mulai"), when(found["effective_at"])),
        Fact(t("kantor.harga.terbit"), when(found["published_at"])),
    ]


async def price_table(desk: Desk, prices: list[Answer]) -> Table:
    """Every price of a list."""
    t, names = desk.t, await desk.items()
    rows = [
        [
            Cell(names.get(each["item_code"], each["item_code"]), under=each["item_code"]),
            Cell(names.get(f"{each['item_code']} {each['grade']}", each["grade"])),
            money(each["price_rupiah"]).per(unit_words(desk, each["unit"])),
            Cell(each["source"]),
        ]
        for each in sorted(prices, key=lambda each: (each["item_code"], each["grade"]))
    ]
    heads = [
        t("kantor.kolom.jenis"),
        t("kantor.kolom.mutu"),
        t("kantor.kolom.harga"),
        t("kantor.kolom.sumber"),
    ]
    return Table(heads, rows, t("kantor.harga.tanpa"), t("kantor.harga.isi"), frozenset({2}))


def unit_words(desk: Desk, unit: str) -> str:
    """For what a price is: per kg, litre or piece."""
    words = {
        "kg": "kantor.harga.per_kg",
        "litre": "kantor.harga.per_liter",
        "piece": "kantor.harga.per_buah",
    }
    return desk.t(words[unit])


def deductions(desk: Desk, found: Answer) -> Table:
    """Who keeps which part."""
    t = desk.t
    language = desk.door.language
    rows = [
        [
            Cell(each[f"name_{language}"]),
            Cell(f"{each['basis_points'] / 100:g} %".replace(".", ",")),
            Cell(each[f"reason_{language}"]),
        ]
        for each in found["deductions"]
    ]
    heads = [t("kantor.harga.potongan"), t("kantor.harga.persen"), t("kantor.alasan")]
    return Table(heads, rows, t("kantor.harga.tanpa_potongan"), t("kantor.harga.potongan"), frozenset({1}))
