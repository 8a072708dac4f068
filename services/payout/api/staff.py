"""What the programme decides: reviews and the float."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, field_validator

from services.payout.api.means import English, IdempotencyKey, Means, granted
from services.payout.workflows.staffing import Decision, FloatKind
from services.payout.workflows.views import FloatChangeView, FloatView, RedemptionView, ReviewPage
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Slug, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Staff = Annotated[Caller, Depends(allow(Role.PROGRAMME))]
# A hundred times the largest top-up that a programme of this size makes; a slip of the keyboard ends here.
_CHANGE_RUPIAH_MAX = 10_000_000_000


class Review(Asked):
    """How a redemption ends that no machine could judge. `serial` is the token or serial number, if delivered."""

    decision: Decision
    reason: Words
    serial: Annotated[str | None, Field(max_length=200, pattern=r"^[^\x00]*$")] = None


class FloatChangeWish(Asked):
    """Money put into the float (positive) or taken out of it (negative), as the biller's panel shows it."""

    provider: Slug
    kind: FloatKind
    amount_rupiah: Annotated[int, Field(ge=-_CHANGE_RUPIAH_MAX, le=_CHANGE_RUPIAH_MAX, strict=True)]
    reason: Words

    @field_validator("amount_rupiah")
    @classmethod
    def _is_something(cls, amount_rupiah: int) -> int:
        if amount_rupiah == 0:
            raise ValueError("a change of nothing is no change")
        return amount_rupiah


def router(means: Means) -> APIRouter:
    """`GET /reviews`, `POST /redemptions/{id}:review`, `GET /float`, `POST /float/changes`."""
    doors = APIRouter(prefix="/v1", tags=["staff"])

    @doors.get("/reviews", summary="Redemptions that wait for a person")
    async def list_reviews(
        who: Staff,
        english: English,
        redemption_id: Annotated[UUID | None, Query(description="only this one, if it waits")] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> ReviewPage:
        """Those of the caller's area, longest waiting first."""
        async with means.database.reading() as reading:
            return await means.staffing.list_reviews(
                reading, who, end_of(cursor), limit, only=redemption_id, english=english
            )

    @doors.post("/redemptions/{redemption_id}:review", summary="Decide how a redemption ends")
    async def decide(redemption_id: UUID, review: Review, who: Staff, english: English) -> RedemptionView:
        """What the resident's credit does follows from the decision and from what was already said to wallet."""
        async with means.database.transaction() as tx:
            answer = await means.staffing.decide_review(
                tx,
                redemption_id,
                review.decision,
                who=who,
                reason=review.reason,
                serial=review.serial,
                english=english,
            )
        return granted(answer)

    @doors.get("/float", summary="What the billers say that we have left")
    async def read_floats(who: Staff) -> list[FloatView]:
        """The floats are the whole regency's: staff of single sub-districts do not see them."""
        if not who.regency_codes:
            raise Problem("not_your_area")
        async with means.database.reading() as reading:
            return await means.staffing.read_floats(reading)

    @doors.post("/float/changes", status_code=201, summary="Record a top-up, refund or adjustment")
    async def change_float(change: FloatChangeWish, key: IdempotencyKey, who: Staff) -> FloatChangeView:
        """The same key again answers with the same change. Redemptions that waited for funds are tried at once.

        `counter:<waste bank>` as the provider is cash brought to that bank's box, or taken out of it.
        """
        async with means.database.transaction() as tx:
            answer = await means.staffing.record_float_change(
                tx,
                change.provider,
                change.kind,
                change.amount_rupiah,
                reason=change.reason,
                who=who,
                key=key,
            )
        return granted(answer)

    return doors
