"""What is decided about one deposit: approve a flag, void, let a quarantined one count or not."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.deposit_page import deposit_page, what_moves
from services.web.pages.staff.desk import desk_at
from services.web.pages.staff.views import Sure, decide, said, show

# What the address says: service, door, whether a second person must act, what is told.
_DEEDS = {
    "setujui": ("valuation", "/v1/flags/{}:approve", {}, "setujui"),
    "tolak-periksa": ("deposit", "/v1/deposits/{}:void", {"second_person": True}, "batal"),
    "batal": ("deposit", "/v1/deposits/{}:void", {}, "batal"),
    "loloskan": ("deposit", "/v1/quarantine/{}:accept", {}, "loloskan"),
    "tolak": ("deposit", "/v1/quarantine/{}:reject", {}, "tolak"),
}
_SURE = {
    "setujui": "kantor.yakin.setujui",
    "tolak-periksa": "kantor.yakin.batal",
    "batal": "kantor.yakin.batal",
    "loloskan": "kantor.yakin.loloskan",
    "tolak": "kantor.yakin.tolak",
}


def router(_means: Means) -> APIRouter:
    """`GET /kantor/setoran/{deposit_id}` and what its forms do."""
    routes = APIRouter(prefix="/kantor/setoran")

    @routes.get("/{deposit_id}")
    async def read(request: Request, deposit_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await deposit_page(desk, str(deposit_id)))

    for deed in _DEEDS:
        routes.add_api_route(f"/{{deposit_id}}/{deed}", _doing(deed), methods=["POST"])
    return routes


def _doing(deed: str) -> Callable[..., Awaitable[Response]]:
    service, path, more, told = _DEEDS[deed]

    async def do(request: Request, deposit_id: UUID) -> Response:
        desk, form = await desk_at(request), await read_form(request)

        async def act() -> str:
            await desk.door.post(service, path.format(deposit_id), {"reason": said(form, "alasan"), **more})
            return f"/kantor/setoran/{deposit_id}?sudah={told}"

        sure = None
        if form.get("yakin") != "ya":
            sure = Sure(desk.t(_SURE[deed]), await what_moves(desk, str(deposit_id)))
        return await decide(desk, form, act, lambda: deposit_page(desk, str(deposit_id)), sure)

    return do
