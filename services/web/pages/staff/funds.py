"""The programme's money: what is left at the billers, in the cash boxes, what is owed; changes with a reason."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.clients import Refused, Silent
from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.figures import rupiah_of
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, link, money, when
from services.web.pages.staff.views import (
    Sure,
    brief,
    decide,
    gone,
    reason_entry,
    said,
    said_choice,
    said_id,
    show,
    unreadable,
)
from services.web.pages.staff.work import float_days
from shared.kernel.ids import uuid7

KINDS: Final = {
    "top_up": "kantor.dana.tambah",
    "refund": "kantor.dana.kembali",
    "adjustment": "kantor.dana.sesuai",
}
ACCOUNTS: Final = {
    "member_credit": "kantor.kewajiban.saldo_nasabah",
    "fee": "kantor.kewajiban.biaya_bank",
    "purchase_cost": "kantor.kewajiban.pembelian",
    "price_difference": "kantor.kewajiban.selisih_harga",
    "payout_clearing": "kantor.kewajiban.dalam_perjalanan",
    "provider_float": "kantor.kewajiban.dana",
    "cash_box": "kantor.kewajiban.kas",
    "adjustments": "kantor.kewajiban.penyesuaian",
    "loss": "kantor.kewajiban.rugi",
    "opening": "kantor.mutasi.awal",
}
_PERCENT = 100


def router(_means: Means) -> APIRouter:
    """`/kantor/dana`, `/kantor/kas` and `/kantor/kewajiban`."""
    routes = APIRouter(prefix="/kantor")

    @routes.get("/dana")
    async def floats(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _floats(desk))

    @routes.post("/dana/catat")
    async def change(request: Request) -> Response:
        return await _change(request, "/kantor/dana", _floats)

    @routes.get("/kas")
    async def boxes(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _boxes(desk))

    @routes.post("/kas/catat")
    async def change_box(request: Request) -> Response:
        return await _change(request, "/kantor/kas", _boxes)

    @routes.get("/kas/{waste_bank_id}")
    async def box(request: Request, waste_bank_id: str) -> Response:
        desk = await desk_at(request)
        return show(desk, await _box(desk, waste_bank_id))

    @routes.get("/kewajiban")
    async def owed(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _owed(desk))

    return routes


async def _change(request: Request, back: str, page: Callable[[Desk], Awaitable[Page]]) -> Response:
    """Note money that was put somewhere or taken away, once for each form."""
    desk, form = await desk_at(request), await read_form(request)

    async def act() -> str:
        key = str(said_id(desk, form, "kiriman"))
        await desk.door.post(
            "payout", "/v1/float/changes", _wish(desk, form), headers={"Idempotency-Key": key}
        )
        return f"{back}?sudah=catat"

    def sure() -> Sure:
        wish = _wish(desk, form)
        facts = [
            Fact(desk.t("kantor.dana.macam"), Cell(desk.t(KINDS[wish["kind"]]))),
            Fact(desk.t("kantor.kolom.jumlah"), money(wish["amount_rupiah"])),
            Fact(desk.t("kantor.dana.di"), Cell(_where(desk, wish["provider"]))),
        ]
        return Sure(desk.t("kantor.yakin.dana"), facts)

    return await decide(desk, form, act, lambda: page(desk), sure)


def _wish(desk: Desk, form: FormData) -> Answer:
    rupiah = rupiah_of(said(form, "jumlah"))
    if rupiah is None:
        raise unreadable(desk.t("kantor.dana.salah_angka", isi=brief(said(form, "jumlah"))))
    return {
        "provider": said(form, "penyedia"),
        "kind": said_choice(desk, form, "macam", KINDS),
        "amount_rupiah": rupiah,
        "reason": said(form, "alasan"),
    }


def _where(desk: Desk, provider: str) -> str:
    return desk.bank(provider.removeprefix("counter:"))


async def _floats(desk: Desk) -> Page:
    t = desk.t
    floats = (await desk.read("payout", "/v1/float"))["items"]
    rows = [
        [
            Cell(each["provider"]),
            money(each["balance_rupiah"]),
            when(each["read_at"], under=desk.ago(each["read_at"])),
            link(t("kantor.dana.catatan"), f"/kantor/riwayat?subjek={each['provider']}"),
        ]
        for each in floats
    ]
    try:
        days = (await float_days(desk)).words
    except (Refused, Silent):
        days = t("kantor.diam_singkat")
    heads = [t("kantor.penukaran.penyedia"), t("kantor.kolom.sisa"), t("kantor.dana.dibaca"), ""]
    providers = [(each["provider"], each["provider"]) for each in floats]
    return Page(
        t("kantor.dana.judul"),
        t("kantor.dana.lead"),
        facts=[
            Fact(t("kantor.kolom.sisa"), money(sum(each["balance_rupiah"] for each in floats))),
            Fact(t("kantor.kerja.dana"), Cell(days)),
        ],
        tables=[Table(heads, rows, t("kantor.dana.kosong"), numbers=frozenset({1}))],
        forms=[_form(desk, "/kantor/dana/catat", providers)] if providers else [],
        forms_first=True,
    )


def _form(desk: Desk, action: str, places: list[tuple[str, str]]) -> Form:
    t = desk.t
    return Form(
        action,
        t("kantor.dana.catat"),
        t("kantor.dana.catat"),
        [
            Entry("kiriman", "", "hidden", str(uuid7())),
            Entry("penyedia", t("kantor.dana.di"), "choice", options=places),
            Entry(
                "macam", t("kantor.dana.macam"), "choice", options=[(each, t(w)) for each, w in KINDS.items()]
            ),
            Entry("jumlah", t("kantor.kolom.jumlah"), hint=t("kantor.dana.jumlah_saran"), most=18),
            reason_entry(desk),
        ],
        t("kantor.dana.catat_lead"),
    )


async def _boxes(desk: Desk) -> Page:
    t = desk.t
    boxes = (await desk.read("payout", "/v1/cash-boxes"))["items"]
    rows = [
        [
            link(desk.bank(each["waste_bank_id"]), f"/kantor/kas/{each['waste_bank_id']}"),
            money(each["balance_rupiah"]),
            money(
                each["promised_rupiah"], "awas" if each["promised_rupiah"] > each["balance_rupiah"] else ""
            ),
        ]
        for each in boxes
    ]
    heads = [t("kantor.kolom.bank"), t("kantor.kas.isi"), t("kantor.kas.dijanjikan")]
    places = [(f"counter:{bank}", name) for bank, name in desk.banks()]
    return Page(
        t("kantor.kas.judul"),
        t("kantor.kas.lead"),
        tables=[Table(heads, rows, t("kantor.kas.kosong"), numbers=frozenset({1, 2}))],
        forms=[_form(desk, "/kantor/kas/catat", places)],
        forms_first=True,
    )


async def _box(desk: Desk, waste_bank_id: str) -> Page:
    t = desk.t
    if desk.rollout.waste_bank(waste_bank_id) is None:
        raise gone(desk)
    path = f"/v1/cash-boxes/{waste_bank_id}"
    day, waiting = await asyncio.gather(
        desk.read("payout", path, on=desk.asked("hari")), desk.read("payout", f"{path}/waiting")
    )
    members = await desk.members(each["member_id"] for each in waiting["items"])
    rows = [
        [
            members[each["member_id"]],
            money(each["amount_rupiah"]),
            when(each["requested_at"]),
            when(each["hand_over_by"]),
        ]
        for each in waiting["items"]
    ]
    heads = [
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.jumlah"),
        t("kantor.penukaran.diminta"),
        t("kantor.kas.ambil_sebelum"),
    ]
    return Page(
        t("kantor.kas.satu", bank=desk.bank(waste_bank_id)),
        back=Link(t("kantor.kas.judul"), "/kantor/kas"),
        facts=[
            Fact(t("kantor.kolom.hari"), Cell(day["on"], "day")),
            Fact(t("kantor.kas.awal"), money(day["opening_rupiah"])),
            Fact(t("kantor.kas.masuk"), money(day["in_rupiah"])),
            Fact(t("kantor.kas.keluar"), money(day["out_rupiah"])),
            Fact(t("kantor.kas.akhir"), money(day["closing_rupiah"])),
        ],
        filters=Form(
            f"/kantor/kas/{waste_bank_id}",
            "",
            t("kantor.nasabah.tampilkan"),
            [Entry("hari", t("kantor.kolom.hari"), "day", desk.asked("hari"), required=False)],
        ),
        tables=[Table(heads, rows, t("kantor.kas.tanpa_tunggu"), t("kantor.kas.menunggu"), frozenset({1}))],
        links=[Link(t("kantor.dana.catatan"), f"/kantor/riwayat?subjek=counter:{waste_bank_id}")],
    )


async def _owed(desk: Desk) -> Page:
    t = desk.t
    found = await desk.read("wallet", "/v1/ledger/totals")
    cover = found["cover_ratio"]
    rows = [
        [
            Cell(t(ACCOUNTS[each["kind"]]) if each["kind"] in ACCOUNTS else each["kind"]),
            Cell(str(each["accounts"])),
            money(each["posted_rupiah"]),
            money(each["held_rupiah"]),
        ]
        for each in found["kinds"]
    ]
    by_place = sorted(found["owed_by_subdistrict"].items(), key=lambda each: -each[1])
    places = [[Cell(desk.subdistrict(code)), money(rupiah)] for code, rupiah in by_place]
    heads = [
        t("kantor.kewajiban.akun"),
        t("kantor.kewajiban.banyak"),
        t("kantor.kewajiban.tercatat"),
        t("kantor.nasabah.ditahan"),
    ]
    return Page(
        t("kantor.kewajiban.judul"),
        t("kantor.kewajiban.lead"),
        facts=[
            Fact(t("kantor.kewajiban.semua"), money(found["owed_rupiah"])),
            Fact(t("kantor.nasabah.ditahan"), money(found["held_rupiah"])),
            Fact(t("kantor.kewajiban.dana"), money(found["float_rupiah"])),
            Fact(t("kantor.kewajiban.kas"), money(found["cash_rupiah"])),
            Fact(
                t("kantor.kewajiban.tutup"),
                Cell(None if cover is None else f"{cover * _PERCENT:,.0f} %".replace(",", ".")),
            ),
        ],
        tables=[
            Table(heads, rows, "", t("kantor.kewajiban.akun"), frozenset({1, 2, 3})),
            Table(
                [t("kantor.kolom.kecamatan"), t("kantor.kewajiban.semua")],
                places,
                t("kantor.kewajiban.kosong"),
                t("kantor.kewajiban.per_kecamatan"),
                frozenset({1}),
            ),
        ],
    )
