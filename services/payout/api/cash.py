"""The cash boxes of waste banks: what moved on a day, and who may fetch how much."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.payout.api.means import Means
from services.payout.workflows.cash_views import CashBoxStanding, CashBoxView, WaitingCash
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2100, 1, 1))]


def router(means: Means) -> APIRouter:
    """`GET /cash-boxes`, `GET /cash-boxes/{waste_bank_id}` and what waits there."""
    doors = APIRouter(prefix="/v1/cash-boxes", tags=["cash"])

    @doors.get("", summary="The cash boxes of one's area as they stand")
    async def list_boxes(who: Staff) -> list[CashBoxStanding]:
        """By waste bank: what is in the box, and what members may fetch out of it."""
        async with means.database.reading() as reading:
            return await means.cash.list_boxes(reading, who)

    @doors.get("/{waste_bank_id}", summary="A waste bank's cash box on one day")
    async def read_box(
        waste_bank_id: Slug,
        who: Staff,
        on: Annotated[Day | None, Query(description="a WIB day; today without it")] = None,
    ) -> CashBoxView:
        """By payout's own book: cash brought or taken away, and cash handed over."""
        async with means.database.reading() as reading:
            found = await means.cash.read_box(reading, waste_bank_id, who, on)
        if found is None:
            raise Problem("unknown_cash_box")
        return found

    @doors.get("/{waste_bank_id}/waiting", summary="Cash that members may fetch here")
    async def list_waiting(waste_bank_id: Slug, who: Staff) -> list[WaitingCash]:
        """The longest waiting first, at most 200."""
        async with means.database.reading() as reading:
            found = await means.cash.list_waiting(reading, waste_bank_id, who)
        if found is None:
            raise Problem("unknown_cash_box")
        return found

    return doors
