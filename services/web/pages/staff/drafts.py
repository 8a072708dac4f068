"""Drafts of price lists: begun from a list that was published, edited item by item or as a file, published."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import go_to, read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.draft_pages import draft_page, preview_page, price_field
from services.web.pages.staff.figures import quantity_of, rupiah_of
from services.web.pages.staff.parts import Cell, Entry, Form, Page, Table, link
from services.web.pages.staff.price_csv import WrongFileError, csv_answer, prices_in
from services.web.pages.staff.prices import scope_of
from services.web.pages.staff.views import (
    Sure,
    brief,
    decide,
    said,
    said_id,
    said_moment,
    show,
    told,
    unreadable,
)
from shared.kernel.ids import uuid7
from shared.kernel.units import Unit

_PER_TEN_THOUSAND = 10


def router(_means: Means) -> APIRouter:
    """`/kantor/rancangan`."""
    routes = APIRouter(prefix="/kantor/rancangan")
    _add_list(routes)
    _add_editing(routes)
    _add_publishing(routes)
    return routes


def _add_list(routes: APIRouter) -> None:
    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.post("/buat")
    async def begin(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            draft_id = said_id(desk, form, "rancangan")
            body = {
                "name": said(form, "nama"),
                "waste_bank_id": said(form, "bank") or None,
                "based_on": said(form, "dari") or None,
            }
            await desk.door.put("valuation", f"/v1/price-list-drafts/{draft_id}", body)
            return f"/kantor/rancangan/{draft_id}"

        return await decide(desk, form, act, lambda: _list(desk))


def _add_editing(routes: APIRouter) -> None:
    @routes.get("/{draft_id}")
    async def read(request: Request, draft_id: UUID) -> Response:
        desk = await desk_at(request)
        return await draft_page(desk, draft_id)

    @routes.post("/{draft_id}/simpan")
    async def save(request: Request, draft_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        try:
            draft = await desk.read("valuation", f"/v1/price-list-drafts/{draft_id}")
            await _write(
                desk, draft, _typed(desk, draft, form), said(form, "nama"), _parts(desk, draft, form)
            )
        except Refused as refused:
            return await draft_page(desk, draft_id, told(desk.t, refused), form, refused.status)
        ahead = said(form, "lanjut") == "pratinjau"
        return go_to(f"/kantor/rancangan/{draft_id}" + ("/pratinjau" if ahead else "?sudah=simpan"))

    @routes.get("/{draft_id}/csv")
    async def download(request: Request, draft_id: UUID) -> Response:
        desk = await desk_at(request)
        found = await desk.read("valuation", f"/v1/price-list-drafts/{draft_id}")
        return csv_answer(found, await desk.items())

    @routes.post("/{draft_id}/unggah")
    async def upload(request: Request, draft_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        try:
            draft = await desk.read("valuation", f"/v1/price-list-drafts/{draft_id}")
            await _write(desk, draft, await _from_file(desk, draft, form), draft["name"], draft["deductions"])
        except Refused as refused:
            return await draft_page(desk, draft_id, told(desk.t, refused), None, refused.status)
        return go_to(f"/kantor/rancangan/{draft_id}/pratinjau")


def _add_publishing(routes: APIRouter) -> None:
    @routes.get("/{draft_id}/pratinjau")
    async def preview(request: Request, draft_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await preview_page(desk, draft_id))

    @routes.post("/{draft_id}/terbit")
    async def publish(request: Request, draft_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = {"effective_at": said_moment(desk, form, "mulai")}
            await desk.door.post("valuation", f"/v1/price-list-drafts/{draft_id}:publish", body)
            return f"/kantor/harga/{draft_id}?sudah=terbit"

        def sure() -> Sure:
            begins = said_moment(desk, form, "mulai")
            if begins is None:
                return Sure(desk.t("kantor.terbit.yakin_sekarang"))
            return Sure(desk.t("kantor.terbit.yakin", mulai=desk.when(begins)))

        return await decide(desk, form, act, lambda: preview_page(desk, draft_id), sure)


async def _list(desk: Desk) -> Page:
    t = desk.t
    drafts = (await desk.read("valuation", "/v1/price-list-drafts"))["price_lists"]
    lists = (await desk.read("valuation", "/v1/price-lists", limit=50))["price_lists"]
    rows = [
        [link(each["name"], f"/kantor/rancangan/{each['price_list_id']}"), Cell(scope_of(desk, each))]
        for each in drafts
    ]
    bases = [(each["price_list_id"], f"{each['name']} ({scope_of(desk, each)})") for each in lists]
    general = [("", t("kantor.harga.umum"))] if desk.session.regency_codes else []
    entries = [
        Entry("rancangan", "", "hidden", str(uuid7())),
        Entry("nama", t("kantor.harga.nama"), most=200),
        Entry(
            "bank",
            t("kantor.harga.untuk"),
            "choice",
            required=not general,
            options=[*general, *desk.banks()],
        ),
        Entry("dari", t("kantor.rancangan.dari"), "choice", desk.asked("dari"), options=bases),
    ]
    heads = [t("kantor.harga.nama"), t("kantor.harga.untuk")]
    return Page(
        t("kantor.rancangan.judul"),
        t("kantor.rancangan.lead"),
        tables=[Table(heads, rows, t("kantor.rancangan.kosong"))],
        forms_first=True,
        forms=[
            Form("/kantor/rancangan/buat", t("kantor.rancangan.baru"), t("kantor.rancangan.mulai"), entries)
        ],
    )


async def _write(desk: Desk, draft: Answer, prices: list[Answer], name: str, parts: list[Answer]) -> None:
    """Write the draft anew. Raises Refused, as the door says it."""
    body = {
        "name": name or draft["name"],
        "waste_bank_id": draft["waste_bank_id"],
        "prices": prices,
        "deductions": parts,
    }
    await desk.door.put("valuation", f"/v1/price-list-drafts/{draft['price_list_id']}", body)


def _typed(desk: Desk, draft: Answer, form: FormData) -> list[Answer]:
    """The prices as they were typed; a changed one names the source given below, or keeps its own."""
    source = said(form, "sumber")
    prices: list[Answer] = []
    for each in draft["prices"]:
        text = said(form, price_field(each))
        figure = rupiah_of(text)
        if figure is None or figure < 0:
            name = f"{each['item_code']} {each['grade']}"
            raise unreadable(desk.t("kantor.rancangan.salah_harga", jenis=name, isi=brief(text)))
        changed = figure != each["price_rupiah"]
        prices.append(
            _price(each["item_code"], each["grade"], figure, source if changed and source else each["source"])
        )
    return prices


def _parts(desk: Desk, draft: Answer, form: FormData) -> list[Answer]:
    """The deductions with the percentages that were typed."""
    parts: list[Answer] = []
    for each in draft["deductions"]:
        text = said(form, f"potongan|{each['beneficiary']}")
        thousandths = quantity_of(text, Unit.KG)
        if thousandths is None or thousandths % _PER_TEN_THOUSAND:
            raise unreadable(desk.t("kantor.rancangan.salah_persen", isi=brief(text)))
        parts.append({**each, "basis_points": thousandths // _PER_TEN_THOUSAND})
    return parts


async def _from_file(desk: Desk, draft: Answer, form: FormData) -> list[Answer]:
    """The prices of a file; what it does not name stays. Raises Refused with the line that is wrong."""
    sent = form.get("berkas")
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    known = {(each["item_code"], each["grade"]): each for each in draft["prices"]}
    try:
        for item, grade, price, source in prices_in(content):
            before = known.get((item, grade), {"source": desk.t("kantor.rancangan.sumber_berkas")})
            known[item, grade] = _price(item, grade, price, source or before["source"])
    except WrongFileError as error:
        detail = desk.t("kantor.rancangan.salah_berkas", baris=error.line, kolom=error.column)
        if not error.line:
            detail = desk.t("kantor.rancangan.bukan_daftar")
        raise unreadable(detail) from error
    return [
        _price(each["item_code"], each["grade"], each["price_rupiah"], each["source"])
        for each in known.values()
    ]


def _price(item: str, grade: str, rupiah: int, source: str) -> Answer:
    return {"item_code": item, "grade": grade, "price_rupiah": rupiah, "source": source}
