"""Exceptions to prices: proposed, decided by another person of the programme, ended early; and price differences."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.deposits import contents
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.exception_forms import (
    deduction_names,
    deduction_proposal,
    price_proposal,
    proposing,
)
from services.web.pages.staff.parts import (
    Cell,
    Entry,
    Fact,
    Form,
    Link,
    Page,
    Table,
    Tone,
    link,
    moment,
    money,
    when,
)
from services.web.pages.staff.views import (
    Sure,
    bank_entry,
    decide,
    following,
    gone,
    reason_entry,
    said,
    show,
    sought,
)

STATES: Final[dict[str, tuple[str, Tone]]] = {
    "proposed": ("kantor.pengecualian.diusulkan", "awas"),
    "approved": ("kantor.pengecualian.disetujui", "baik"),
    "declined": ("kantor.pengecualian.ditolak", ""),
}
_DEEDS: Final = {
    "setujui": ("approve", "setujui", "kantor.yakin.pengecualian"),
    "tolak": ("decline", "tolak", "kantor.yakin.tolak_pengecualian"),
    "akhiri": ("end", "akhiri", "kantor.yakin.akhiri_pengecualian"),
}


def router(_means: Means) -> APIRouter:
    """`/kantor/pengecualian` and `/kantor/selisih`."""
    routes = APIRouter(prefix="/kantor")

    @routes.get("/pengecualian")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    routes.add_api_route("/pengecualian/usul", _proposing(price_proposal), methods=["POST"])
    routes.add_api_route("/pengecualian/usul-potongan", _proposing(deduction_proposal), methods=["POST"])

    @routes.get("/pengecualian/{exception_id}")
    async def read(request: Request, exception_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, exception_id))

    @routes.post("/pengecualian/{exception_id}/{deed}")
    async def do(request: Request, exception_id: UUID, deed: str) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        if deed not in _DEEDS:
            raise gone(desk)
        verb, told, words = _DEEDS[deed]

        async def act() -> str:
            path = f"/v1/price-exceptions/{exception_id}:{verb}"
            await desk.door.post("valuation", path, {"reason": said(form, "alasan")})
            return f"/kantor/pengecualian/{exception_id}?sudah={told}"

        return await decide(desk, form, act, lambda: _page(desk, exception_id), Sure(desk.t(words)))

    @routes.get("/selisih")
    async def differences(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _differences(desk))

    return routes


def _proposing(reading: Callable[[Desk, FormData], Awaitable[Answer]]) -> Callable[..., Awaitable[Response]]:
    async def propose(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post("valuation", "/v1/price-exceptions", await reading(desk, form))
            return "/kantor/pengecualian?sudah=usul"

        return await decide(desk, form, act, lambda: _list(desk))

    return propose


async def _list(desk: Desk) -> Page:
    t = desk.t
    state = desk.asked("keadaan")
    page = await desk.read(
        "valuation",
        "/v1/price-exceptions",
        state=state,
        waste_bank_id=desk.asked("bank"),
        cursor=desk.asked("sesudah"),
        limit=25,
    )
    words = await _what(desk, page["exceptions"])
    members = await desk.members(each["member_id"] for each in page["exceptions"] if each["member_id"])
    everybody = Cell(t("kantor.pengecualian.siapa_saja"))
    rows = [
        [
            link(words[each["exception_id"]], f"/kantor/pengecualian/{each['exception_id']}"),
            members.get(each["member_id"], everybody),
            Cell(desk.bank(each["waste_bank_id"])),
            when(each["from_at"]),
            when(each["until_at"]),
            _standing(desk, each),
        ]
        for each in page["exceptions"]
    ]
    heads = [
        t("kantor.kolom.isi"),
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.dari"),
        t("kantor.kolom.sampai"),
        t("kantor.kolom.keadaan"),
    ]
    options = [("", t("kantor.semua")), *[(each, t(words)) for each, (words, _) in STATES.items()]]
    choice = Entry("keadaan", t("kantor.kolom.keadaan"), "choice", state, required=False, options=options)
    return Page(
        t("kantor.pengecualian.judul"),
        t("kantor.pengecualian.lead"),
        filters=Form("/kantor/pengecualian", "", t("kantor.saring"), [bank_entry(desk, every=True), choice]),
        tables=[Table(heads, rows, t("kantor.pengecualian.kosong"))],
        following=following(desk, page["next_cursor"]),
        forms=await proposing(desk) if desk.decides else [],
        forms_first=True,
    )


def _standing(desk: Desk, each: Answer) -> Cell:
    if each["ended_at"]:
        return Cell(desk.t("kantor.pengecualian.diakhiri"), "badge")
    words, tone = STATES[each["state"]]
    return Cell(desk.t(words), "badge", tone)


async def _what(desk: Desk, found: list[Answer]) -> dict[str, str]:
    """What each exception changes, in words."""
    names = await desk.items()
    parts = await deduction_names(desk) if any(each["beneficiary"] for each in found) else {}
    words: dict[str, str] = {}
    for each in found:
        code, who = each["item_code"], each["beneficiary"]
        if code:
            grade = names.get(f"{code} {each['grade']}", each["grade"])
            said_of = f"{names.get(code, code)} - {grade}: {desk.money(each['price_rupiah'])}"
        else:
            said_of = desk.t(
                "kantor.pengecualian.potongan", siapa=parts.get(who, who), persen=each["percent"]
            )
        words[each["exception_id"]] = said_of
    return words


async def _page(desk: Desk, exception_id: UUID) -> Page:
    t, here = desk.t, f"/kantor/pengecualian/{exception_id}"
    found = await sought(
        desk,
        "valuation",
        "/v1/price-exceptions",
        "exceptions",
        {"limit": 200},
        exception_id=str(exception_id),
    )
    members = await desk.members([found["member_id"]] if found["member_id"] else [])
    facts = [
        Fact(t("kantor.kolom.bank"), Cell(desk.bank(found["waste_bank_id"]))),
        Fact(
            t("kantor.kolom.nasabah"),
            members.get(found["member_id"], Cell(t("kantor.pengecualian.siapa_saja"))),
        ),
        Fact(t("kantor.kolom.dari"), when(found["from_at"])),
        Fact(t("kantor.kolom.sampai"), when(found["until_at"])),
        Fact(
            t("kantor.kolom.diusulkan"),
            when(found["proposed_at"], under=await desk.person(found["proposed_by"])),
        ),
        Fact(t("kantor.alasan"), Cell(found["reason"], "long")),
    ]
    if found["decided_at"]:
        who = f"{await desk.person(found['decided_by'])}: {found['decided_reason'] or ''}"
        facts.append(Fact(t("kantor.kolom.diputus"), when(found["decided_at"], under=who)))
    if found["ended_at"]:
        who = f"{await desk.person(found['ended_by'])}: {found['end_reason'] or ''}"
        facts.append(Fact(t("kantor.pengecualian.diakhiri"), when(found["ended_at"], under=who)))
    return Page(
        (await _what(desk, [found]))[found["exception_id"]],
        back=Link(t("kantor.pengecualian.judul"), "/kantor/pengecualian"),
        badges=[_standing(desk, found)],
        facts=facts,
        forms=_deeds(desk, found, here) if desk.decides else [],
    )


def _deeds(desk: Desk, found: Answer, here: str) -> list[Form]:
    t, why = desk.t, reason_entry(desk)
    second = t("kantor.kedua.pengecualian")
    if found["state"] == "proposed":
        yes, no = t("kantor.pengecualian.setujui"), t("kantor.pengecualian.tolak")
        return [
            Form(f"{here}/setujui", yes, yes, [why], second=second),
            Form(f"{here}/tolak", no, no, [why], second=second, grave=True),
        ]
    until = moment(found["until_at"])
    if found["state"] == "approved" and not found["ended_at"] and until is not None and until > desk.now:
        end = t("kantor.pengecualian.akhiri")
        return [Form(f"{here}/akhiri", end, end, [why], t("kantor.pengecualian.akhiri_lead"), grave=True)]
    return []


async def _differences(desk: Desk) -> Page:
    t = desk.t
    page = await desk.read("valuation", "/v1/price-differences", cursor=desk.asked("sesudah"), limit=25)
    members = await desk.members(each["member_id"] for each in page["deposits"])
    rows = [
        [
            when(each["weighed_at"]).to(f"/kantor/setoran/{each['deposit_id']}"),
            members[each["member_id"]],
            Cell(desk.bank(each["waste_bank_id"])),
            Cell(await contents(desk, each["lines"])),
            money(each["gross_rupiah"]),
            money(each["price_difference_rupiah"]),
        ]
        for each in page["deposits"]
    ]
    heads = [
        t("kantor.kolom.ditimbang"),
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.isi"),
        t("kantor.setoran.kotor"),
        t("kantor.setoran.selisih"),
    ]
    return Page(
        t("kantor.selisih.judul"),
        t("kantor.selisih.lead"),
        tables=[Table(heads, rows, t("kantor.selisih.kosong"), numbers=frozenset({4, 5}))],
        following=following(desk, page["next_cursor"]),
    )
