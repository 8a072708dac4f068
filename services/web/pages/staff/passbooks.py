"""How a waste bank moves in with its passbooks: a file is looked at, proposed, and posted by a second person."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from services.web.clients import Refused, Silent
from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.figures import rupiah_of
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, Tone, link, money, when
from services.web.pages.staff.views import (
    Sure,
    bank_entry,
    decide,
    draw,
    following,
    reason_entry,
    said,
    said_id,
    show,
    show_again,
    unreadable,
)
from shared.kernel.ids import uuid7

STATES: Final[dict[str, tuple[str, Tone]]] = {
    "proposed": ("kantor.buku.diusulkan", "awas"),
    "posted": ("kantor.buku.dibukukan", "baik"),
    "declined": ("kantor.buku.ditolak", ""),
}
_BYTES_MAX = 1_000_000
_ROWS_SHOWN = 500


def router(_means: Means) -> APIRouter:
    """`/kantor/buku`."""
    routes = APIRouter(prefix="/kantor/buku")
    _add_proposing(routes)
    _add_deciding(routes)
    return routes


def _add_proposing(routes: APIRouter) -> None:
    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.post("/pratinjau")
    async def preview(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        bank = said(form, "bank")
        try:
            text = await _text_of(desk, form)
            found = await desk.door.post(
                "wallet", "/v1/passbook-imports:preview", {"waste_bank_id": bank, "csv": text}
            )
        except (Refused, Silent) as problem:
            return show_again(desk, await _list(desk), problem, form)
        return _looked_at(desk, bank, text, found)

    @routes.post("/usul")
    async def propose(request: Request) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            import_id = said_id(desk, form, "berkas_id")
            body = {
                "waste_bank_id": said(form, "bank"),
                "csv": str(form.get("isi", "")),
                "import_id": str(import_id),
                "total_rupiah": rupiah_of(said(form, "jumlah")) or 0,
            }
            await desk.door.post("wallet", "/v1/passbook-imports", body)
            return f"/kantor/buku/{import_id}?sudah=usul"

        return await decide(desk, form, act, lambda: _list(desk))


def _add_deciding(routes: APIRouter) -> None:
    @routes.get("/{import_id}")
    async def read(request: Request, import_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, import_id))

    @routes.post("/{import_id}/bukukan")
    async def confirm(request: Request, import_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post("wallet", f"/v1/passbook-imports/{import_id}:confirm")
            return f"/kantor/buku/{import_id}?sudah=setujui"

        sure = Sure(desk.t("kantor.yakin.buku"))
        return await decide(desk, form, act, lambda: _page(desk, import_id), sure)

    @routes.post("/{import_id}/tolak")
    async def decline(request: Request, import_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post(
                "wallet", f"/v1/passbook-imports/{import_id}:decline", {"reason": said(form, "alasan")}
            )
            return f"/kantor/buku/{import_id}?sudah=tolak"

        return await decide(desk, form, act, lambda: _page(desk, import_id))


async def _text_of(desk: Desk, form: FormData) -> str:
    """The file as text. Raises Refused if it is none, or too large."""
    sent = form.get("berkas")
    content = await sent.read(_BYTES_MAX + 1) if isinstance(sent, UploadFile) else b""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(desk.t("kantor.buku.bukan_teks")) from error
    if not text.strip() or len(content) > _BYTES_MAX:
        raise unreadable(desk.t("kantor.buku.kosong_besar"))
    return text


async def _list(desk: Desk) -> Page:
    t = desk.t
    page = await desk.read("wallet", "/v1/passbook-imports", cursor=desk.asked("sesudah"), limit=25)
    rows = [
        [
            link(
                desk.when(each["proposed_at"]),
                f"/kantor/buku/{each['import_id']}",
                desk.ago(each["proposed_at"]),
            ),
            Cell(desk.bank(each["waste_bank_id"])),
            Cell(str(each["rows"])),
            money(each["total_rupiah"]),
            Cell(await desk.person(each["proposed_by"])),
            Cell(t(STATES[each["state"]][0]), "badge", STATES[each["state"]][1]),
        ]
        for each in page["imports"]
    ]
    heads = [
        t("kantor.kolom.diusulkan"),
        t("kantor.kolom.bank"),
        t("kantor.buku.baris"),
        t("kantor.kolom.jumlah"),
        t("kantor.kolom.oleh"),
        t("kantor.kolom.keadaan"),
    ]
    return Page(
        t("kantor.buku.judul"),
        t("kantor.buku.lead"),
        tables=[Table(heads, rows, t("kantor.buku.kosong"), numbers=frozenset({2, 3}))],
        following=following(desk, page["next_cursor"]),
        forms_first=True,
        forms=[
            Form(
                "/kantor/buku/pratinjau",
                t("kantor.buku.unggah"),
                t("kantor.buku.lihat"),
                [
                    bank_entry(desk),
                    Entry("berkas", t("kantor.buku.berkas"), "file", hint=t("kantor.buku.berkas_saran")),
                ],
                t("kantor.buku.unggah_lead"),
                t("kantor.kedua.buku"),
            )
        ],
    )


def _looked_at(desk: Desk, bank: str, text: str, found: Answer) -> Response:
    """What a file would post, or what is wrong with it line by line."""
    t = desk.t
    language = desk.door.language
    faults = [
        [
            Cell(str(each["line"]) if each["line"] else t("kantor.buku.seluruhnya")),
            Cell(each["column"] or ""),
            Cell(each[f"words_{language}"]),
        ]
        for each in found["faults"]
    ]
    heads = [t("kantor.buku.baris"), t("kantor.buku.kolom"), t("kantor.buku.salahnya")]
    page = Page(
        t("kantor.buku.pratinjau"),
        t("kantor.buku.siap") if found["ok"] else t("kantor.buku.belum_siap", n=found["faults_count"]),
        back=Link(t("kantor.buku.judul"), "/kantor/buku"),
        facts=[
            Fact(t("kantor.kolom.bank"), Cell(desk.bank(bank))),
            Fact(t("kantor.buku.baris"), Cell(str(found["rows"]))),
            Fact(t("kantor.kolom.jumlah"), money(found["total_rupiah"])),
        ],
        tables=[] if found["ok"] else [Table(heads, faults, "", t("kantor.buku.salah"))],
    )
    return draw(desk, "staff/import.html", page=page, bank=bank, text=text, ok=found["ok"], import_id=uuid7())


async def _page(desk: Desk, import_id: UUID) -> Page:
    t, here = desk.t, f"/kantor/buku/{import_id}"
    found = await desk.read("wallet", f"/v1/passbook-imports/{import_id}")
    words, tone = STATES[found["state"]]
    shown = found["passbooks"][:_ROWS_SHOWN]
    members = await desk.members(each["member_id"] for each in shown)
    rows = [
        [members[each["member_id"]], Cell(each["as_of"], "day"), money(each["balance_rupiah"])]
        for each in shown
    ]
    facts = [
        Fact(t("kantor.kolom.bank"), Cell(desk.bank(found["waste_bank_id"]))),
        Fact(t("kantor.buku.baris"), Cell(str(found["rows"]))),
        Fact(t("kantor.kolom.jumlah"), money(found["total_rupiah"])),
        Fact(
            t("kantor.kolom.diusulkan"),
            when(found["proposed_at"], under=await desk.person(found["proposed_by"])),
        ),
    ]
    if found["decided_at"]:
        who = await desk.person(found["decided_by"])
        facts.append(Fact(t("kantor.kolom.diputus"), when(found["decided_at"], under=who)))
    heads = [t("kantor.kolom.nasabah"), t("kantor.buku.per_tanggal"), t("kantor.kolom.saldo")]
    return Page(
        t("kantor.buku.satu"),
        back=Link(t("kantor.buku.judul"), "/kantor/buku"),
        badges=[Cell(t(words), "badge", tone)],
        facts=facts,
        tables=[Table(heads, rows, "", t("kantor.buku.isi"), frozenset({2}))],
        forms=_deeds(desk, here) if found["state"] == "proposed" else [],
    )


def _deeds(desk: Desk, here: str) -> list[Form]:
    t = desk.t
    post, no = t("kantor.buku.bukukan"), t("kantor.buku.tolak")
    lead = t("kantor.buku.bukukan_lead")
    return [
        Form(f"{here}/bukukan", post, post, [], lead, t("kantor.kedua.buku"), grave=True),
        Form(f"{here}/tolak", no, no, [reason_entry(desk)]),
    ]
