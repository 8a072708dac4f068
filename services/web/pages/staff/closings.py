"""What waste banks counted at the end of a day, and what should lie in their stores: read, and a day opened again."""

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
    Tone,
    badge,
    link,
    money,
    when,
)
from services.web.pages.staff.views import bank_entry, decide, gone, reason_entry, said, show, sought


def router(_means: Means) -> APIRouter:
    """`/kantor/penutupan` and `/kantor/stok`."""
    routes = APIRouter(prefix="/kantor")

    @routes.get("/penutupan")
    async def closings(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.get("/penutupan/{waste_bank_id}/{closing_id}")
    async def closing(request: Request, waste_bank_id: str, closing_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, waste_bank_id, closing_id))

    @routes.post("/penutupan/{waste_bank_id}/{closing_id}/buka")
    async def reopen(request: Request, waste_bank_id: str, closing_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        _known(desk, waste_bank_id)

        async def act() -> str:
            await desk.door.post(
                "deposit", f"/v1/closings/{closing_id}:reopen", {"reason": said(form, "alasan")}
            )
            return f"/kantor/penutupan/{waste_bank_id}/{closing_id}?sudah=buka"

        return await decide(desk, form, act, lambda: _page(desk, waste_bank_id, closing_id))

    @routes.get("/stok")
    async def stock(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _stock(desk))

    return routes


def _known(desk: Desk, waste_bank_id: str) -> None:
    """Raises Refused (404) for a waste bank that the rollout file does not have."""
    if desk.rollout.waste_bank(waste_bank_id) is None:
        raise gone(desk)


def _chosen(desk: Desk) -> str:
    return desk.asked("bank") or (desk.banks() or [("", "")])[0][0]


async def _class_names(desk: Desk) -> dict[str, str]:
    found = (await desk.read("valuation", "/v1/catalogue"))["waste_classes"]
    return {each["waste_class"]: each[f"name_{desk.door.language}"] for each in found}


async def _list(desk: Desk) -> Page:
    t, bank = desk.t, _chosen(desk)
    found = (await desk.read("deposit", "/v1/closings", waste_bank_id=bank, on=desk.asked("hari")))[
        "closings"
    ]
    rows = [
        [
            link(desk.day(each["on"]), f"/kantor/penutupan/{bank}/{each['closing_id']}"),
            _grams(sum(one["difference_grams"] for one in each["classes"])),
            _difference(each["cash_difference_rupiah"]),
            Cell(str(len(each["after_closing"])) if each["after_closing"] else ""),
            badge(t("kantor.penutupan.dibuka_lagi"), "awas") if each["reopened_at"] else Cell(""),
        ]
        for each in found
    ]
    heads = [
        t("kantor.kolom.hari"),
        t("kantor.penutupan.selisih_berat"),
        t("kantor.penutupan.selisih_kas"),
        t("kantor.penutupan.susulan"),
        t("kantor.kolom.keadaan"),
    ]
    day = Entry("hari", t("kantor.kolom.hari"), "day", desk.asked("hari"), required=False)
    return Page(
        t("kantor.penutupan.judul"),
        t("kantor.penutupan.lead"),
        filters=Form(
            "/kantor/penutupan",
            "",
            t("kantor.nasabah.tampilkan"),
            [bank_entry(desk, value=bank), day],
        ),
        tables=[Table(heads, rows, t("kantor.penutupan.kosong"), desk.bank(bank), frozenset({1, 2, 3}))],
    )


def _grams(grams: int) -> Cell:
    tone: Tone = "awas" if grams else ""
    return Cell(grams, "weight", tone)


def _difference(rupiah: int) -> Cell:
    return money(rupiah, "awas" if rupiah else "")


async def _page(desk: Desk, waste_bank_id: str, closing_id: UUID) -> Page:
    _known(desk, waste_bank_id)
    t, names = desk.t, await _class_names(desk)
    found = await sought(
        desk,
        "deposit",
        "/v1/closings",
        "closings",
        {"waste_bank_id": waste_bank_id},
        closing_id=str(closing_id),
    )
    classes = [
        [
            Cell(names.get(each["waste_class"], each["waste_class"])),
            Cell(each["booked_grams"], "weight"),
            Cell(each["counted_grams"], "weight"),
            _grams(each["difference_grams"]),
        ]
        for each in found["classes"]
    ]
    heads = [
        t("kantor.kolom.golongan"),
        t("kantor.penutupan.buku"),
        t("kantor.penutupan.hitungan"),
        t("kantor.penutupan.selisih"),
    ]
    here = f"/kantor/penutupan/{waste_bank_id}/{closing_id}"
    title = t("kantor.penutupan.buka")
    reopening = Form(f"{here}/buka", title, title, [reason_entry(desk)], t("kantor.penutupan.buka_lead"))
    return Page(
        t("kantor.penutupan.satu", bank=desk.bank(waste_bank_id), hari=desk.day(found["on"])),
        back=Link(t("kantor.penutupan.judul"), f"/kantor/penutupan?bank={waste_bank_id}"),
        badges=[badge(t("kantor.penutupan.dibuka_lagi"), "awas")] if found["reopened_at"] else [],
        facts=await _facts(desk, found),
        tables=[
            Table(heads, classes, "", t("kantor.penutupan.per_golongan"), frozenset({1, 2, 3})),
            _late(desk, found["after_closing"]),
        ],
        forms=[] if found["reopened_at"] else [reopening],
    )


async def _facts(desk: Desk, found: Answer) -> list[Fact]:
    t = desk.t
    facts = [
        Fact(
            t("kantor.penutupan.ditutup"),
            when(found["closed_at"], under=await desk.person(found["closed_by"])),
        ),
        Fact(t("kantor.penutupan.kas_buku"), money(found["cash_booked_rupiah"])),
        Fact(t("kantor.penutupan.kas_hitung"), money(found["cash_counted_rupiah"])),
        Fact(t("kantor.penutupan.selisih_kas"), _difference(found["cash_difference_rupiah"])),
        Fact(t("kantor.penutupan.catatan"), Cell(found["note"], "long")),
    ]
    if found["reopened_at"]:
        who = f"{await desk.person(found['reopened_by'])}: {found['reopen_reason'] or ''}"
        facts.append(Fact(t("kantor.penutupan.dibuka_lagi"), when(found["reopened_at"], under=who)))
    return facts


def _late(desk: Desk, deposits: list[Answer]) -> Table:
    t = desk.t
    rows = [[when(each["received_at"]).to(f"/kantor/setoran/{each['deposit_id']}")] for each in deposits]
    return Table(
        [t("kantor.kolom.diterima")], rows, t("kantor.penutupan.tanpa_susulan"), t("kantor.penutupan.susulan")
    )


async def _stock(desk: Desk) -> Page:
    t, bank, names = desk.t, _chosen(desk), await desk.items()
    found = await desk.read("deposit", "/v1/stock", waste_bank_id=bank)
    classes = await _class_names(desk)
    rows = [
        [
            Cell(names.get(each["item_code"], each["item_code"]), under=each["item_code"]),
            Cell(classes.get(each["waste_class"], each["waste_class"])),
            Cell(each["taken_in_grams"], "weight"),
            Cell(each["sold_grams"], "weight"),
            Cell(each["shrinkage_grams"], "weight"),
            Cell(each["book_grams"], "weight", "awas" if each["book_grams"] < 0 else ""),
        ]
        for each in found["items"]
    ]
    heads = [
        t("kantor.kolom.jenis"),
        t("kantor.kolom.golongan"),
        t("kantor.stok.masuk"),
        t("kantor.stok.terjual"),
        t("kantor.stok.susut"),
        t("kantor.stok.buku"),
    ]
    return Page(
        t("kantor.stok.judul"),
        t("kantor.stok.lead"),
        filters=Form("/kantor/stok", "", t("kantor.nasabah.tampilkan"), [bank_entry(desk, value=bank)]),
        tables=[Table(heads, rows, t("kantor.stok.kosong"), desk.bank(bank), frozenset({2, 3, 4, 5}))],
    )
