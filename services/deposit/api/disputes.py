"""The doors of disputes about deposits: opened by the member or for them, answered with a reason, taken back."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import UUID7, BaseModel, Field

from services.deposit.api.callers import actor_of, bank_in_area, covers
from services.deposit.api.means import Everybody, Means, Member, Staff
from services.deposit.domain.areas import UNKNOWN_SUBDISTRICT
from services.deposit.domain.disputes import DisputeRefusal
from services.deposit.workflows.disputes import (
    Answer,
    Complaint,
    answer_dispute,
    open_dispute,
    withdraw_dispute,
)
from services.deposit.workflows.disputes_reading import (
    Dispute,
    DisputePlace,
    DisputesWanted,
    OpenedDispute,
    family_of,
    list_disputes,
    opened,
    read_dispute,
)
from services.deposit.workflows.weighings import Moment
from shared.contracts.disputes import DepositComplaint, Outcome
from shared.kernel.roles import Role
from shared.kernel.words import Slug as BankId
from shared.runtime.http import Asked, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, cursor_of, end_of, unknown_cursor
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller


class DisputeGiven(Asked):
    """A complaint. Without `deposit_id` it is about a deposit that is missing. The id makes it safe to send again."""

    dispute_id: UUID7
    complaint: DepositComplaint
    words: Words
    deposit_id: UUID | None = None
    waste_bank_id: Annotated[BankId | None, Field(description="Where a missing deposit was made")] = None
    member_id: Annotated[
        UUID | None, Field(description="Staff name the member; members speak for themselves")
    ] = None
    said_at: Annotated[
        Moment | None,
        Field(description="When it was left on paper at the counter; staff only, at most 60 days ago"),
    ] = None


class AnswerGiven(Asked):
    """How it ends, and why. A correction must already stand in place of the disputed deposit."""

    outcome: Literal["upheld", "partly_upheld", "turned_down"]
    words: Words
    correction_deposit_id: Annotated[
        UUID | None,
        Field(description="What replaced the deposit; its own id if it was voided; or the missing one"),
    ] = None


class DisputeView(BaseModel):
    """A dispute with the words of both sides; they are empty once the member has left."""

    dispute_id: UUID
    member_id: UUID
    deposit_id: UUID | None
    waste_bank_id: str
    subdistrict_code: str
    complaint: DepositComplaint
    words: str | None
    assisted: bool
    opened_at: datetime
    due_at: datetime
    late: Annotated[bool, Field(description="Not answered in time, or still open after it was due")]
    outcome: Outcome | None
    answer_words: str | None
    answered_at: datetime | None
    answered_by: UUID | None
    correction_deposit_id: UUID | None


class DisputePage(BaseModel):
    """Some disputes, open ones first, by the day on which they are due."""

    disputes: list[DisputeView]
    next_cursor: str | None


def router(means: Means) -> APIRouter:
    """`POST` and `GET /disputes`, `:answer` and `:withdraw`."""
    doors = APIRouter(prefix="/v1", tags=["disputes"])
    database, rollout, clock, sealer = means.database, means.rollout, means.clock, means.sealer

    def view(dispute: Dispute) -> DisputeView:
        return view_of(opened(sealer, dispute), clock.now())

    @doors.post(
        "/disputes",
        status_code=201,
        responses={200: {"model": DisputeView, "description": "Repeated"}},
        summary="Say that a deposit is wrong, or missing",
    )
    async def complain(body: DisputeGiven, who: Everybody, response: Response) -> DisputeView:
        """By the member, or for them at the counter. 201 opened, 200 repeated."""
        given = Complaint(
            dispute_id=body.dispute_id,
            member_id=_member_of(who, body.member_id),
            complaint=body.complaint,
            words=body.words,
            deposit_id=body.deposit_id,
            waste_bank_id=body.waste_bank_id,
            assisted=who.role is not Role.MEMBER,
            said_at=body.said_at,
        )
        if given.assisted and body.waste_bank_id is not None:
            bank_in_area(who, body.waste_bank_id, rollout.current)
        async with database.transaction() as tx:
            received = await open_dispute(tx, sealer, given, actor_of(who), rollout.current, clock.now())
            if isinstance(received, DisputeRefusal):
                raise Problem(received)
        if not received.new:
            response.status_code = 200
        return view(received.dispute)

    @doors.get("/disputes", summary="Disputes: the own ones, or those of an area")
    async def list_all(
        who: Everybody,
        open_only: Annotated[bool, Query(description="Leave out what is answered")] = False,  # noqa: FBT002
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> DisputePage:
        """Open ones first, by the day on which an answer is due; what is late says so."""
        if who.role is Role.MEMBER and who.member_id is None:
            raise Problem("not_allowed")
        async with database.reading() as tx:
            own = await family_of(tx, who.member_id) if who.role is Role.MEMBER and who.member_id else None
            wanted = DisputesWanted(
                member_ids=own,
                waste_bank_ids=None if own is not None else sorted(who.waste_bank_ids),
                # What belongs to no sub-district is looked after by whoever has a whole regency.
                areas=sorted(actor_of(who).areas | ({UNKNOWN_SUBDISTRICT} if who.regency_codes else set())),
                open_only=True if open_only else None,
                after=_place_from(cursor),
                limit=limit,
            )
            page = await list_disputes(tx, sealer, wanted)
        now = clock.now()
        return DisputePage(
            disputes=[view_of(each, now) for each in page.disputes],
            next_cursor=None if page.next_place is None else _cursor(page.next_place),
        )

    @doors.get("/disputes/{dispute_id}", summary="One dispute")
    async def read_one(dispute_id: UUID, who: Everybody) -> DisputeView:
        """For its member under any id, and for staff of the waste bank's area."""
        async with database.reading() as tx:
            found = await read_dispute(tx, dispute_id)
            own = await family_of(tx, who.member_id) if who.role is Role.MEMBER and who.member_id else []
        if found is None or not _concerns(found, who, own):
            raise Problem(DisputeRefusal.NOT_FOUND)
        return view(found)

    @doors.post("/disputes/{dispute_id}:answer", summary="Answer a dispute")
    async def answer(dispute_id: UUID, body: AnswerGiven, who: Staff) -> DisputeView:
        """Never by whoever recorded the deposit. The same answer again changes nothing."""
        given = Answer(body.outcome, body.words, body.correction_deposit_id)
        async with database.transaction() as tx:
            ended = await answer_dispute(tx, sealer, dispute_id, given, actor_of(who), clock.now())
            if isinstance(ended, DisputeRefusal):
                raise Problem(ended)
        return view(ended)

    @doors.post("/disputes/{dispute_id}:withdraw", summary="Take a dispute back")
    async def withdraw(dispute_id: UUID, who: Member) -> DisputeView:
        """By the member alone. Again changes nothing."""
        if who.member_id is None:
            raise Problem("not_allowed")
        async with database.transaction() as tx:
            ended = await withdraw_dispute(tx, dispute_id, who.member_id, actor_of(who), clock.now())
            if isinstance(ended, DisputeRefusal):
                raise Problem(ended)
        return view(ended)

    return doors


def _concerns(found: Dispute, who: Caller, own: list[UUID]) -> bool:
    if who.role is Role.MEMBER:
        return found.member_id in own
    return covers(who, found.waste_bank_id, found.subdistrict_code)


def _member_of(who: Caller, named: UUID | None) -> UUID:
    """Whose complaint it is. Raises Problem if a member names another, or staff names nobody."""
    if who.role is not Role.MEMBER:
        if named is None:
            raise Problem("invalid_request")
        return named
    if who.member_id is None or named not in {None, who.member_id}:
        raise Problem("not_allowed")
    return who.member_id


def view_of(found: OpenedDispute, now: datetime) -> DisputeView:
    """A dispute as it is answered."""
    dispute = found.dispute
    return DisputeView(
        dispute_id=dispute.dispute_id,
        member_id=dispute.member_id,
        deposit_id=dispute.deposit_id,
        waste_bank_id=dispute.waste_bank_id,
        subdistrict_code=dispute.subdistrict_code,
        complaint=dispute.complaint,
        words=found.words,
        assisted=dispute.assisted,
        opened_at=dispute.opened_at,
        due_at=dispute.due_at,
        late=(dispute.answered_at or now) >= dispute.due_at,
        outcome=dispute.outcome,
        answer_words=found.answer_words,
        answered_at=dispute.answered_at,
        answered_by=dispute.answered_by,
        correction_deposit_id=dispute.correction_deposit_id,
    )


def _cursor(place: DisputePlace) -> str:
    return f"{place.answered:d}{cursor_of((place.due_at, place.dispute_id))}"


def _place_from(cursor: str | None) -> DisputePlace | None:
    if not cursor:
        return None
    end = end_of(cursor[1:])
    if end is None or cursor[0] not in "01":
        raise unknown_cursor()
    return DisputePlace(cursor[0] == "1", *end)
