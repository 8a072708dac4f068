"""Deposits: the list, and how they are drawn in any list."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.staff.desk import Desk, desk_at
from services.web.pages.staff.parts import (
    Cell,
    Entry,
    Form,
    Page,
    Table,
    Tone,
    when,
)
from services.web.pages.staff.views import following, show

Answer = dict[str, Any]

STATES: Final[dict[str, tuple[str, Tone]]] = {
    "recorded": ("kantor.setoran.keadaan.diterima", "baik"),
    "waiting_for_member": ("kantor.setoran.keadaan.menunggu", "awas"),
    "quarantined": ("kantor.setoran.keadaan.ditahan", "awas"),
    "voided": ("kantor.setoran.keadaan.batal", "bahaya"),
    "rejected": ("kantor.setoran.keadaan.ditolak", "bahaya"),
    "voided_ahead": ("kantor.setoran.keadaan.batal_dulu", "bahaya"),
}
WHY: Final = {
    "subdistrict_not_open": "kantor.setoran.sebab.belum_buka",
    "unknown_member": "kantor.setoran.sebab.nasabah",
    "unknown_waste_bank": "kantor.setoran.sebab.bank",
    "member_erased": "kantor.setoran.sebab.keluar",
    "tablet_revoked": "kantor.setoran.sebab.tablet",
}


def router(_means: Means) -> APIRouter:
    """`GET /kantor/setoran`."""
    routes = APIRouter(prefix="/kantor/setoran")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        page = await desk.read(
            "deposit",
            "/v1/deposits",
            waste_bank_id=desk.asked("bank"),
            day=desk.asked("hari"),
            state=desk.asked("keadaan"),
            member_id=desk.asked("nasabah"),
            cursor=desk.asked("sesudah"),
            limit=25,
        )
        table = await deposit_table(desk, page["deposits"], desk.t("kantor.setoran.kosong"))
        title = desk.t("kantor.setoran.judul")
        after = following(desk, page["next_cursor"])
        return show(desk, Page(title, filters=_filters(desk), tables=[table], following=after))

    return routes


async def deposit_table(desk: Desk, deposits: list[Answer], empty: str) -> Table:
    """Deposits in a list: when, who, where, what, and where each one stands."""
    t = desk.t
    members = await desk.members(each["member_id"] for each in deposits)
    heads = [
        t("kantor.kolom.ditimbang"),
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.isi"),
        t("kantor.kolom.keadaan"),
    ]
    rows = [
        [
            when(each["weighed_at"]).to(f"/kantor/setoran/{each['deposit_id']}"),
            members[each["member_id"]],
            Cell(desk.bank(each["waste_bank_id"])),
            Cell(await contents(desk, each["lines"])),
            state_of(desk, each),
        ]
        for each in deposits
    ]
    return Table(heads, rows, empty)


def state_of(desk: Desk, deposit: Answer) -> Cell:
    """Where a deposit stands, and why it was set aside."""
    words, tone = STATES[deposit["state"]]
    reason = WHY.get(deposit["reason"] or "")
    return Cell(desk.t(words), "badge", tone, under=desk.t(reason) if reason else "")


async def contents(desk: Desk, lines: list[Answer]) -> str:
    """What was weighed, in one line."""
    names = await desk.items()
    return ", ".join(
        f"{names.get(each['item_code'], each['item_code'])} {desk.amount(each['unit'], each['quantity'])}"
        for each in lines
    )


def _filters(desk: Desk) -> Form:
    t = desk.t
    every = ("", t("kantor.semua"))
    states = [(state, t(words)) for state, (words, _) in STATES.items()]
    return Form(
        "/kantor/setoran",
        "",
        t("kantor.saring"),
        [
            Entry(
                "bank", t("kantor.kolom.bank"), "choice", desk.asked("bank"), options=[every, *desk.banks()]
            ),
            Entry("hari", t("kantor.kolom.hari"), "day", desk.asked("hari"), required=False),
            Entry(
                "keadaan",
                t("kantor.kolom.keadaan"),
                "choice",
                desk.asked("keadaan"),
                options=[every, *states],
            ),
        ],
    )
