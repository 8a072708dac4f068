"""What the forms of a member's page do: change, move, propose a merge, forget for good; and the cards."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.members import member_of_code, member_page
from services.web.pages.staff.parts import Cell, Fact
from services.web.pages.staff.qr import qr_svg
from services.web.pages.staff.views import Sure, decide, draw, said, said_id

_NAMES = {"nama": "name", "telepon": "phone", "alamat": "address", "desa": "village"}


def router(_means: Means) -> APIRouter:
    """What is posted below `/kantor/nasabah/{member_id}`."""
    routes = APIRouter(prefix="/kantor/nasabah/{member_id}")
    _add_own(routes)
    _add_cards(routes)
    return routes


def _add_own(routes: APIRouter) -> None:
    @routes.post("/ubah")
    async def change(request: Request, member_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = await _changes(desk, member_id, form)
            await desk.door.post("identity", f"/v1/members/{member_id}:change", body)
            return f"/kantor/nasabah/{member_id}?sudah=simpan"

        return await decide(desk, form, act, lambda: member_page(desk, member_id))

    @routes.post("/pindah")
    async def move(request: Request, member_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = {"waste_bank_id": said(form, "bank"), "reason": said(form, "alasan")}
            await desk.door.post("identity", f"/v1/members/{member_id}:move", body)
            return f"/kantor/nasabah/{member_id}?sudah=pindah"

        return await decide(desk, form, act, lambda: member_page(desk, member_id))

    @routes.post("/usul-gabung")
    async def propose(request: Request, member_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            into = await member_of_code(desk, said(form, "tetap"))
            body = {"into_member_id": into["member_id"], "reason": said(form, "alasan")}
            await desk.door.post("identity", f"/v1/members/{member_id}:propose-merge", body)
            return "/kantor/gabung?sudah=usul"

        return await decide(desk, form, act, lambda: member_page(desk, member_id))

    @routes.post("/hapus")
    async def erase(request: Request, member_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post(
                "identity", f"/v1/members/{member_id}:erase", {"reason": said(form, "alasan")}
            )
            return "/kantor/nasabah?sudah=hapus"

        sure = Sure(desk.t("kantor.yakin.hapus"), await _who(desk, member_id))
        return await decide(desk, form, act, lambda: member_page(desk, member_id), sure)


def _add_cards(routes: APIRouter) -> None:
    @routes.post("/kartu")
    async def issue(request: Request, member_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str | Response:
            made = await desk.door.post("identity", f"/v1/members/{member_id}:issue-card", {})
            return await _printed(desk, member_id, made)

        return await decide(desk, form, act, lambda: member_page(desk, member_id))

    @routes.post("/ganti-kartu")
    async def replace(request: Request, member_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str | Response:
            card_id = said_id(desk, form, "kartu")
            made = await desk.door.post(
                "identity", f"/v1/cards/{card_id}:replace", {"reason": said(form, "sebab")}
            )
            return await _printed(desk, member_id, made)

        sure = Sure(desk.t("kantor.yakin.ganti_kartu"), await _who(desk, member_id))
        return await decide(desk, form, act, lambda: member_page(desk, member_id), sure)

    @routes.post("/blokir-kartu")
    async def block(request: Request, member_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            card_id = said_id(desk, form, "kartu")
            await desk.door.post("identity", f"/v1/cards/{card_id}:block", {"reason": said(form, "sebab")})
            return f"/kantor/nasabah/{member_id}?sudah=blokir"

        sure = Sure(desk.t("kantor.yakin.blokir_kartu"), await _who(desk, member_id))
        return await decide(desk, form, act, lambda: member_page(desk, member_id), sure)


async def _changes(desk: Desk, member_id: UUID, form: FormData) -> Answer:
    """What differs from what is known; an empty phone stays as it is, because it is never shown whole."""
    known = await desk.read("identity", f"/v1/members/{member_id}")
    body: Answer = {"reason": said(form, "alasan")}
    for field, name in _NAMES.items():
        typed = said(form, field) or None
        if typed != known[name] and not (name == "phone" and typed is None):
            body[name] = typed
    return body


async def _who(desk: Desk, member_id: UUID) -> list[Fact]:
    known = await desk.read("identity", f"/v1/members/{member_id}")
    return [Fact(desk.t("kantor.kolom.nasabah"), Cell(known["name"], under=known["code"]))]


async def _printed(desk: Desk, member_id: UUID, made: Answer) -> str | Response:
    """The card's page, shown this once: what stands on it is kept nowhere."""
    if made["printed"] is None:
        return f"/kantor/nasabah/{member_id}"
    known = await desk.read("identity", f"/v1/members/{member_id}")
    card = made["printed"]
    return draw(
        desk,
        "staff/card.html",
        member=known,
        bank=desk.bank(known["waste_bank_id"]),
        card=card,
        number=" ".join(card["number"][at : at + 4] for at in range(0, len(card["number"]), 4)),
        qr=qr_svg(card["qr"]),
    )
