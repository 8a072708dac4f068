"""Disputes about redemptions: opened by the member or for them, answered by the programme."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import StringConstraints

from services.payout.api.means import Means, granted
from services.payout.workflows.dispute_views import DisputePage, DisputeView
from services.payout.workflows.disputing import Complaint, Verdict
from shared.contracts.disputes import RedemptionComplaint
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of
from shared.runtime.tokens import Caller

Anybody = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]
Member = Annotated[Caller, Depends(allow(Role.MEMBER))]
Staff = Annotated[Caller, Depends(allow(Role.PROGRAMME))]
Told = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]


class DisputeWish(Asked):
    """What somebody does not agree with; `dispute_id` is made where it is said, so that it may be sent again."""

    dispute_id: UUID
    redemption_id: UUID
    complaint: RedemptionComplaint
    words: Told = ""


class DisputeAnswer(Asked):
    """How a dispute ends, and the reasons in words that the member reads."""

    outcome: Verdict
    words: Words


def router(means: Means) -> APIRouter:
    """`POST|GET /disputes`, `GET /disputes/{id}`, `POST /disputes/{id}:answer` and `:withdraw`."""
    doors = APIRouter(prefix="/v1/disputes", tags=["disputes"])

    @doors.post("", status_code=201, summary="Open a dispute about a redemption")
    async def open_dispute(wish: DisputeWish, who: Anybody) -> DisputeView:
        """The same id again answers with the same dispute. `due_at` is when an answer is owed."""
        said = Complaint(wish.dispute_id, wish.redemption_id, wish.complaint, wish.words)
        async with means.database.transaction() as tx:
            answer = await means.disputing.open_dispute(tx, said, who)
        return granted(answer)

    @doors.get("", summary="Disputes, newest first")
    async def list_disputes(
        who: Anybody,
        open_only: Annotated[bool, Query(description="only those that wait for an answer")] = False,  # noqa: FBT002
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> DisputePage:
        """A member's own, those of an operator's counters, or those of the programme's area."""
        async with means.database.reading() as reading:
            return await means.disputing.list_disputes(
                reading, who, end_of(cursor), limit, open_only=open_only
            )

    @doors.get("/{dispute_id}", summary="One dispute")
    async def read_dispute(dispute_id: UUID, who: Anybody) -> DisputeView:
        """Its words are for the member and for the programme."""
        async with means.database.reading() as reading:
            return granted(await means.disputing.read_dispute(reading, dispute_id, who))

    @doors.post("/{dispute_id}:answer", summary="Answer a dispute")
    async def answer_dispute(dispute_id: UUID, answer: DisputeAnswer, who: Staff) -> DisputeView:
        """Once; the same answer again is the same answer."""
        async with means.database.transaction() as tx:
            ended = await means.disputing.answer_dispute(tx, dispute_id, who, answer.outcome, answer.words)
        return granted(ended)

    @doors.post("/{dispute_id}:withdraw", summary="Take a dispute back")
    async def withdraw_dispute(dispute_id: UUID, who: Member) -> DisputeView:
        """By the member whose redemption it is about."""
        async with means.database.transaction() as tx:
            ended = await means.disputing.withdraw_dispute(tx, dispute_id, who)
        return granted(ended)

    return doors
