"""Members: found by code, phone, card or waste bank; one of them with balance, deposits and look-alikes."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Refused, Silent
from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.resident.rules.naming import Named, read_name
from services.web.pages.staff.deposits import deposit_table
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.member_forms import deeds
from services.web.pages.staff.parts import (
    Cell,
    Entry,
    Fact,
    Form,
    Link,
    Page,
    Table,
    badge,
    link,
    money,
    when,
)
from services.web.pages.staff.views import NOT_FOUND, bank_entry, decide, following, said, show

KINDS: Final = {
    "person": "kantor.nasabah.orang",
    "household": "kantor.nasabah.rumah_tangga",
    "group": "kantor.nasabah.kelompok",
    "waste_bank_unit": "kantor.nasabah.unit",
}
TRANSFERS: Final = {
    "credit": "kantor.mutasi.masuk",
    "credit_reversal": "kantor.mutasi.masuk_batal",
    "settlement": "kantor.mutasi.keluar",
    "settlement_reversal": "kantor.mutasi.keluar_batal",
    "opening_balance": "kantor.mutasi.awal",
}


def router(_means: Means) -> APIRouter:
    """`/kantor/nasabah` and `/kantor/nasabah/{member_id}`."""
    routes = APIRouter(prefix="/kantor/nasabah")

    @routes.get("")
    async def ask(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _finding(desk))

    @routes.post("/cari")
    async def find(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        found: list[Answer] = []

        async def act() -> str | Response:
            found.extend(await _found(desk, said(form, "cari")))
            if len(found) == 1:
                return f"/kantor/nasabah/{found[0]['member_id']}"
            return show(desk, _several(desk, found))

        return await decide(desk, form, act, lambda: _finding(desk))

    @routes.get("/{member_id}")
    async def read(request: Request, member_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await member_page(desk, member_id))

    return routes


async def _found(desk: Desk, text: str) -> list[Answer]:
    """Whoever a code, a card's number or a phone belongs to; a number that could be either is tried as both."""
    usual = Named("code" if any(char.isalpha() for char in text) else "phone", text)
    for named in read_name(text) or [usual]:
        found = (
            await _of_card(desk, named.value) if named.field == "card_number" else await _find(desk, named)
        )
        if found:
            return found
    return []


async def _find(desk: Desk, named: Named) -> list[Answer]:
    asked = {named.field: named.value}
    members: list[Answer] = (await desk.door.post("identity", "/v1/members:find", asked))["members"]
    return members


async def _of_card(desk: Desk, number: str) -> list[Answer]:
    try:
        return [await desk.read("identity", f"/v1/cards/{number}")]
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
        return []


async def member_of_code(desk: Desk, code: str) -> Answer:
    """The member of a code. Raises Refused (404) if there is none in the area."""
    found: list[Answer] = (await desk.door.post("identity", "/v1/members:find", {"code": code}))["members"]
    if not found:
        raise Refused(NOT_FOUND, {"code": "unknown_member", "detail": desk.t("kantor.nasabah.tidak_ketemu")})
    return found[0]


async def _finding(desk: Desk) -> Page:
    t = desk.t
    search = Entry("cari", t("kantor.nasabah.cari"), hint=t("kantor.nasabah.cari_saran"), most=40)
    tables, after = [], ""
    bank = desk.asked("bank")
    if bank:
        page = await desk.read(
            "identity", "/v1/members:changes", waste_bank_id=bank, cursor=desk.asked("sesudah"), limit=50
        )
        tables = [_of_bank(desk, page["changed"])]
        after = following(desk, page["next_cursor"] if page["more"] else None)
    return Page(
        t("kantor.nasabah.judul"),
        t("kantor.nasabah.lead"),
        filters=Form("/kantor/nasabah", "", t("kantor.nasabah.tampilkan"), [bank_entry(desk)]),
        tables=tables,
        following=after,
        forms=[
            Form(
                "/kantor/nasabah/cari", t("kantor.nasabah.cari_judul"), t("kantor.cari"), [search], open=True
            )
        ],
        forms_first=True,
    )


def _of_bank(desk: Desk, changed: list[Answer]) -> Table:
    t = desk.t
    rows = [
        [
            link(each["name"], f"/kantor/nasabah/{each['member_id']}", under=each["code"]),
            Cell(t(KINDS[each["kind"]])),
            Cell(f"…{each['phone_tail']}" if each["phone_tail"] else ""),
            Cell(_card_words(desk, each["cards"])),
        ]
        for each in changed
    ]
    heads = [
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.macam"),
        t("kantor.kolom.telepon"),
        t("kantor.kolom.kartu"),
    ]
    return Table(heads, rows, t("kantor.nasabah.kosong"))


def _card_words(desk: Desk, cards: list[Answer]) -> str:
    working = [each["number"] for each in cards if not each["blocked"]]
    return ", ".join(working) if working else desk.t("kantor.nasabah.tanpa_kartu")


def _several(desk: Desk, found: list[Answer]) -> Page:
    t = desk.t
    rows = [
        [
            link(each["name"], f"/kantor/nasabah/{each['member_id']}", under=each["code"]),
            Cell(t(KINDS[each["kind"]])),
            Cell(each["phone"]),
            Cell(desk.bank(each["waste_bank_id"])),
        ]
        for each in found
    ]
    heads = [
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.macam"),
        t("kantor.kolom.telepon"),
        t("kantor.kolom.bank"),
    ]
    return Page(
        t("kantor.nasabah.hasil"),
        back=Link(t("kantor.nasabah.judul"), "/kantor/nasabah"),
        tables=[Table(heads, rows, t("kantor.nasabah.tidak_ketemu"))],
    )


async def member_page(desk: Desk, member_id: UUID) -> Page:
    """One member with what the doors of identity, wallet and deposit tell about them."""
    t = desk.t
    found = await desk.read("identity", f"/v1/members/{member_id}")
    page = await desk.read("deposit", "/v1/deposits", member_id=member_id, limit=5)
    deposits = await deposit_table(desk, page["deposits"], t("kantor.setoran.kosong"))
    alike = await desk.read("identity", f"/v1/members/{member_id}/look-alikes")
    merged = found["merged_into"]
    return Page(
        found["name"],
        back=Link(t("kantor.nasabah.judul"), "/kantor/nasabah"),
        badges=[badge(t("kantor.nasabah.sudah_digabung"), "awas")] if merged else [],
        facts=_facts(desk, found) + await _balance(desk, member_id),
        links=_ways(desk, found),
        tables=[
            deposits.titled(t("kantor.nasabah.setoran_terakhir")),
            await _statement(desk, member_id),
            _alike(desk, alike["members"]),
        ],
        forms=[] if merged else deeds(desk, found, alike["members"]),
    )


def _ways(desk: Desk, found: Answer) -> list[Link]:
    t, member_id = desk.t, found["member_id"]
    ways = [
        Link(t("kantor.setoran.judul"), f"/kantor/setoran?nasabah={member_id}"),
        Link(t("kantor.riwayat.lihat"), f"/kantor/riwayat?subjek={member_id}"),
        Link(t("kantor.salinan.judul"), f"/kantor/nasabah/{member_id}/salinan"),
    ]
    if not found["merged_into"]:
        special = urlencode({"nasabah": found["code"], "bank": found["waste_bank_id"]})
        ways.append(Link(t("kantor.pengecualian.untuk_nasabah"), f"/kantor/pengecualian?{special}"))
    return ways


def _facts(desk: Desk, found: Answer) -> list[Fact]:
    t = desk.t
    facts = [
        Fact(t("kantor.kolom.kode"), Cell(found["code"], "code")),
        Fact(t("kantor.kolom.macam"), Cell(t(KINDS[found["kind"]]))),
        Fact(t("kantor.kolom.telepon"), Cell(found["phone"])),
        Fact(
            t("kantor.kolom.alamat"),
            Cell(", ".join(each for each in (found["address"], found["village"]) if each)),
        ),
        Fact(t("kantor.kolom.bank"), Cell(desk.bank(found["waste_bank_id"]))),
        Fact(t("kantor.kolom.terdaftar"), when(found["enrolled_at"])),
        Fact(t("kantor.kolom.kartu"), Cell(found["card_number"] or t("kantor.nasabah.tanpa_kartu"))),
    ]
    if found["merged_into"]:
        into = f"/kantor/nasabah/{found['merged_into']}"
        facts.append(Fact(t("kantor.nasabah.menjadi"), link(t("kantor.setoran.lihat"), into)))
    return facts


async def _balance(desk: Desk, member_id: UUID) -> list[Fact]:
    t = desk.t
    try:
        found = await desk.read("wallet", f"/v1/members/{member_id}/balance")
    except (Refused, Silent):
        return [Fact(t("kantor.kolom.saldo"), Cell(t("kantor.diam_singkat"), "badge", "awas"))]
    return [
        Fact(t("kantor.kolom.saldo"), money(found["posted_rupiah"])),
        Fact(t("kantor.nasabah.ditahan"), money(found["held_rupiah"])),
        Fact(t("kantor.nasabah.tersedia"), money(found["available_rupiah"])),
    ]


async def _statement(desk: Desk, member_id: UUID) -> Table:
    t = desk.t
    heads = [
        t("kantor.kolom.waktu"),
        t("kantor.kolom.keterangan"),
        t("kantor.kolom.jumlah"),
        t("kantor.kolom.saldo"),
    ]
    try:
        found = await desk.read("wallet", f"/v1/members/{member_id}/statement", limit=10)
    except (Refused, Silent):
        return Table(heads, [], t("kantor.diam_singkat"), t("kantor.mutasi.judul"))
    rows = [
        [
            when(each["posted_at"]),
            Cell(
                t(TRANSFERS[each["kind"]]) if each["kind"] in TRANSFERS else each["kind"],
                under=each["reason"] or "",
            ),
            money(each["amount_rupiah"]),
            money(each["balance_rupiah"]),
        ]
        for each in found["lines"]
    ]
    return Table(heads, rows, t("kantor.mutasi.kosong"), t("kantor.mutasi.judul"), frozenset({2, 3}))


def _alike(desk: Desk, members: list[Answer]) -> Table:
    t = desk.t
    rows = [
        [
            link(each["code"], f"/kantor/nasabah/{each['member_id']}"),
            Cell(each["initials"]),
            Cell(desk.bank(each["waste_bank_id"])),
            when(each["enrolled_at"]),
        ]
        for each in members
    ]
    heads = [
        t("kantor.kolom.kode"),
        t("kantor.kolom.inisial"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.terdaftar"),
    ]
    return Table(heads, rows, t("kantor.nasabah.tanpa_mirip"), t("kantor.nasabah.mirip"))
