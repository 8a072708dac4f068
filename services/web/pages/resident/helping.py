"""Help at one place: what to do when the card is lost, the PIN forgotten, the credit missing."""

from fastapi import APIRouter, Request, Response

from services.web.means import Means
from services.web.pages.common import render
from services.web.pages.resident.visiting import ResidentRoute


def router(means: Means) -> APIRouter:
    """`/bantuan`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/bantuan")
    async def show_help(request: Request) -> Response:
        return render(request, "resident/help.html")

    return pages
