"""Everything that is known about a member, to look at and to take away; and leaving for good."""

import asyncio
import json
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Request, Response

from services.web.clients import Refused, Silent
from services.web.means import Means
from services.web.pages.common import go_to, read_form, render
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.money import read_balance
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.rules.phones import dialled
from services.web.pages.resident.visiting import ResidentRoute, Visit, told, visit
from services.web.session import Face, Kept, sessions_of

# Who keeps something about a member, and the name of the file that it becomes.
KEEPERS = {"identity": "identitas", "deposit": "setoran", "wallet": "saldo", "payout": "penukaran"}
_OK = 200


def router(means: Means) -> APIRouter:
    """`/data-saya`, its two downloads, and `/data-saya/berhenti`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/data-saya")
    async def show_own(request: Request) -> Response:
        here = await visit(request)
        member = await read_member(here.door, here.member_id)
        return render(
            request,
            "resident/taking_along.html",
            member=member,
            phone=dialled(member.phone),
            bank=here.bank_name(member.waste_bank_id),
        )

    @pages.get("/data-saya/unduh.json")
    async def download_json(request: Request) -> Response:
        here = await visit(request)
        path = f"/v1/members/{here.member_id}/own-data"
        found = await asyncio.gather(*(here.door.get(keeper, path, format="json") for keeper in KEEPERS))
        named = dict(zip(KEEPERS.values(), found, strict=True))
        return _file(
            json.dumps(named, ensure_ascii=False, indent=1).encode(),
            "application/json; charset=utf-8",
            "json",
        )

    @pages.get("/data-saya/unduh.zip")
    async def download_tables(request: Request) -> Response:
        here = await visit(request)
        found = await asyncio.gather(*(_table(here, keeper) for keeper in KEEPERS))
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
            for name, table in zip(KEEPERS.values(), found, strict=True):
                bundle.writestr(f"{name}.csv", table)
        return _file(packed.getvalue(), "application/zip", "zip")

    @pages.get("/data-saya/berhenti")
    async def show_leaving(request: Request) -> Response:
        return await _leaving_page(await visit(request))

    @pages.post("/data-saya/berhenti")
    async def leave(request: Request) -> Response:
        here = await visit(request)
        form = await read_form(request)
        if form.get("yakin") != "ya":
            return await _leaving_page(here, error="warga.berhenti.centang_dulu", status=422)
        try:
            await here.door.post("identity", f"/v1/members/{here.member_id}:erase", {})
        except Refused as refused:
            return await _leaving_page(here, refused, status=refused.status)
        for forgotten in (Face.RESIDENT, Kept.PHONE):
            sessions_of(request).forget(request, forgotten)
        return go_to("/masuk?kabar=berhenti")

    return pages


async def _table(here: Visit, keeper: str) -> bytes:
    """A keeper's own data as CSV. Raises Silent if it does not come: a part that is missing would be a lie."""
    path = f"/v1/members/{here.member_id}/own-data"
    answer = await here.door.pass_on(
        keeper, "GET", path, headers={"Accept": "text/csv"}, params={"format": "csv"}
    )
    if answer.status != _OK:
        raise Silent(keeper)
    return answer.body


def _file(content: bytes, kind: str, ending: str) -> Response:
    name = f'attachment; filename="data-saya-timbang.{ending}"'
    return Response(content, media_type=kind, headers={"Content-Disposition": name})


async def _leaving_page(
    here: Visit, refused: Refused | None = None, *, error: str | None = None, status: int = 200
) -> Response:
    return render(
        here.request,
        "resident/leaving.html",
        balance=await or_none(read_balance(here.door, here.member_id)),
        refused=None if refused is None else told(here.t, refused),
        error=error,
        status=status,
    )
