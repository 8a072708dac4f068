"""How far every sub-district is. To open one is to edit the rollout file; these pages only read it."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Silent
from services.web.means import Means
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Fact, Link, Page, Table, Tone, badge, link
from services.web.pages.staff.views import gone, show
from services.web.words import language_of
from services.web.words.formats import whole
from shared.kernel import wib
from shared.kernel.rollout import Phase, Subdistrict

PHASES: Final[dict[Phase, tuple[str, Tone]]] = {
    Phase.PLANNED: ("kantor.tahap.direncanakan", ""),
    Phase.PREPARING: ("kantor.tahap.persiapan", "awas"),
    Phase.OPEN: ("kantor.tahap.buka", "baik"),
    Phase.PAUSED: ("kantor.tahap.jeda", "awas"),
    Phase.CLOSED: ("kantor.tahap.tutup", "bahaya"),
}
# Where something happens stands first.
_ORDER: Final = (Phase.OPEN, Phase.PAUSED, Phase.PREPARING, Phase.PLANNED, Phase.CLOSED)


def router(_means: Means) -> APIRouter:
    """`/kantor/kecamatan` and `/kantor/kecamatan/{code}`."""
    routes = APIRouter(prefix="/kantor/kecamatan")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, _list(desk, await _quarters(desk)))

    @routes.get("/{code}")
    async def read(request: Request, code: str) -> Response:
        desk = await desk_at(request)
        found = desk.rollout.subdistrict(code)
        if found is None:
            raise gone(desk)
        return show(desk, _page(desk, found, (await _quarters(desk)).get(code, {})))

    return routes


async def _quarters(desk: Desk) -> dict[str, Answer]:
    """What each sub-district reached this quarter beside its targets, by code; nothing while nobody can tell."""
    try:
        told = await desk.read("adoption", "/v1/summary")
    except Silent:
        return {}
    return {each["subdistrict_code"]: each["quarter"] for each in told["subdistricts"]}


def _against(desk: Desk, quarter: Answer, figure: str, unit: str = "") -> Cell:
    """What was reached of a target, and under it which part that is."""
    against = quarter.get(figure)
    if against is None or against["target"] is None:
        return Cell("")
    language = language_of(desk.request)
    reached, target = whole(against["actual"], language), whole(against["target"], language)
    words = desk.t("kantor.tahap.dari_target", n=reached, dari=target)
    return Cell(f"{words} {unit}".strip(), under=f"{whole(against['percent'], language)}%")


def _stands(desk: Desk, each: Subdistrict) -> tuple[int, bool, str]:
    opening = each.planned_opening_on
    return _ORDER.index(each.phase_at(desk.now)), opening is None, str(opening)


def phase_cell(desk: Desk, subdistrict: Subdistrict) -> Cell:
    """The phase of today."""
    words, tone = PHASES[subdistrict.phase_at(desk.now)]
    return badge(desk.t(words), tone)


def _list(desk: Desk, quarters: dict[str, Answer]) -> Page:
    t = desk.t
    rows = [
        [
            link(each.name, f"/kantor/kecamatan/{each.kemendagri_code}", under=each.kemendagri_code),
            phase_cell(desk, each),
            _against(desk, quarters.get(each.kemendagri_code, {}), "registered_members"),
            _against(desk, quarters.get(each.kemendagri_code, {}), "weight_kg", "kg"),
            _gates(desk, each),
            Cell(each.planned_opening_on, "day"),
            Cell(str(len(each.waste_banks)) if each.waste_banks else ""),
        ]
        for each in sorted(desk.rollout.subdistricts, key=lambda each: _stands(desk, each))
    ]
    heads = [
        t("kantor.kolom.kecamatan"),
        t("kantor.tahap.judul"),
        t("kantor.tahap.nasabah_triwulan"),
        t("kantor.tahap.berat_triwulan"),
        t("kantor.tahap.syarat"),
        t("kantor.tahap.rencana"),
        t("kantor.tahap.bank"),
    ]
    return Page(
        t("kantor.kecamatan.judul"),
        note=t("kantor.kecamatan.catatan"),
        tables=[Table(heads, rows, t("kantor.kecamatan.kosong"), numbers=frozenset({2, 3, 6}))],
    )


def _gates(desk: Desk, each: Subdistrict) -> Cell:
    met = sum(1 for gate in each.gates if gate.met_on is not None)
    return Cell(desk.t("kantor.tahap.terpenuhi", n=met, dari=len(each.gates)) if each.gates else "")


def _page(desk: Desk, found: Subdistrict, quarter: Answer) -> Page:
    t = desk.t
    return Page(
        found.name,
        back=Link(t("kantor.kecamatan.judul"), "/kantor/kecamatan"),
        badges=[phase_cell(desk, found)],
        facts=_facts(desk, found, quarter),
        note=t("kantor.kecamatan.catatan"),
        tables=[
            _gate_table(desk, found),
            _phase_table(desk, found),
            _banks(desk, found),
            _changes(desk, found),
        ],
    )


def _facts(desk: Desk, found: Subdistrict, quarter: Answer) -> list[Fact]:
    t = desk.t
    facts = [
        Fact(t("kantor.kolom.kode"), Cell(found.kemendagri_code, "code")),
        Fact(t("kantor.tahap.rencana"), Cell(found.planned_opening_on, "day")),
        Fact(t("kantor.tahap.desa"), Cell(str(found.villages))),
    ]
    target = found.target_for(wib.quarter(wib.day(desk.now)))
    if quarter:
        facts.append(Fact(t("kantor.tahap.nasabah_triwulan"), _against(desk, quarter, "registered_members")))
        facts.append(Fact(t("kantor.tahap.berat_triwulan"), _against(desk, quarter, "weight_kg", "kg")))
    elif target is not None:
        facts.append(Fact(t("kantor.tahap.target_nasabah"), Cell(str(target.registered_members))))
        facts.append(Fact(t("kantor.tahap.target_berat"), Cell(target.weight_kg * 1000, "weight")))
    return facts


def _gate_table(desk: Desk, found: Subdistrict) -> Table:
    t = desk.t
    heads = [t("kantor.tahap.syarat"), t("kantor.tahap.sejak"), t("kantor.tahap.bukti")]
    rows = [[Cell(each.name_id), Cell(each.met_on, "day"), Cell(each.evidence or "")] for each in found.gates]
    return Table(heads, rows, t("kantor.tahap.tanpa_syarat"), t("kantor.tahap.syarat"))


def _phase_table(desk: Desk, found: Subdistrict) -> Table:
    t = desk.t
    rows = [[Cell(t(PHASES[each.phase][0])), Cell(each.since_on, "day")] for each in reversed(found.phases)]
    return Table([t("kantor.tahap.judul"), t("kantor.tahap.sejak")], rows, "", t("kantor.tahap.riwayat"))


def _banks(desk: Desk, found: Subdistrict) -> Table:
    t = desk.t
    rows = [[Cell(each.name, under=each.id), Cell(", ".join(each.villages))] for each in found.waste_banks]
    heads = [t("kantor.kolom.bank"), t("kantor.kolom.desa")]
    return Table(heads, rows, t("kantor.tahap.tanpa_bank"), t("kantor.tahap.bank"))


def _changes(desk: Desk, found: Subdistrict) -> Table:
    t = desk.t
    rows = [
        [Cell(each.on, "day"), Cell(each.who), Cell(each.why)]
        for each in reversed(desk.rollout.changes)
        if each.subdistrict == found.kemendagri_code
    ]
    heads = [t("kantor.kolom.hari"), t("kantor.kolom.oleh"), t("kantor.alasan")]
    return Table(heads, rows, t("kantor.tahap.tanpa_catatan"), t("kantor.tahap.catatan"))
