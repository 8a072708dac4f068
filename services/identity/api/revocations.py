"""The door where every service reads which tokens to refuse although they have not expired."""

from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.identity.api.means import Means
from services.identity.workflows import sessions
from shared.runtime.access import anyone


class Revocations(BaseModel):
    """Ids of sessions and tablets, nothing else; each stands here until its last token has expired by itself."""

    sessions: list[UUID]
    tablets: list[UUID]


def router(means: Means) -> APIRouter:
    """The one route."""
    routes = APIRouter(prefix="/v1", tags=["sessions"])

    @routes.get("/revocations", dependencies=[Depends(anyone)])
    async def read_revocations() -> Revocations:
        """What was taken back, 20,000 at most: first what would otherwise be good for longest."""
        async with means.database.reading() as tx:
            found_sessions, found_tablets = await sessions.list_revoked(tx, means.clock.now())
        return Revocations(sessions=found_sessions, tablets=found_tablets)

    return routes
