"""Redemptions that no machine could judge: seen with their course, and ended by a person with a reason."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
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
from services.web.pages.staff.views import Sure, decide, following, reason_entry, said, said_choice, show

_PAGE = 25
DECISIONS: Final = {
    "delivered": "kantor.penukaran.berhasil",
    "failed": "kantor.penukaran.gagal",
    "ask_again": "kantor.penukaran.tanya_lagi",
}
STATES: Final = {
    "requested": "kantor.penukaran.keadaan.diminta",
    "refused": "kantor.penukaran.keadaan.ditolak",
    "held": "kantor.penukaran.keadaan.ditahan",
    "waiting_for_funds": "kantor.penukaran.keadaan.menunggu_dana",
    "submitting": "kantor.penukaran.keadaan.dikirim",
    "pending": "kantor.penukaran.keadaan.diproses",
    "unknown": "kantor.penukaran.keadaan.belum_pasti",
    "suspect": "kantor.penukaran.keadaan.dicurigai",
    "review": "kantor.penukaran.keadaan.diperiksa",
    "succeeded": "kantor.penukaran.keadaan.berhasil",
    "settled": "kantor.penukaran.keadaan.selesai",
    "failed": "kantor.penukaran.keadaan.gagal",
    "released": "kantor.penukaran.keadaan.dikembalikan",
    "late_success": "kantor.penukaran.keadaan.terlambat",
    "reversed": "kantor.penukaran.keadaan.dibalik",
}


def router(_means: Means) -> APIRouter:
    """`/kantor/penukaran`."""
    routes = APIRouter(prefix="/kantor/penukaran")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.get("/{redemption_id}")
    async def read(request: Request, redemption_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, redemption_id))

    @routes.post("/{redemption_id}/putus")
    async def judge(request: Request, redemption_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            decision = said_choice(desk, form, "putusan", DECISIONS)
            body = {
                "decision": decision,
                "reason": said(form, "alasan"),
                "serial": said(form, "seri") or None,
            }
            await desk.door.post("payout", f"/v1/redemptions/{redemption_id}:review", body)
            return f"/kantor/penukaran/{redemption_id}?sudah=putus"

        def sure() -> Sure:
            chosen = desk.t(DECISIONS[said_choice(desk, form, "putusan", DECISIONS)])
            return Sure(desk.t("kantor.yakin.penukaran", putusan=chosen))

        return await decide(desk, form, act, lambda: _page(desk, redemption_id), sure)

    return routes


def state_words(desk: Desk, state: str) -> str:
    """A state of a redemption in words."""
    known = STATES.get(state.lower())
    return desk.t(known) if known else state


async def _list(desk: Desk) -> Page:
    t = desk.t
    page = await desk.read("payout", "/v1/reviews", cursor=desk.asked("sesudah"), limit=_PAGE)
    found = page["reviews"]
    members = await desk.members(each["member_id"] for each in found)
    rows = [
        [
            link(
                each["redemption"]["product_name"] or each["redemption"]["product"],
                f"/kantor/penukaran/{each['redemption_id']}",
                under=each["provider"],
            ),
            members[each["member_id"]],
            money(each["redemption"]["amount_rupiah"]),
            when(each["redemption"]["requested_at"], under=desk.ago(each["redemption"]["changed_at"])),
            Cell(each["redemption"]["sentence"] or "", under=each["last_code"] or ""),
        ]
        for each in found
    ]
    heads = [
        t("kantor.penukaran.produk"),
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.jumlah"),
        t("kantor.penukaran.diminta"),
        t("kantor.alasan"),
    ]
    return Page(
        t("kantor.penukaran.judul"),
        t("kantor.penukaran.lead"),
        tables=[Table(heads, rows, t("kantor.penukaran.kosong"), numbers=frozenset({2}))],
        following=following(desk, page["next_cursor"]),
    )


async def _page(desk: Desk, redemption_id: UUID) -> Page:
    t = desk.t
    found = await desk.read("payout", f"/v1/redemptions/{redemption_id}")
    waiting = (await desk.read("payout", "/v1/reviews", redemption_id=str(redemption_id)))["reviews"]
    review = waiting[0] if waiting else None
    members = await desk.members([review["member_id"]] if review else [])
    facts = [
        Fact(t("kantor.penukaran.produk"), Cell(found["product_name"] or found["product"])),
        Fact(t("kantor.kolom.jumlah"), money(found["amount_rupiah"])),
        Fact(t("kantor.penukaran.biaya"), money(found["cost_rupiah"])),
        Fact(t("kantor.penukaran.diminta"), when(found["requested_at"])),
        Fact(t("kantor.kolom.kecamatan"), Cell(desk.subdistrict(found["subdistrict_code"]))),
    ]
    if review:
        facts += [
            Fact(t("kantor.kolom.nasabah"), members[review["member_id"]]),
            Fact(t("kantor.penukaran.penyedia"), Cell(review["provider"])),
            Fact(t("kantor.penukaran.rujukan"), Cell(review["reference"], "code")),
            Fact(t("kantor.penukaran.kode"), Cell(review["last_code"], "code")),
            Fact(t("kantor.penukaran.tanya"), Cell(str(review["asks"]))),
        ]
    return Page(
        t("kantor.penukaran.satu"),
        back=Link(t("kantor.penukaran.judul"), "/kantor/penukaran"),
        badges=[badge(state_words(desk, found["state"]), "awas" if review else "")],
        facts=facts,
        tables=[_course(desk, found)],
        links=[Link(t("kantor.riwayat.lihat"), f"/kantor/riwayat?subjek={redemption_id}")],
        forms=[_form(desk, redemption_id, found)] if review else [],
    )


def _form(desk: Desk, redemption_id: UUID, found: Answer) -> Form:
    t = desk.t
    options = [(each, t(words)) for each, words in DECISIONS.items()]
    if found["product_kind"] == "cash":
        options = [each for each in options if each[0] != "ask_again"]
    title = t("kantor.penukaran.putus")
    return Form(
        f"/kantor/penukaran/{redemption_id}/putus",
        title,
        title,
        [
            Entry("putusan", t("kantor.penukaran.putusan"), "choice", options=options),
            Entry(
                "seri",
                t("kantor.penukaran.seri"),
                hint=t("kantor.penukaran.seri_saran"),
                required=False,
                most=200,
            ),
            reason_entry(desk),
        ],
        t("kantor.penukaran.putus_lead"),
        grave=True,
    )


def _course(desk: Desk, found: Answer) -> Table:
    t = desk.t
    rows = [
        [
            when(each["at"]),
            Cell(state_words(desk, each["state"])),
            Cell(each["sentence"] or each["reason"] or ""),
        ]
        for each in found["timeline"]
    ]
    heads = [t("kantor.kolom.waktu"), t("kantor.kolom.keadaan"), t("kantor.kolom.keterangan")]
    return Table(heads, rows, "", t("kantor.penukaran.jalan"))
