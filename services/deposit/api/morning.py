"""The tablet's morning: one door for all that it must know before the signal goes."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from services.deposit.api.callers import bank_in_area
from services.deposit.api.means import Means
from services.deposit.workflows.morning import (
    Cursors,
    Delta,
    Part,
    gather_morning,
    read_cursors,
    read_part,
    write_cursors,
)
from services.deposit.workflows.pickups_morning import read_pickups
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.paging import Cursor, unknown_cursor
from shared.runtime.tokens import Caller

Things = list[dict[str, Any]]


class MorningPart(BaseModel):
    """One owner's part: what is new or different, and the ids of what the tablet is to delete.

    `available` is false if the owner did not answer: keep what you have and ask again. `whole`: this is the beginning
    of everything, so forget what you had of this part. `more`: ask again at once.
    """

    available: bool
    whole: bool
    changed: Things
    gone: Things
    more: bool


class Morning(BaseModel):
    """All parts. `next_cursor` stands for where the tablet is in each; it is kept even if a part was silent."""

    waste_bank_id: str
    answered_at: datetime
    members: MorningPart
    prices: MorningPart
    pickups: MorningPart
    next_cursor: str
    more: bool


def router(means: Means) -> APIRouter:
    """`GET /morning`."""
    doors = APIRouter(prefix="/v1", tags=["tablets"])
    rollout, clock = means.rollout, means.clock

    @doors.get("/morning", summary="What a tablet must know to work without a signal")
    async def read_morning(
        request: Request,
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))],
        waste_bank_id: Annotated[Slug, Query()],
        cursor: Cursor = None,
    ) -> Morning:
        """The bank's members, prices with the catalogue, and pick-ups: what changed since the cursor, page by page."""
        bank_in_area(who, waste_bank_id, rollout.current)
        cursors = read_cursors(cursor)
        if cursors is None:
            raise unknown_cursor()
        token = request.headers["authorization"].partition(" ")[2]
        members, prices = await gather_morning(means.owners, waste_bank_id, token, cursors)

        async def own(of: str | None) -> Delta:
            async with means.database.reading() as tx:
                return await read_pickups(tx, means.sealer, waste_bank_id, of)

        pickups = await read_part(own, cursors.pickups)
        parts = (members, prices, pickups)
        return Morning(
            waste_bank_id=waste_bank_id,
            answered_at=clock.now(),
            members=_part(members),
            prices=_part(prices),
            pickups=_part(pickups),
            next_cursor=write_cursors(Cursors(*(part.cursor for part in parts))),
            more=any(part.more for part in parts),
        )

    return doors


def _part(part: Part) -> MorningPart:
    values = part._asdict()
    del values["cursor"]
    return MorningPart(**values)
