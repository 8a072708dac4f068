"""Exceptions to prices: proposed, decided by another person of the programme, ended early; and price differences."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.deposits import contents
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.figures import rupiah_of
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
    reason_entry,
    said,
    show,
    sought,
)
from shared.kernel.ids import uuid7

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
_UNREADABLE = 422


def router(_means: Means) -> APIRouter:
    """`/kantor/pengecualian` and `/kantor/selisih`."""
    routes = APIRouter(prefix="/kantor")

    @routes.get("/pengecualian")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.post("/pengecualian/usul")
    async def propose(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post("valuation", "/v1/price-exceptions", _proposal(desk, form))
            return "/kantor/pengecualian?sudah=usul"

        return await decide(desk, form, act, lambda: _list(desk))

    @routes.get("/pengecualian/{exception_id}")
    async def read(request: Request, exception_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, exception_id))

    @routes.post("/pengecualian/{exception_id}/{deed}")
    async def do(request: Request, exception_id: UUID, deed: str) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        verb, told, words = _DEEDS.get(deed, _DEEDS["tolak"])

        async def act() -> str:
            path = f"/v1/price-exceptions/{exception_id}:{verb}"
            await desk.door.post("valuation", path, {"note": said(form, "alasan")})
            return f"/kantor/pengecualian/{exception_id}?sudah={told}"

        return await decide(desk, form, act, lambda: _page(desk, exception_id), Sure(desk.t(words)))

    @routes.get("/selisih")
    async def differences(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _differences(desk))

    return routes


def _proposal(desk: Desk, form: FormData) -> Answer:
    item, _, grade = said(form, "jenis").partition(" ")
    price = rupiah_of(said(form, "harga"))
    if price is None:
        detail = desk.t("kantor.rancangan.salah_harga", jenis=item, isi=said(form, "harga"))
        raise Refused(_UNREADABLE, {"detail": detail})
    return {
        "exception_id": said(form, "pengecualian"),
        "waste_bank_id": said(form, "bank"),
        "price": {"item_code": item, "grade": grade, "price_rupiah": price},
        "from_at": f"{said(form, 'mulai')}:00+07:00",
        "until_at": f"{said(form, 'sampai')}:00+07:00",
        "reason": said(form, "alasan"),
    }


async def _list(desk: Desk) -> Page:
    t = desk.t
    state = desk.asked("keadaan")
    page = await desk.read(
        "valuation",
        "/v1/price-exceptions",
        state=state,
        waste_bank_id=desk.asked("bank"),
        after=desk.asked("sesudah"),
        limit=25,
    )
    rows = [
        [
            link(await _what(desk, each), f"/kantor/pengecualian/{each['exception_id']}"),
            Cell(desk.bank(each["waste_bank_id"])),
            when(each["from_at"]),
            when(each["until_at"]),
            _standing(desk, each),
        ]
        for each in page["exceptions"]
    ]
    heads = [
        t("kantor.kolom.isi"),
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
        following=following(desk, page["next"]),
        forms=[await _form(desk)] if desk.decides else [],
        forms_first=True,
    )


async def _form(desk: Desk) -> Form:
    t, names = desk.t, await desk.items()
    kinds = [
        (each, f"{names[each.partition(' ')[0]]} - {words}")
        for each, words in sorted(names.items())
        if " " in each
    ]
    return Form(
        "/kantor/pengecualian/usul",
        t("kantor.pengecualian.usul"),
        t("kantor.pengecualian.usul"),
        [
            Entry("pengecualian", "", "hidden", str(uuid7())),
            bank_entry(desk),
            Entry("jenis", t("kantor.kolom.jenis"), "choice", options=kinds),
            Entry("harga", t("kantor.kolom.harga"), "number"),
            Entry("mulai", t("kantor.kolom.dari"), "moment"),
            Entry("sampai", t("kantor.kolom.sampai"), "moment"),
            reason_entry(desk),
        ],
        t("kantor.pengecualian.usul_lead"),
        t("kantor.kedua.pengecualian"),
    )


def _standing(desk: Desk, each: Answer) -> Cell:
    if each["ended_at"]:
        return Cell(desk.t("kantor.pengecualian.diakhiri"), "badge")
    words, tone = STATES[each["state"]]
    return Cell(desk.t(words), "badge", tone)


async def _what(desk: Desk, each: Answer) -> str:
    names = await desk.items()
    if each["item_code"]:
        item = names.get(each["item_code"], each["item_code"])
        grade = names.get(f"{each['item_code']} {each['grade']}", each["grade"])
        return f"{item} - {grade}: {desk.money(each['price_rupiah'])}"
    return desk.t("kantor.pengecualian.potongan", siapa=each["beneficiary"], persen=each["percent"])


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
        who = f"{await desk.person(found['decided_by'])}: {found['note'] or ''}"
        facts.append(Fact(t("kantor.kolom.diputus"), when(found["decided_at"], under=who)))
    if found["ended_at"]:
        who = f"{await desk.person(found['ended_by'])}: {found['end_reason'] or ''}"
        facts.append(Fact(t("kantor.pengecualian.diakhiri"), when(found["ended_at"], under=who)))
    return Page(
        await _what(desk, found),
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
    page = await desk.read("valuation", "/v1/price-differences", after=desk.asked("sesudah"), limit=25)
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
        following=following(desk, page["next"]),
    )
