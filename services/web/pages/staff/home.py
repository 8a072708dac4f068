"""The first page of the office: what waits, the oldest first, and ways to everything else."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Refused, Silent
from services.web.means import Means
from services.web.pages.common import settings_of
from services.web.pages.staff import work
from services.web.pages.staff.desk import Desk, desk_at
from services.web.pages.staff.views import draw


def router(_means: Means) -> APIRouter:
    """`GET /kantor`."""
    routes = APIRouter()

    @routes.get("/kantor")
    async def home(request: Request) -> Response:
        desk = await desk_at(request)
        grafana = settings_of(request).grafana_url
        sources = work.FOR_PROGRAMME if desk.decides else work.FOR_ALL
        found = await asyncio.gather(*[_asked(desk, each) for each in sources])
        waiting = [each for each in found if each is not None and each.count != 0]
        quiet = [each for each in found if each is not None and each.count == 0]
        # The environment office oversees: what names somebody stays with those who decide about it.
        lead = desk.t("kantor.kerja.lead" if desk.decides else "kantor.kerja.lead_dinas")
        return draw(desk, "staff/home.html", lead=lead, waiting=waiting, quiet=quiet, grafana=grafana)

    return routes


async def _asked(desk: Desk, source: work.Source) -> work.Work | None:
    """One line; none if the reader has no business there, and one that says so if the door is silent."""
    try:
        return await source(desk)
    except Refused:
        return None
    except Silent:
        return work.Work(desk.t("kantor.kerja.diam"), "/kantor", None, tone="awas")
