"""One's own account: where one is signed in, known browsers, another PIN."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Page, Table, badge, when
from services.web.pages.staff.views import decide, said, said_id, show

_WHERE = {
    "tablet": "kantor.saya.tablet",
    "trusted_device": "kantor.saya.dikenal",
    "browser": "kantor.saya.peramban",
}
_ROLES = {"programme": "kantor.peran.program", "office": "kantor.peran.dinas"}


def router(_means: Means) -> APIRouter:
    """`/kantor/saya`."""
    routes = APIRouter(prefix="/kantor/saya")

    @routes.get("")
    async def read(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk))

    @routes.post("/pin")
    async def change_pin(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = {"old_pin": said(form, "lama"), "new_pin": said(form, "baru")}
            await desk.door.post("identity", "/v1/pins:change", body)
            return "/kantor/saya?sudah=pin"

        return await decide(desk, form, act, lambda: _page(desk))

    @routes.post("/akhiri")
    async def end(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            session_id = said_id(desk, form, "sesi")
            await desk.door.post("identity", f"/v1/sessions/{session_id}:end")
            return "/kantor/saya?sudah=akhiri"

        return await decide(desk, form, act, lambda: _page(desk))

    return routes


async def _page(desk: Desk) -> Page:
    t = desk.t
    sessions = [
        each for each in (await desk.read("identity", "/v1/sessions"))["sessions"] if not each["ended_at"]
    ]
    others = [
        (each["session_id"], f"{t(_WHERE[each['where']])}, {desk.ago(each['last_used_at'])}")
        for each in sessions
        if not each["is_this_one"]
    ]
    forms = [
        Form(
            "/kantor/saya/pin",
            t("kantor.saya.ganti_pin"),
            t("kantor.saya.ganti_pin"),
            [
                Entry("lama", t("kantor.saya.pin_lama"), "pin"),
                Entry(
                    "baru", t("kantor.pilih_pin.pin"), "pin", "new-password", t("kantor.pilih_pin.pin_saran")
                ),
            ],
            t("kantor.saya.ganti_pin_lead"),
        )
    ]
    if others:
        which = Entry("sesi", t("kantor.saya.yang_mana"), "choice", options=others)
        forms.append(
            Form("/kantor/saya/akhiri", t("kantor.saya.akhiri"), t("kantor.saya.akhiri"), [which], grave=True)
        )
    return Page(
        t("kantor.saya.judul"),
        facts=[
            Fact(t("kantor.kolom.peran"), Cell(t(_ROLES[desk.session.role]))),
            Fact(t("kantor.kolom.wilayah"), Cell(", ".join(desk.area_words()))),
        ],
        tables=[_sessions(desk, sessions)],
        forms=forms,
    )


def _sessions(desk: Desk, sessions: list[Answer]) -> Table:
    t = desk.t
    rows = [
        [
            Cell(t(_WHERE[each["where"]])),
            badge(t("kantor.saya.ini"), "baik") if each["is_this_one"] else Cell(""),
            when(each["started_at"]),
            when(each["last_used_at"]),
        ]
        for each in sessions
    ]
    heads = [t("kantor.saya.di_mana"), "", t("kantor.saya.sejak"), t("kantor.saya.terakhir")]
    return Table(heads, rows, "", t("kantor.saya.sesi"))
