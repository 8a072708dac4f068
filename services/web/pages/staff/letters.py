"""Facts that a service could not take in: seen with the reason, and put back once the cause is gone."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.web.clients import Silent
from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Fact, Form, Link, Page, Table, link, when
from services.web.pages.staff.views import Sure, decide, gone, part_of, reason_entry, said, show
from services.web.pages.staff.work import HEARING

_EACH = 100
# As the doors take it.
LetterId = Annotated[int, Path(ge=1, le=2**62)]


def router(_means: Means) -> APIRouter:
    """`/kantor/surat-mati`."""
    routes = APIRouter(prefix="/kantor/surat-mati")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _list(desk))

    @routes.get("/{service}/{letter_id}")
    async def read(request: Request, service: str, letter_id: LetterId) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, service, letter_id))

    @routes.post("/{service}/{letter_id}/ulang")
    async def replay(request: Request, service: str, letter_id: LetterId) -> Response:
        desk, form = await desk_at(request), await read_form(request)
        _known(desk, service)

        async def act() -> str:
            await desk.door.post(
                service, f"/v1/dead-letters/{letter_id}:replay", {"reason": said(form, "alasan")}
            )
            return "/kantor/surat-mati?sudah=ulang"

        sure = Sure(desk.t("kantor.yakin.surat"))
        return await decide(desk, form, act, lambda: _page(desk, service, letter_id), sure)

    return routes


def _known(desk: Desk, service: str) -> None:
    """Raises Refused (404) for the name of no service that hears."""
    if service not in HEARING:
        raise gone(desk)


async def _letters(desk: Desk, service: str) -> list[Answer] | None:
    """The letters of a service, the longest lying first; None if it does not answer. Raises Refused."""
    try:
        return [each async for each in desk.pages(service, "/v1/dead-letters", "dead_letters", limit=_EACH)]
    except Silent:
        return None


async def _list(desk: Desk) -> Page:
    t = desk.t
    found = await asyncio.gather(*[_letters(desk, each) for each in HEARING])
    silent = [service for service, letters in zip(HEARING, found, strict=True) if letters is None]
    pairs = [
        (service, each) for service, letters in zip(HEARING, found, strict=True) for each in letters or []
    ]
    shown, after = part_of(desk, pairs)
    rows = [
        [
            link(each["type"] or each["topic"], f"/kantor/surat-mati/{service}/{each['id']}", service),
            Cell(each["kind"], "code"),
            Cell(each["error"], "long"),
            when(each["heard_at"], under=desk.ago(each["heard_at"])),
        ]
        for service, each in shown
    ]
    heads = [
        t("kantor.surat.fakta"),
        t("kantor.kolom.macam"),
        t("kantor.surat.sebab"),
        t("kantor.surat.sejak"),
    ]
    return Page(
        t("kantor.surat.judul"),
        t("kantor.surat.lead"),
        tables=[Table(heads, rows, t("kantor.surat.kosong"))],
        following=after,
        note=t("kantor.riwayat.diam", layanan=", ".join(silent)) if silent else "",
    )


async def _page(desk: Desk, service: str, letter_id: int) -> Page:
    t = desk.t
    _known(desk, service)
    letters = await _letters(desk, service) or []
    found = next((each for each in letters if each["id"] == letter_id), None)
    if found is None:
        raise gone(desk)
    title, lead = t("kantor.surat.ulang"), t("kantor.surat.ulang_lead")
    form = Form(f"/kantor/surat-mati/{service}/{letter_id}/ulang", title, title, [reason_entry(desk)], lead)
    return Page(
        t("kantor.surat.satu"),
        back=Link(t("kantor.surat.judul"), "/kantor/surat-mati"),
        facts=[
            Fact(t("kantor.surat.layanan"), Cell(service, "code")),
            Fact(t("kantor.surat.fakta"), Cell(found["type"], "code")),
            Fact(t("kantor.riwayat.subjek"), Cell(found["subject_id"], "code")),
            Fact(t("kantor.kolom.macam"), Cell(found["kind"], "code")),
            Fact(t("kantor.surat.sebab"), Cell(found["error"], "long")),
            Fact(t("kantor.surat.sejak"), when(found["heard_at"], under=desk.ago(found["heard_at"]))),
        ],
        forms=[form],
    )
