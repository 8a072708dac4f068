"""The door through which members take what deposit keeps of them: as JSON, or as CSV for a spreadsheet."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.deposit.api import disputes, pickups
from services.deposit.api.bodies import DepositView
from services.deposit.api.callers import covers
from services.deposit.api.disputes import DisputeView
from services.deposit.api.means import Means
from services.deposit.api.pickups import PickupView
from services.deposit.api.reading import view_of
from services.deposit.workflows.disputes_reading import family_of, own_disputes
from services.deposit.workflows.pickups import own_pickups
from services.deposit.workflows.reading import home_of, is_own_id, own_deposits
from shared.kernel import wib
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.problems import Problem
from shared.runtime.spreadsheets import CSV_TOO, csv_answer
from shared.runtime.tokens import Caller

_HEAD = (
    "deposit_id",
    "weighed_at",
    "waste_bank_id",
    "state",
    "channel",
    "item_code",
    "grade",
    "unit",
    "quantity",
    "shown_rupiah",
    "price_list_id",
    "received_at",
)


class OwnRecords(BaseModel):
    """Every deposit, pick-up and dispute of a member, under every id that means them, with all that they told."""

    member_id: UUID
    deposits: list[DepositView]
    pickups: list[PickupView]
    disputes: list[DisputeView]


def router(means: Means) -> APIRouter:
    """`GET /members/{member_id}/own-data`."""
    doors = APIRouter(prefix="/v1/members", tags=["own records"])
    database, sealer = means.database, means.sealer

    @doors.get(
        "/{member_id}/own-data",
        response_model=OwnRecords,
        responses=CSV_TOO,
        summary="What deposit keeps of a member",
    )
    async def read_own(
        member_id: UUID,
        who: Annotated[Caller, Depends(allow(Role.MEMBER, Role.PROGRAMME))],
        form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    ) -> OwnRecords | Response:
        """For the member, or for staff of the member's area on the member's behalf. As CSV: the deposits alone."""
        async with database.reading() as tx:
            home = await home_of(tx, member_id)
            own = who.role is Role.MEMBER and await is_own_id(tx, who.member_id, member_id)
            seen = home is not None and covers(who, home.waste_bank_id or "", home.subdistrict_code or "")
            if home is None or home.erased or not (own or seen):
                raise Problem("member_not_found")
            views = [view_of(each) for each in await own_deposits(tx, member_id)]
            family = await family_of(tx, member_id)
            fetched = await own_pickups(tx, sealer, family)
            complaints = await own_disputes(tx, sealer, family)
        if form == "json":
            now = means.clock.now()
            return OwnRecords(
                member_id=member_id,
                deposits=views,
                pickups=[pickups.view_of(each) for each in fetched],
                disputes=[disputes.view_of(each, now) for each in complaints],
            )
        return csv_answer(f"setoran-{member_id}.csv", _HEAD, _rows(views))

    return doors


def _rows(views: Sequence[DepositView]) -> Iterator[tuple[object, ...]]:
    """A row for each line of a deposit; instants by the clock of WIB."""
    for view in views:
        for line in view.lines:
            yield (
                view.deposit_id,
                view.weighed_at.astimezone(wib.WIB).isoformat(),
                view.waste_bank_id,
                view.state.value,
                view.channel,
                line.item_code,
                line.grade,
                line.unit,
                line.quantity,
                line.shown_rupiah,
                view.price_list_id,
                view.received_at.astimezone(wib.WIB).isoformat(),
            )
