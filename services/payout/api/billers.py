"""Where billers tell that something changed. Nothing that comes in here is believed; it is looked into."""

from fastapi import APIRouter, Depends, Request, Response

from services.payout.api.means import Means
from shared.runtime.access import anyone
from shared.runtime.problems import Problem


def router(means: Means) -> APIRouter:
    """`POST /webhooks/{provider}`."""
    doors = APIRouter(prefix="/v1/webhooks", tags=["billers"])

    @doors.post("/digiflazz", status_code=204, summary="Digiflazz tells", dependencies=[Depends(anyone)])
    async def hear_digiflazz(request: Request) -> Response:
        """Signed by `X-Hub-Signature` over the raw body, or refused. An unknown reference is accepted and dropped."""
        hinting = means.hinting["digiflazz"]
        hint = hinting.read(await request.body(), request.headers.get("x-hub-signature"))
        if hint is None:
            raise Problem("webhook_not_signed")
        async with means.database.transaction() as tx:
            await hinting.note(tx, hint)
        return Response(status_code=204)

    return doors
