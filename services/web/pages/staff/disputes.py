"""Disputes about deposits and about redemptions: the one whose answer is due first stands first."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.deposits import contents
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, badge, link, when
from services.web.pages.staff.views import Sure, decide, following, said, said_choice, said_id, show
from shared.kernel import wib

COMPLAINTS: Final = {
    "weight": "kantor.pengaduan.berat",
    "item_or_grade": "kantor.pengaduan.jenis",
    "price": "kantor.pengaduan.harga",
    "missing": "kantor.pengaduan.hilang",
    "not_mine": "kantor.pengaduan.bukan_saya",
    "other": "kantor.pengaduan.lain",
    "not_received": "kantor.pengaduan.belum_terima",
    "wrong_number": "kantor.pengaduan.salah_nomor",
    "wrong_amount": "kantor.pengaduan.salah_jumlah",
}
OUTCOMES: Final = {
    "upheld": "kantor.pengaduan.diterima",
    "partly_upheld": "kantor.pengaduan.sebagian",
    "turned_down": "kantor.pengaduan.ditolak",
    "withdrawn": "kantor.pengaduan.ditarik",
}
# What the office can answer; to take it back is the member's.
ANSWERS: Final = ("upheld", "partly_upheld", "turned_down")


class Kind(NamedTuple):
    """What differs between the two: whose door it is, and where the pages stand."""

    service: str
    root: str
    title: str


DEPOSITS: Final = Kind(
    "deposit",
    "/kantor/pengaduan",
    "kantor.pengaduan.judul",
)
REDEMPTIONS: Final = Kind(
    "payout",
    "/kantor/pengaduan-penukaran",
    "kantor.pengaduan.judul_penukaran",
)


def router(_means: Means) -> APIRouter:
    """`/kantor/pengaduan` and `/kantor/pengaduan-penukaran`."""
    routes = APIRouter()
    for kind in (DEPOSITS, REDEMPTIONS):
        routes.add_api_route(kind.root, _listing(kind), methods=["GET"])
        routes.add_api_route(f"{kind.root}/{{dispute_id}}", _reading(kind), methods=["GET"])
        routes.add_api_route(f"{kind.root}/{{dispute_id}}/jawab", _answering(kind), methods=["POST"])
    return routes


def _listing(kind: Kind) -> Callable[..., Awaitable[Response]]:
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        every = desk.asked("semua") == "ya"
        page = await desk.read(
            kind.service, "/v1/disputes", open_only=None if every else True, cursor=desk.asked("sesudah")
        )
        other = Link(desk.t("kantor.pengaduan.terbuka"), kind.root)
        if not every:
            other = Link(desk.t("kantor.pengaduan.semua"), f"{kind.root}?semua=ya")
        return show(
            desk,
            Page(
                desk.t(kind.title),
                desk.t("kantor.pengaduan.lead"),
                links=[other],
                tables=[await _table(desk, kind, page["disputes"])],
                following=following(desk, page["next_cursor"]),
            ),
        )

    return list_all


def _reading(kind: Kind) -> Callable[..., Awaitable[Response]]:
    async def read(request: Request, dispute_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, kind, dispute_id))

    return read


def _answering(kind: Kind) -> Callable[..., Awaitable[Response]]:
    async def answer(request: Request, dispute_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            body = {"outcome": said_choice(desk, form, "hasil", ANSWERS), "words": said(form, "jawaban")}
            if said(form, "pengganti"):
                body["correction_deposit_id"] = str(said_id(desk, form, "pengganti"))
            await desk.door.post(kind.service, f"/v1/disputes/{dispute_id}:answer", body)
            return f"{kind.root}/{dispute_id}?sudah=jawab"

        def sure() -> Sure:
            outcome = desk.t(OUTCOMES[said_choice(desk, form, "hasil", ANSWERS)])
            facts = [Fact(desk.t("kantor.pengaduan.jawaban"), Cell(said(form, "jawaban"), "long"))]
            return Sure(desk.t("kantor.pengaduan.yakin", hasil=outcome), facts)

        return await decide(desk, form, act, lambda: _page(desk, kind, dispute_id), sure)

    return answer


async def _table(desk: Desk, kind: Kind, disputes: list[Answer]) -> Table:
    t = desk.t
    members = await desk.members(each["member_id"] for each in disputes)
    rows = [
        [
            clock_of(desk, each),
            link(t(COMPLAINTS[each["complaint"]]), f"{kind.root}/{each['dispute_id']}"),
            members[each["member_id"]],
            Cell(desk.bank(each["waste_bank_id"])),
            when(each["opened_at"]),
        ]
        for each in disputes
    ]
    heads = [
        t("kantor.kolom.tenggat"),
        t("kantor.kolom.pengaduan"),
        t("kantor.kolom.nasabah"),
        t("kantor.kolom.bank"),
        t("kantor.kolom.dibuka"),
    ]
    return Table(heads, rows, t("kantor.pengaduan.kosong"))


def clock_of(desk: Desk, dispute: Answer) -> Cell:
    """How long there is still to answer; or how it ended, and whether that was in time."""
    if dispute["outcome"]:
        late = desk.t("kantor.tenggat.terlambat") if dispute["late"] else ""
        return Cell(desk.t(OUTCOMES[dispute["outcome"]]), "badge", under=late)
    words, tone = desk.until(dispute["due_at"])
    return badge(words, tone)


async def _page(desk: Desk, kind: Kind, dispute_id: UUID) -> Page:
    t = desk.t
    found = await desk.read(kind.service, f"/v1/disputes/{dispute_id}")
    members = await desk.members([found["member_id"]])
    about = found.get("deposit_id") or found.get("redemption_id")
    place = "setoran" if kind is DEPOSITS else "penukaran"
    facts = [
        Fact(t("kantor.kolom.nasabah"), members[found["member_id"]]),
        Fact(t("kantor.kolom.pengaduan"), Cell(t(COMPLAINTS[found["complaint"]]))),
        Fact(t("kantor.pengaduan.kata"), Cell(found["words"], "long")),
        Fact(t("kantor.kolom.bank"), Cell(desk.bank(found["waste_bank_id"]))),
        Fact(t("kantor.kolom.dibuka"), when(found["opened_at"], under=_how(desk, found))),
        Fact(t("kantor.kolom.tenggat"), Cell(_last_day(found), "day")),
    ]
    if about:
        facts.append(
            Fact(t("kantor.pengaduan.tentang"), link(t("kantor.setoran.lihat"), f"/kantor/{place}/{about}"))
        )
    if found["outcome"]:
        who = await desk.person(found.get("answered_by"))
        facts.append(Fact(t("kantor.pengaduan.jawaban"), Cell(found["answer_words"], "long")))
        facts.append(Fact(t("kantor.kolom.diputus"), when(found["answered_at"], under=who)))
    return Page(
        t(COMPLAINTS[found["complaint"]]),
        back=Link(t(kind.title), kind.root),
        badges=[clock_of(desk, found)],
        facts=facts,
        links=_ways(desk, kind, found),
        forms=[] if found["outcome"] else [await _form(desk, kind, found)],
    )


def _last_day(found: Answer) -> date:
    """The day on which an answer is still in time, as the resident was told; `due_at` is its end."""
    return wib.day(datetime.fromisoformat(found["due_at"]) - timedelta(microseconds=1))


def _how(desk: Desk, found: Answer) -> str:
    return desk.t("kantor.pengaduan.di_loket") if found["assisted"] else desk.t("kantor.pengaduan.sendiri")


def _ways(desk: Desk, kind: Kind, found: Answer) -> list[Link]:
    ways = [Link(desk.t("kantor.riwayat.lihat"), f"/kantor/riwayat?subjek={found['dispute_id']}")]
    if kind is DEPOSITS and found["deposit_id"] and not found["outcome"]:
        ways.insert(
            0, Link(desk.t("kantor.perbaikan.judul"), f"/kantor/perbaikan/{found['deposit_id']}", main=True)
        )
    return ways


async def _form(desk: Desk, kind: Kind, found: Answer) -> Form:
    t = desk.t
    options = [(each, t(OUTCOMES[each])) for each in ANSWERS]
    entries = [
        Entry("hasil", t("kantor.pengaduan.hasil"), "choice", options=options),
        Entry("jawaban", t("kantor.pengaduan.jawaban"), "long", hint=t("kantor.pengaduan.jawaban_saran")),
    ]
    corrections = await _corrections(desk, found) if kind is DEPOSITS else []
    if corrections:
        none = ("", t("kantor.pengaduan.tanpa_pengganti"))
        entries.append(
            Entry(
                "pengganti",
                t("kantor.pengaduan.pengganti"),
                "choice",
                corrections[0][0] if found["deposit_id"] else "",
                required=False,
                options=[none, *corrections],
            )
        )
    return Form(
        f"{kind.root}/{found['dispute_id']}/jawab",
        t("kantor.pengaduan.jawab"),
        t("kantor.pengaduan.jawab"),
        entries,
        second=t("kantor.kedua.bukan_pencatat") if kind is DEPOSITS else "",
    )


async def _corrections(desk: Desk, found: Answer) -> list[tuple[str, str]]:
    """What may have put it right: what stands in place of the deposit, that it is void, or the missing deposit."""
    t = desk.t
    if found["deposit_id"]:
        story = await desk.read("deposit", f"/v1/deposits/{found['deposit_id']}")
        if story["replaced_by_deposit_id"]:
            return [(story["replaced_by_deposit_id"], t("kantor.pengaduan.sudah_diperbaiki"))]
        void = story["state"] == "voided"
        return [(found["deposit_id"], t("kantor.pengaduan.sudah_batal"))] if void else []
    page = await desk.read(
        "deposit",
        "/v1/deposits",
        member_id=found["member_id"],
        waste_bank_id=found["waste_bank_id"],
        state="recorded",
        limit=20,
    )
    return [
        (each["deposit_id"], f"{desk.when(each['weighed_at'])}: {await contents(desk, each['lines'])}")
        for each in page["deposits"]
    ]
