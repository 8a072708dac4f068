"""Forgotten PINs: opened by one of the staff, confirmed by another within 15 minutes, who reads out a code once."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Form, Page, Table, when
from services.web.pages.staff.views import decide, draw, reason_entry, said, said_id, show


def router(_means: Means) -> APIRouter:
    """`/kantor/pin`."""
    routes = APIRouter(prefix="/kantor/pin")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk))

    @routes.post("/buka")
    async def open_one(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = {"code": said(form, "kode"), "reason": said(form, "alasan")}
            await desk.door.post("identity", "/v1/pin-resets", body)
            return "/kantor/pin?sudah=usul"

        return await decide(desk, form, act, lambda: _page(desk))

    @routes.post("/setuju")
    async def confirm(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str | Response:
            reset_id = said_id(desk, form, "permintaan")
            made = await desk.door.post("identity", f"/v1/pin-resets/{reset_id}:confirm")
            return one_time_page(desk, made, "/kantor/pin")

        return await decide(desk, form, act, lambda: _page(desk))

    return routes


def one_time_page(desk: Desk, made: dict[str, str], back: str) -> Response:
    """The code that is read to somebody, shown this once."""
    return draw(desk, "staff/one_time.html", made=made, back=back)


async def _page(desk: Desk) -> Page:
    t = desk.t
    waiting = (await desk.read("identity", "/v1/pin-resets"))["pin_resets"]
    rows = [
        [
            Cell(each["code"], "code"),
            when(each["opened_at"], under=await desk.person(each["opened_by"])),
            when(each["until"]),
            Cell(each["reason"], "long"),
        ]
        for each in waiting
    ]
    heads = [
        t("kantor.kolom.kode"),
        t("kantor.kolom.diusulkan"),
        t("kantor.kolom.sampai"),
        t("kantor.alasan"),
    ]
    return Page(
        t("kantor.pin.judul"),
        t("kantor.pin.lead"),
        tables=[Table(heads, rows, t("kantor.pin.kosong"))],
        forms=_forms(desk, waiting),
    )


def _forms(desk: Desk, waiting: list[Answer]) -> list[Form]:
    """To open one; and to confirm one, if somebody else has opened any."""
    t, own = desk.t, str(desk.session.subject_id)
    title, lead = t("kantor.pin.setuju"), t("kantor.pin.setuju_lead")
    options = [
        (each["reset_id"], f"{each['code']}: {each['reason']}")
        for each in waiting
        if each["opened_by"] != own
    ]
    which = Entry("permintaan", t("kantor.pin.yang_mana"), "choice", options=options)
    code = Entry("kode", t("kantor.pin.kode"), hint=t("kantor.pin.kode_saran"), most=32)
    opening = Form(
        "/kantor/pin/buka",
        t("kantor.pin.lupa"),
        t("kantor.pin.buka"),
        [code, reason_entry(desk)],
        t("kantor.pin.buka_lead"),
        t("kantor.kedua.pin"),
    )
    return [*([Form("/kantor/pin/setuju", title, title, [which], lead)] if options else []), opening]
