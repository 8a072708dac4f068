"""What waits for a second pair of eyes: flagged deposits, and deposits that were set aside."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.staff.deposit_page import FLAGS
from services.web.pages.staff.deposits import contents, deposit_table
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Form, Page, Table, money, when
from services.web.pages.staff.views import bank_entry, following, show

_PAGE = 25


def router(_means: Means) -> APIRouter:
    """`GET /kantor/periksa` and `GET /kantor/ditahan`."""
    routes = APIRouter(prefix="/kantor")

    @routes.get("/periksa")
    async def flags(request: Request) -> Response:
        desk = await desk_at(request)
        page = await desk.read(
            "valuation",
            "/v1/flags",
            waste_bank_id=desk.asked("bank"),
            cursor=desk.asked("sesudah"),
            limit=_PAGE,
        )
        return show(
            desk,
            Page(
                desk.t("kantor.periksa.judul"),
                desk.t("kantor.periksa.lead"),
                filters=_of_bank(desk, "/kantor/periksa"),
                tables=[await _flagged(desk, page["flags"])],
                following=following(desk, page["next_cursor"]),
            ),
        )

    @routes.get("/ditahan")
    async def quarantine(request: Request) -> Response:
        desk = await desk_at(request)
        page = await desk.read(
            "deposit",
            "/v1/quarantine",
            waste_bank_id=desk.asked("bank"),
            cursor=desk.asked("sesudah"),
            limit=_PAGE,
        )
        table = await deposit_table(desk, page["deposits"], desk.t("kantor.ditahan.kosong"))
        return show(
            desk,
            Page(
                desk.t("kantor.ditahan.judul"),
                desk.t("kantor.ditahan.lead"),
                filters=_of_bank(desk, "/kantor/ditahan"),
                tables=[table],
                following=following(desk, page["next_cursor"]),
            ),
        )

    return routes


async def _flagged(desk: Desk, flags: list[Answer]) -> Table:
    t = desk.t
    members = await desk.members(each["member_id"] for each in flags)
    rows = [
        [
            when(each["weighed_at"], under=desk.ago(each["flag"]["flagged_at"])).to(
                f"/kantor/setoran/{each['deposit_id']}"
            ),
            members[each["member_id"]],
            Cell(desk.bank(each["waste_bank_id"])),
            Cell(await contents(desk, each["flag"]["lines"])),
            money(sum(line["shown_rupiah"] for line in each["flag"]["lines"])),
            Cell("; ".join(t(FLAGS[why]) if why in FLAGS else why for why in each["flag"]["reasons"])),
        ]
        for each in flags
    ]
    heads = [
        t("kantor.kolom.ditimbang"),
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.isi"),
        t("kantor.kolom.tampil"),
        t("kantor.periksa.sebab.judul"),
    ]
    return Table(heads, rows, t("kantor.periksa.kosong"), numbers=frozenset({4}))


def _of_bank(desk: Desk, action: str) -> Form:
    return Form(action, "", desk.t("kantor.saring"), [bank_entry(desk, every=True)])
