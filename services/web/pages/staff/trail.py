"""What was done to a subject: every service is asked, and their answers stand in one line of time."""

import asyncio
import json
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Silent
from services.web.means import Means
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Form, Page, Table, when
from services.web.pages.staff.views import part_of, show

_SERVICES: Final = ("identity", "deposit", "valuation", "wallet", "payout")
_VALUES_SHOWN = 400


def router(_means: Means) -> APIRouter:
    """`GET /kantor/riwayat?subjek=`."""
    routes = APIRouter(prefix="/kantor/riwayat")

    @routes.get("")
    async def read(request: Request) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk))

    return routes


async def _page(desk: Desk) -> Page:
    t, subject = desk.t, desk.asked("subjek")
    services = [each for each in _SERVICES if desk.asked("layanan") in {"", each}]
    found = await asyncio.gather(*[_lines(desk, each, subject) for each in services]) if subject else []
    silent = [service for service, answer in zip(services, found, strict=False) if answer is None]
    lines = sorted(
        (line for answer in found for line in answer or []), key=lambda each: each["at"], reverse=True
    )
    shown, after = part_of(desk, lines)
    rows = [
        [
            when(each["at"]),
            Cell(each["action"], "code", under=each["service"]),
            Cell(await desk.person(each["actor_id"]) or each["actor_role"]),
            Cell(_change(each)),
            Cell(each["reason"] or "", "long"),
        ]
        for each in shown
    ]
    heads = [
        t("kantor.kolom.waktu"),
        t("kantor.kolom.langkah"),
        t("kantor.kolom.oleh"),
        t("kantor.riwayat.perubahan"),
        t("kantor.alasan"),
    ]
    entry = Entry(
        "subjek", t("kantor.riwayat.subjek"), value=subject, hint=t("kantor.riwayat.subjek_saran"), most=64
    )
    empty = t("kantor.riwayat.kosong") if subject else t("kantor.riwayat.tanya")
    return Page(
        t("kantor.riwayat.judul"),
        t("kantor.riwayat.lead"),
        filters=Form("/kantor/riwayat", "", t("kantor.cari"), [entry]),
        tables=[Table(heads, rows, empty)],
        following=after,
        note=t("kantor.riwayat.diam", layanan=", ".join(silent)) if silent else "",
    )


async def _lines(desk: Desk, service: str, subject: str) -> list[Answer] | None:
    """What one service wrote down; None if it does not answer. Raises Refused."""
    try:
        found = [each async for each in desk.pages(service, "/v1/audit", "lines", subject_id=subject)]
    except Silent:
        return None
    return [{**each, "service": service} for each in found]


def _change(line: Answer) -> str:
    """From what to what, in short."""
    if line["before"] is None and line["after"] is None:
        return ""
    before, after = (json.dumps(line[each] or {}, ensure_ascii=False) for each in ("before", "after"))
    return f"{before} → {after}"[:_VALUES_SHOWN]
