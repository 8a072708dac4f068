"""A copy of all that is kept about a member, for those who ask for it at the counter and have no phone."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages import own_records
from services.web.pages.staff.desk import desk_at
from services.web.pages.staff.parts import Cell, Fact, Link, Page
from services.web.pages.staff.views import show


def router(_means: Means) -> APIRouter:
    """`/kantor/nasabah/{member_id}/salinan` and its two files."""
    routes = APIRouter(prefix="/kantor/nasabah/{member_id}")

    @routes.get("/salinan")
    async def offer(request: Request, member_id: UUID) -> Response:
        desk = await desk_at(request)
        t, here = desk.t, f"/kantor/nasabah/{member_id}"
        found = await desk.read("identity", f"/v1/members/{member_id}")
        return show(
            desk,
            Page(
                t("kantor.salinan.judul"),
                t("kantor.salinan.lead"),
                back=Link(found["name"], here),
                facts=[Fact(t("kantor.kolom.nasabah"), Cell(found["name"], under=found["code"]))],
                links=[
                    Link(t("kantor.salinan.tabel"), f"{here}/salinan.zip", main=True),
                    Link(t("kantor.salinan.json"), f"{here}/salinan.json"),
                ],
                note=t("kantor.salinan.jaga"),
            ),
        )

    @routes.get("/salinan.json")
    async def as_json(request: Request, member_id: UUID) -> Response:
        desk = await desk_at(request)
        return await own_records.json_file(desk.door, str(member_id), f"data-{member_id}")

    @routes.get("/salinan.zip")
    async def as_tables(request: Request, member_id: UUID) -> Response:
        desk = await desk_at(request)
        return await own_records.tables_file(desk.door, str(member_id), f"data-{member_id}")

    return routes
