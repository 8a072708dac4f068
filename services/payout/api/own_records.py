"""What payout keeps about a member, for the member, or for staff on the member's behalf."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.payout.api.counter import Counter, must_spend
from services.payout.workflows.looking import OwnRecords, as_csv
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Reader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.PROGRAMME))]


def router(counter: Counter) -> APIRouter:
    """`GET /members/{id}/own-data`."""
    doors = APIRouter(prefix="/members", tags=["members"])

    @doors.get(
        "/{member_id}/own-data",
        summary="Everything that payout keeps about oneself",
        response_model=OwnRecords,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def read_own(
        member_id: UUID,
        who: Reader,
        shape: Annotated[
            Literal["json", "csv"], Query(alias="format", description="csv: the redemptions, one a line")
        ] = "json",
    ) -> Response | OwnRecords:
        """Numbers and tokens in full, also those of ids that were merged into one's own; for staff without them."""
        if who.role is Role.MEMBER:
            must_spend(who)
        async with counter.database.transaction() as tx:
            found = await counter.looking.export_own(tx, member_id, who)
        if found is None:
            raise Problem("not_found")
        if shape == "csv":
            name = f'attachment; filename="penukaran-{member_id}.csv"'
            return Response(
                as_csv(found), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
            )
        return found

    return doors
