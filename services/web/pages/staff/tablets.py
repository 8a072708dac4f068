"""Tablets: registered with a QR code that the new tablet scans, seen with how they are doing, revoked when lost."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Refused, Silent
from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, badge, link, when
from services.web.pages.staff.qr import qr_svg
from services.web.pages.staff.views import (
    Sure,
    bank_entry,
    decide,
    draw,
    gone,
    part_of,
    reason_entry,
    said,
    show,
)
from services.web.pages.staff.work import SILENT, heard

# What the operator's app reads out of the QR code of a new tablet.
SET_UP = "TMB-SET1:"
_CLOCK_OFF_MS = 300_000
_BATTERY_LOW = 20
_STORAGE_LOW_MIB = 50


def router(_means: Means) -> APIRouter:
    """`/kantor/tablet`."""
    routes = APIRouter(prefix="/kantor/tablet")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.post("/daftar")
    async def register(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        name, bank = said(form, "nama"), said(form, "bank")

        async def act() -> str | Response:
            made = await desk.door.post("identity", "/v1/tablets", {"name": name, "waste_bank_id": bank})
            code = made["enrolment_code"]
            return draw(
                desk,
                "staff/set_up.html",
                made=made,
                name=name,
                bank=desk.bank(bank),
                qr=qr_svg(SET_UP + code),
            )

        return await decide(desk, form, act, lambda: _list(desk))

    @routes.get("/{tablet_id}")
    async def read(request: Request, tablet_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, str(tablet_id)))

    @routes.post("/{tablet_id}/cabut")
    async def revoke(request: Request, tablet_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post(
                "identity", f"/v1/tablets/{tablet_id}:revoke", {"reason": said(form, "alasan")}
            )
            return f"/kantor/tablet/{tablet_id}?sudah=cabut"

        sure = Sure(desk.t("kantor.yakin.cabut"))
        return await decide(desk, form, act, lambda: _page(desk, str(tablet_id)), sure)

    return routes


async def _reports(desk: Desk) -> dict[str, Answer]:
    """The last report of every tablet; none for whom the door is shut or silent."""
    try:
        return {
            each["tablet_id"]: each
            async for each in desk.pages("deposit", "/v1/tablets", "tablets", limit=200)
        }
    except (Refused, Silent):
        return {}


async def _list(desk: Desk) -> Page:
    t = desk.t
    found = await desk.read("identity", "/v1/tablets", waste_bank_id=desk.asked("bank"))
    reports = await _reports(desk)
    shown, after = part_of(desk, found["tablets"])
    rows = [_row(desk, each, reports.get(each["tablet_id"])) for each in shown]
    heads = [
        t("kantor.tablet.nama"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.keadaan"),
        t("kantor.tablet.terakhir"),
        t("kantor.tablet.antrean"),
        t("kantor.tablet.jam"),
        t("kantor.tablet.baterai"),
    ]
    filters = Form("/kantor/tablet", "", t("kantor.saring"), [bank_entry(desk, every=True)])
    name = Entry("nama", t("kantor.tablet.nama"), hint=t("kantor.tablet.nama_saran"), most=40)
    title, lead = t("kantor.tablet.daftarkan"), t("kantor.tablet.daftarkan_lead")
    form = Form("/kantor/tablet/daftar", title, title, [name, bank_entry(desk)], lead)
    return Page(
        t("kantor.tablet.judul"),
        t("kantor.tablet.lead"),
        filters=filters,
        tables=[Table(heads, rows, t("kantor.tablet.kosong"))],
        following=after,
        forms=[form] if desk.decides else [],
        forms_first=True,
    )


def _row(desk: Desk, tablet: Answer, report: Answer | None) -> list[Cell]:
    row = [
        link(tablet["name"], f"/kantor/tablet/{tablet['tablet_id']}"),
        Cell(desk.bank(tablet["waste_bank_id"])),
        _standing(desk, tablet, report),
    ]
    if report is None:
        return [*row, Cell(""), Cell(""), Cell(""), Cell("")]
    return [
        *row,
        when(report["last_seen_at"], under=desk.ago(report["last_seen_at"])),
        _queue(desk, report),
        _clock(desk, report),
        _battery(report),
    ]


def _standing(desk: Desk, tablet: Answer, report: Answer | None) -> Cell:
    if tablet["revoked_at"]:
        return badge(desk.t("kantor.tablet.dicabut"), "bahaya")
    if tablet["registered_at"] and not tablet["enrolled_at"]:
        return badge(desk.t("kantor.tablet.belum_dipasang"), "awas")
    if report is None:
        return badge(desk.t("kantor.tablet.belum_lapor"))
    if desk.now - heard(report) > SILENT:
        return badge(desk.t("kantor.tablet.diam"), "bahaya")
    return badge(desk.t("kantor.tablet.aktif"), "baik")


def _queue(desk: Desk, report: Answer) -> Cell:
    oldest = report["oldest_queued_at"]
    under = desk.t("kantor.kerja.terlama", lama=desk.ago(oldest)) if oldest else ""
    return Cell(str(report["queue_length"]), tone="awas" if report["queue_length"] else "", under=under)


def _clock(desk: Desk, report: Answer) -> Cell:
    off = report["clock_offset_ms"]
    if abs(off) <= _CLOCK_OFF_MS:
        return Cell(desk.t("kantor.tablet.jam_tepat"))
    span = desk.span(abs(off) // 1000)
    words = (
        desk.t("kantor.tablet.jam_cepat", lama=span)
        if off > 0
        else desk.t("kantor.tablet.jam_lambat", lama=span)
    )
    return Cell(words, tone="awas")


def _battery(report: Answer) -> Cell:
    percent = report["battery_percent"]
    if percent is None:
        return Cell("")
    return Cell(f"{percent} %", tone="awas" if percent < _BATTERY_LOW else "")


async def _page(desk: Desk, tablet_id: str) -> Page:
    t = desk.t
    tablets = (await desk.read("identity", "/v1/tablets"))["tablets"]
    found = next((each for each in tablets if each["tablet_id"] == tablet_id), None)
    if found is None:
        raise gone(desk)
    report = (await _reports(desk)).get(tablet_id)
    facts = [
        Fact(t("kantor.kolom.bank"), Cell(desk.bank(found["waste_bank_id"]))),
        Fact(t("kantor.tablet.didaftarkan"), when(found["registered_at"])),
        Fact(t("kantor.tablet.dipasang"), when(found["enrolled_at"])),
        Fact(t("kantor.tablet.terlihat"), when(found["last_seen_at"])),
    ]
    if report:
        free = report["storage_free_mib"]
        low = free is not None and free < _STORAGE_LOW_MIB
        facts += [
            Fact(
                t("kantor.tablet.terakhir"),
                when(report["reported_at"], under=desk.ago(report["reported_at"])),
            ),
            Fact(t("kantor.tablet.versi"), Cell(report["app_version"], "code")),
            Fact(t("kantor.tablet.antrean"), _queue(desk, report)),
            Fact(t("kantor.tablet.jam"), _clock(desk, report)),
            Fact(t("kantor.tablet.baterai"), _battery(report)),
            Fact(
                t("kantor.tablet.ruang"),
                Cell(None if free is None else f"{free} MiB", tone="awas" if low else ""),
            ),
        ]
    if found["revoked_at"]:
        facts.append(Fact(t("kantor.tablet.dicabut"), when(found["revoked_at"])))
    title, lead = t("kantor.tablet.cabut"), t("kantor.tablet.cabut_lead")
    revoke = Form(f"/kantor/tablet/{tablet_id}/cabut", title, title, [reason_entry(desk)], lead, grave=True)
    trail = Link(t("kantor.riwayat.lihat"), f"/kantor/riwayat?subjek={tablet_id}")
    return Page(
        found["name"],
        back=Link(t("kantor.tablet.judul"), "/kantor/tablet"),
        badges=[_standing(desk, found, report)],
        facts=facts,
        links=[trail] if desk.decides else [],
        forms=[revoke] if desk.decides and not found["revoked_at"] else [],
    )
