"""What payout keeps about a member, for the member, or for staff on the member's behalf."""

from collections.abc import Iterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.payout.api.means import Means, must_spend
from services.payout.workflows.looking import OwnRecords
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.problems import Problem
from shared.runtime.spreadsheets import CSV_TOO, csv_answer
from shared.runtime.tokens import Caller

_COLUMNS = (
    "redemption_id", "requested_at", "state", "reason", "product", "amount_rupiah", "cost_rupiah",
    "delivered_at", "target", "owner", "token", "waste_bank_id",
)  # fmt: skip
Reader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.PROGRAMME))]


def router(means: Means) -> APIRouter:
    """`GET /members/{id}/own-data`."""
    doors = APIRouter(prefix="/v1/members", tags=["members"])

    @doors.get(
        "/{member_id}/own-data",
        summary="Everything that payout keeps about oneself",
        response_model=OwnRecords,
        responses=CSV_TOO,
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
        async with means.database.transaction() as tx:
            found = await means.looking.export_own(tx, member_id, who)
        if found is None:
            raise Problem("not_found")
        if shape == "csv":
            return csv_answer(f"penukaran-{member_id}.csv", _COLUMNS, _rows(found))
        return found

    return doors


def _rows(records: OwnRecords) -> Iterator[list[object]]:
    """The redemptions, one a row."""
    for each in records.redemptions:
        values = each.model_dump(mode="json") | {"token": each.token.serial if each.token else None}
        yield [values[column] for column in _COLUMNS]
