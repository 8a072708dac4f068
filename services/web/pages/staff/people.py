"""Who works for the programme: hired with a one-time code, moved to other places, ended."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, badge, link, when
from services.web.pages.staff.resets import one_time_page
from services.web.pages.staff.views import (
    Sure,
    decide,
    following,
    reason_entry,
    said,
    said_id,
    show,
    sought,
    unreadable,
)
from shared.kernel.ids import uuid7

ROLES: Final = {
    "operator": "kantor.peran.petugas",
    "programme": "kantor.peran.program",
    "office": "kantor.peran.dinas",
}


def router(_means: Means) -> APIRouter:
    """`/kantor/petugas`."""
    routes = APIRouter(prefix="/kantor/petugas")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.post("/terima")
    async def hire(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str | Response:
            staff_id = said_id(desk, form, "petugas")
            body = {
                "staff_id": str(staff_id),
                "code": said(form, "kode"),
                "role": said(form, "peran"),
                "name": said(form, "nama"),
                "area": _area(desk, form, said(form, "peran")),
            }
            made = await desk.door.post("identity", "/v1/staff", body)
            if made["first_pin"] is None:
                return f"/kantor/petugas/{staff_id}?sudah=simpan"
            return one_time_page(desk, made["first_pin"], f"/kantor/petugas/{staff_id}")

        return await decide(desk, form, act, lambda: _list(desk))

    @routes.get("/{staff_id}")
    async def read(request: Request, staff_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, staff_id))

    @routes.post("/{staff_id}/pindah")
    async def move(request: Request, staff_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = {"area": _area(desk, form, said(form, "peran")), "reason": said(form, "alasan")}
            await desk.door.post("identity", f"/v1/staff/{staff_id}:move", body)
            return f"/kantor/petugas/{staff_id}?sudah=pindah"

        return await decide(desk, form, act, lambda: _page(desk, staff_id))

    @routes.post("/{staff_id}/akhiri")
    async def end(request: Request, staff_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post("identity", f"/v1/staff/{staff_id}:end", {"reason": said(form, "alasan")})
            return f"/kantor/petugas/{staff_id}?sudah=akhiri"

        sure = Sure(desk.t("kantor.yakin.akhiri_petugas"))
        return await decide(desk, form, act, lambda: _page(desk, staff_id), sure)

    return routes


def _area(desk: Desk, form: FormData, role: str) -> Answer:
    """The area that was ticked: waste banks for an operator, regencies and sub-districts for others."""
    chosen = [each for each in form.getlist("wilayah") if isinstance(each, str) and each]
    if not chosen:
        raise unreadable(desk.t("kantor.petugas.tanpa_wilayah"))
    banks = [each.removeprefix("bank:") for each in chosen if each.startswith("bank:")]
    codes = [each.removeprefix("kec:") for each in chosen if each.startswith("kec:")]
    regencies = [each.removeprefix("kab:") for each in chosen if each.startswith("kab:")]
    if role == "operator":
        return {"waste_bank_ids": banks}
    return {"subdistrict_codes": codes, "regency_codes": regencies}


def _places(desk: Desk, role: str | None) -> list[tuple[str, str]]:
    """What may be ticked as an area; for somebody new both kinds, and the door refuses what does not fit."""
    t = desk.t
    banks = [(f"bank:{bank}", name) for bank, name in desk.banks()]
    wider = [
        (f"kab:{each.kemendagri_code}", t("kantor.petugas.kabupaten", nama=each.name))
        for each in desk.rollout.regencies
        if each.kemendagri_code in desk.session.regency_codes
    ] + [
        (f"kec:{each.kemendagri_code}", t("kantor.petugas.kecamatan", nama=each.name))
        for each in desk.rollout.subdistricts
        if desk.covers(each.kemendagri_code)
    ]
    if role is None:
        return banks + wider
    return banks if role == "operator" else wider


async def _list(desk: Desk) -> Page:
    t = desk.t
    page = await desk.read("identity", "/v1/staff", cursor=desk.asked("sesudah"))
    rows = [
        [
            link(each["name"], f"/kantor/petugas/{each['staff_id']}", under=each["code"]),
            Cell(t(ROLES[each["role"]]) if each["role"] in ROLES else each["role"]),
            Cell(area_words(desk, each)),
            when(each["since"]),
            _standing(desk, each),
        ]
        for each in page["staff"]
    ]
    heads = [
        t("kantor.kolom.nama"),
        t("kantor.kolom.peran"),
        t("kantor.kolom.wilayah"),
        t("kantor.petugas.sejak"),
        t("kantor.kolom.keadaan"),
    ]
    return Page(
        t("kantor.petugas.judul"),
        t("kantor.petugas.lead"),
        tables=[Table(heads, rows, t("kantor.petugas.kosong"))],
        following=following(desk, page["next_cursor"]),
        forms=[_hiring(desk)] if desk.decides else [],
        forms_first=True,
    )


def _standing(desk: Desk, each: Answer) -> Cell:
    if each["ended_at"]:
        return badge(desk.t("kantor.petugas.berakhir"))
    return badge(desk.t("kantor.petugas.bekerja"), "baik")


def area_words(desk: Desk, each: Answer) -> str:
    """Where somebody works."""
    named = {one.kemendagri_code: one.name for one in desk.rollout.regencies}
    places = [desk.bank(one) for one in each["waste_bank_ids"]]
    places += [named.get(one, one) for one in each["regency_codes"]]
    if not each["waste_bank_ids"]:
        places += [desk.subdistrict(one) for one in each["subdistrict_codes"]]
    return ", ".join(places)


def _hiring(desk: Desk) -> Form:
    t = desk.t
    title = t("kantor.petugas.terima")
    return Form(
        "/kantor/petugas/terima",
        title,
        title,
        [
            Entry("petugas", "", "hidden", str(uuid7())),
            Entry(
                "peran",
                t("kantor.kolom.peran"),
                "choice",
                options=[(each, t(w)) for each, w in ROLES.items()],
            ),
            Entry("kode", t("kantor.kolom.kode"), hint=t("kantor.petugas.kode_saran"), most=11),
            Entry("nama", t("kantor.kolom.nama"), most=120),
            Entry(
                "wilayah",
                t("kantor.kolom.wilayah"),
                "several",
                hint=t("kantor.petugas.wilayah_saran"),
                options=_places(desk, None),
            ),
        ],
        t("kantor.petugas.terima_lead"),
    )


async def _page(desk: Desk, staff_id: UUID) -> Page:
    t, here = desk.t, f"/kantor/petugas/{staff_id}"
    found = await sought(desk, "identity", "/v1/staff", "staff", staff_id=str(staff_id))
    facts = [
        Fact(t("kantor.kolom.kode"), Cell(found["code"], "code")),
        Fact(t("kantor.kolom.peran"), Cell(t(ROLES[found["role"]]))),
        Fact(t("kantor.kolom.wilayah"), Cell(area_words(desk, found))),
        Fact(t("kantor.petugas.sejak"), when(found["since"])),
    ]
    if found["ended_at"]:
        facts.append(Fact(t("kantor.petugas.berakhir"), when(found["ended_at"])))
    forms = _deeds(desk, here, found) if desk.decides and not found["ended_at"] else []
    trail = Link(t("kantor.riwayat.lihat"), f"/kantor/riwayat?subjek={staff_id}")
    return Page(
        found["name"],
        back=Link(t("kantor.petugas.judul"), "/kantor/petugas"),
        badges=[_standing(desk, found)],
        facts=facts,
        links=[trail] if desk.decides else [],
        forms=forms,
    )


def _deeds(desk: Desk, here: str, found: Answer) -> list[Form]:
    t = desk.t
    role = Entry("peran", "", "hidden", found["role"])
    code = Entry("kode", "", "hidden", found["code"])
    places = Entry("wilayah", t("kantor.kolom.wilayah"), "several", options=_places(desk, found["role"]))
    move, end = t("kantor.petugas.pindah"), t("kantor.petugas.akhiri")
    why = reason_entry(desk)
    reset = Form(
        "/kantor/pin/buka",
        t("kantor.pin.lupa"),
        t("kantor.pin.buka"),
        [code, why],
        second=t("kantor.kedua.pin"),
    )
    return [
        Form(f"{here}/pindah", move, move, [role, places, why], t("kantor.petugas.pindah_lead")),
        reset,
        Form(f"{here}/akhiri", end, end, [why], t("kantor.petugas.akhiri_lead"), grave=True),
    ]
