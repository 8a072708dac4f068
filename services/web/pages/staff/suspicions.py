"""Deposits that look alike: both side by side, and a person's word about them."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.deposit_page import deposit_page
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, badge, when
from services.web.pages.staff.views import (
    Sure,
    decide,
    following,
    reason_entry,
    said,
    said_id,
    show,
    sought,
)

_KINDS = {
    "same_weighing": "kantor.kembar.sama",
    "bag_weighed_twice": "kantor.kembar.karung",
}


def router(_means: Means) -> APIRouter:
    """`/kantor/kembar`."""
    routes = APIRouter(prefix="/kantor/kembar")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        page = await desk.read("deposit", "/v1/suspicions", cursor=desk.asked("sesudah"), limit=25)
        return show(
            desk,
            Page(
                desk.t("kantor.kembar.judul"),
                desk.t("kantor.kembar.lead"),
                tables=[await _table(desk, page["suspicions"])],
                following=following(desk, page["next_cursor"]),
            ),
        )

    @routes.get("/{suspicion_id}")
    async def read(request: Request, suspicion_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, str(suspicion_id)))

    @routes.post("/{suspicion_id}/keduanya")
    async def both(request: Request, suspicion_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post(
                "deposit", f"/v1/suspicions/{suspicion_id}:confirm", {"reason": said(form, "alasan")}
            )
            return "/kantor/kembar?sudah=keduanya"

        return await decide(desk, form, act, lambda: _page(desk, str(suspicion_id)))

    @routes.post("/{suspicion_id}/batal")
    async def void(request: Request, suspicion_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = {"deposit_id": said_id(desk, form, "setoran"), "reason": said(form, "alasan")}
            await desk.door.post("deposit", f"/v1/suspicions/{suspicion_id}:void", body)
            return "/kantor/kembar?sudah=batal"

        sure = Sure(desk.t("kantor.yakin.batal"))
        return await decide(desk, form, act, lambda: _page(desk, str(suspicion_id)), sure)

    return routes


async def _table(desk: Desk, suspicions: list[Answer]) -> Table:
    t = desk.t
    members = await desk.members(each["member_id"] for each in suspicions)
    rows = [
        [
            when(each["found_at"], under=desk.ago(each["found_at"])).to(
                f"/kantor/kembar/{each['suspicion_id']}"
            ),
            members[each["member_id"]],
            Cell(desk.bank(each["waste_bank_id"])),
            Cell(t(_KINDS[each["kind"]])),
        ]
        for each in suspicions
    ]
    heads = [
        t("kantor.kolom.ditemukan"),
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.dugaan"),
    ]
    return Table(heads, rows, t("kantor.kembar.kosong"))


async def _page(desk: Desk, suspicion_id: str) -> Page:
    t, here = desk.t, f"/kantor/kembar/{suspicion_id}"
    found = await sought(desk, "deposit", "/v1/suspicions", "suspicions", suspicion_id=suspicion_id)
    pages = [await deposit_page(desk, found[key]) for key in ("deposit_id", "other_deposit_id")]
    # It is about one member: whose name stands first on either page.
    facts, tables = [pages[0].facts[0]], []
    for number, (page, key) in enumerate(
        zip(pages, ("deposit_id", "other_deposit_id"), strict=True), start=1
    ):
        title = t("kantor.kembar.setoran_ke", n=number)
        facts.append(Fact(title, Cell(t("kantor.setoran.lihat"), href=f"/kantor/setoran/{found[key]}")))
        facts += page.facts[1:4]
        tables.append(page.tables[0].titled(title))
    choice = [
        (found["deposit_id"], t("kantor.kembar.setoran_ke", n=1)),
        (found["other_deposit_id"], t("kantor.kembar.setoran_ke", n=2)),
    ]
    which = Entry("setoran", t("kantor.kembar.mana"), "choice", options=choice)
    return Page(
        t("kantor.kembar.satu"),
        back=Link(t("kantor.kembar.judul"), "/kantor/kembar"),
        badges=[badge(t(_KINDS[found["kind"]]), "awas")],
        facts=facts,
        tables=tables,
        forms=[
            Form(
                f"{here}/keduanya",
                t("kantor.kembar.keduanya"),
                t("kantor.kembar.keduanya"),
                [reason_entry(desk)],
                t("kantor.kembar.keduanya_lead"),
            ),
            Form(
                f"{here}/batal",
                t("kantor.kembar.satu_batal"),
                t("kantor.setoran.batalkan"),
                [which, reason_entry(desk)],
                grave=True,
            ),
        ],
    )
