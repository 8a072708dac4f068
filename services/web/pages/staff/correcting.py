"""A deposit is put right: what was really weighed, at the prices of the same list. The wrong one stays, void."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.deposits import state_of
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.figures import quantity_of, typed
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, when
from services.web.pages.staff.views import Sure, brief, decide, reason_entry, said, said_id, show, unreadable
from shared.kernel.ids import uuid7
from shared.kernel.rounding import line_value_rupiah

# Besides the lines that are there, as many more may be added.
_MORE = 2


def router(_means: Means) -> APIRouter:
    """`/kantor/perbaikan/{deposit_id}`."""
    routes = APIRouter(prefix="/kantor/perbaikan")

    @routes.get("/{deposit_id}")
    async def ask(request: Request, deposit_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, deposit_id))

    @routes.post("/{deposit_id}/simpan")
    async def correct(request: Request, deposit_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        story = await desk.read("deposit", f"/v1/deposits/{deposit_id}")

        async def act() -> str:
            new_id = said_id(desk, form, "setoran")
            body = {"reason": said(form, "alasan"), "deposit": await _weighing(desk, story, form, new_id)}
            await desk.door.post("deposit", f"/v1/deposits/{deposit_id}:correct", body)
            return f"/kantor/setoran/{new_id}?sudah=perbaiki"

        return await decide(
            desk,
            form,
            act,
            lambda: _page(desk, deposit_id),
            Sure(desk.t("kantor.perbaikan.yakin")),
        )

    return routes


async def _page(desk: Desk, deposit_id: UUID) -> Page:
    t, names = desk.t, await desk.items()
    story = await desk.read("deposit", f"/v1/deposits/{deposit_id}")
    members = await desk.members([story["member_id"]])
    prices = await _prices(desk, story)
    entries = [Entry("setoran", "", "hidden", str(uuid7()))]
    for number, line in enumerate(story["lines"]):
        label = f"{names.get(line['item_code'], line['item_code'])} ({_unit(desk, line['unit'])})"
        grades = [
            (grade, names.get(f"{item} {grade}", grade))
            for item, grade in prices
            if item == line["item_code"]
        ]
        entries.append(
            Entry(f"jumlah-{number}", label, "text", typed(line["quantity"], line["unit"]), most=12)
        )
        if len(grades) > 1:
            entries.append(
                Entry(f"mutu-{number}", t("kantor.kolom.mutu"), "choice", line["grade"], options=grades)
            )
    every = [
        (f"{item} {grade}", f"{names.get(item, item)} - {names.get(f'{item} {grade}', grade)}")
        for item, grade in prices
    ]
    for number in range(_MORE):
        entries += _added(desk, number, every)
    entries.append(reason_entry(desk))
    here = f"/kantor/perbaikan/{deposit_id}"
    return Page(
        t("kantor.perbaikan.judul"),
        t("kantor.perbaikan.lead"),
        back=Link(t("kantor.setoran.lihat"), f"/kantor/setoran/{deposit_id}"),
        badges=[state_of(desk, story)],
        facts=[
            Fact(t("kantor.kolom.nasabah"), members[story["member_id"]]),
            Fact(t("kantor.kolom.bank"), Cell(desk.bank(story["waste_bank_id"]))),
            Fact(t("kantor.kolom.ditimbang"), when(story["weighed_at"])),
        ],
        forms=[Form(f"{here}/simpan", t("kantor.perbaikan.judul"), t("kantor.perbaikan.simpan"), entries)],
    )


def _added(desk: Desk, number: int, every: list[tuple[str, str]]) -> list[Entry]:
    t = desk.t
    options = [("", t("kantor.perbaikan.tidak_ada")), *every]
    return [
        Entry(f"tambah-{number}", t("kantor.perbaikan.tambah"), "choice", options=options, required=False),
        Entry(f"tambah-jumlah-{number}", t("kantor.kolom.jumlah"), required=False, most=12),
    ]


async def _prices(desk: Desk, story: Answer) -> dict[tuple[str, str], Answer]:
    """The prices of the list that the deposit was weighed by."""
    found = await desk.read("valuation", f"/v1/price-lists/{story['price_list_id']}")
    return {(each["item_code"], each["grade"]): each for each in found["prices"]}


async def _weighing(desk: Desk, story: Answer, form: FormData, new_id: UUID) -> Answer:
    """The deposit as it should have been. Raises Refused for a figure that cannot be read."""
    prices = await _prices(desk, story)
    wanted = [
        (line["item_code"], said(form, f"mutu-{number}") or line["grade"], said(form, f"jumlah-{number}"))
        for number, line in enumerate(story["lines"])
    ]
    for number in range(_MORE):
        item, _, grade = said(form, f"tambah-{number}").partition(" ")
        if item:
            wanted.append((item, grade, said(form, f"tambah-jumlah-{number}")))
    lines = [_line(desk, prices, *each) for each in wanted]
    return {
        "deposit_id": str(new_id),
        "member_id": story["member_id"],
        "waste_bank_id": story["waste_bank_id"],
        "channel": story["channel"],
        "weighed_at": story["weighed_at"],
        "price_list_id": story["price_list_id"],
        "lines": [each for each in lines if each["quantity"]],
    }


def _line(desk: Desk, prices: dict[tuple[str, str], Answer], item: str, grade: str, text: str) -> Answer:
    price = prices.get((item, grade))
    quantity = quantity_of(text, price["unit"]) if price else None
    if price is None or quantity is None:
        raise unreadable(desk.t("kantor.perbaikan.salah_angka", isi=brief(text)))
    shown = line_value_rupiah(price["unit"], quantity, price["price_rupiah"])
    return {
        "item_code": item,
        "grade": grade,
        "unit": price["unit"],
        "quantity": quantity,
        "shown_rupiah": shown,
    }


def _unit(desk: Desk, unit: str) -> str:
    return {"kg": "kg", "litre": desk.t("kantor.satuan.liter"), "piece": desk.t("kantor.satuan.buah")}[unit]
