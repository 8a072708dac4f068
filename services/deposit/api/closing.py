"""The doors of the day's end: what the book says, the count against it, and what came afterwards."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import UUID7, BaseModel, ConfigDict, Field

from services.deposit.api.callers import actor_of, bank_in_area
from services.deposit.api.means import BankAsked, DayAsked, GivenDay, Grams, Means, Programme, Staff
from services.deposit.domain.closing import ClosingRefusal
from services.deposit.workflows.closing import (
    Counts,
    OpenedClosing,
    close_day,
    day_book,
    list_closings,
    read_closing,
    reopen_day,
)
from shared.kernel import wib
from shared.kernel.waste_classes import WasteClass
from shared.kernel.words import Slug as BankId
from shared.runtime.http import Asked, Words
from shared.runtime.other_doors import OtherDoorError
from shared.runtime.problems import Problem

_BEARER = "Bearer "
Cash = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000_000)]


class ClassBooked(BaseModel):
    """One class of waste on a day, in grams."""

    waste_class: WasteClass
    booked_grams: int


class PreviewView(BaseModel):
    """What the book says of a day: by the day of weighing, and the cash that should be in the box."""

    waste_bank_id: str
    on: date
    deposits: int
    classes: list[ClassBooked]
    cash_booked_rupiah: int
    closed_by_closing_id: UUID | None


class ClassCounted(BaseModel):
    """What was counted of a class."""

    model_config = ConfigDict(frozen=True)

    waste_class: WasteClass
    counted_grams: Grams


class ClosingGiven(BaseModel):
    """The count at the end of a WIB day; a class that is not named was counted as nothing."""

    model_config = ConfigDict(frozen=True)

    closing_id: UUID7
    waste_bank_id: BankId
    on: GivenDay
    classes: Annotated[tuple[ClassCounted, ...], Field(max_length=9)]
    cash_counted_rupiah: Cash
    note: Words | None = None


class ClassDifferenceView(BaseModel):
    """One class: the book, the count, and counted minus book."""

    waste_class: WasteClass
    booked_grams: int
    counted_grams: int
    difference_grams: int


class LateDeposit(BaseModel):
    """A deposit of a closed day that came, or was changed, after the closing."""

    deposit_id: UUID
    state: str
    received_at: datetime
    state_since: datetime


class ClosingView(BaseModel):
    """A closed day with its signed differences, and what came for it afterwards."""

    closing_id: UUID
    waste_bank_id: str
    on: date
    closed_at: datetime
    closed_by: UUID
    classes: list[ClassDifferenceView]
    cash_booked_rupiah: int
    cash_counted_rupiah: int
    cash_difference_rupiah: int
    note: str | None
    replaces_closing_id: UUID | None
    reopened_at: datetime | None
    reopened_by: UUID | None
    reopen_reason: str | None
    after_closing: list[LateDeposit]


class ClosingList(BaseModel):
    """Closings, the newest day first."""

    closings: list[ClosingView]


class Reopening(Asked):
    """Why a day is counted once more."""

    reason: Words


def router(means: Means) -> APIRouter:
    """`GET /closings/preview`, `POST` and `GET /closings`, `POST /closings/{closing_id}:reopen`."""
    doors = APIRouter(prefix="/v1/closings", tags=["closings"])
    database, rollout, clock, sealer = means.database, means.rollout, means.clock, means.sealer
    token = Annotated[str, Depends(_token)]

    async def cash_booked(waste_bank_id: str, on: date, of_caller: str) -> int:
        try:
            found = await means.payout.read(
                f"/v1/cash-boxes/{waste_bank_id}", of_caller, {"on": on.isoformat()}
            )
            return int(found["closing_rupiah"])
        except (OtherDoorError, KeyError, TypeError, ValueError) as error:
            raise Problem("cash_book_silent") from error

    @doors.get("/preview", summary="What the book says of a day")
    async def preview(
        who: Staff, of_caller: token, waste_bank_id: BankAsked, on: DayAsked = None
    ) -> PreviewView:
        """By the WIB day of weighing, today if none is named. Without the cash book there is no answer yet."""
        bank_in_area(who, waste_bank_id, rollout.current)
        day = on or wib.day(clock.now())
        cash = await cash_booked(waste_bank_id, day, of_caller)
        async with database.reading() as tx:
            book = await day_book(tx, waste_bank_id, day, means.kinds)
            closings = await list_closings(tx, sealer, waste_bank_id, day)
        standing = [each.closing.closing_id for each in closings if each.closing.reopened_at is None]
        return PreviewView(
            waste_bank_id=waste_bank_id,
            on=day,
            deposits=len(book.deposit_ids),
            classes=[
                ClassBooked(waste_class=each, booked_grams=book.classes[each])
                for each in WasteClass
                if each in book.classes
            ],
            cash_booked_rupiah=cash,
            closed_by_closing_id=standing[0] if standing else None,
        )

    @doors.post(
        "",
        status_code=201,
        responses={200: {"model": ClosingView, "description": "Repeated"}},
        summary="Close a day",
    )
    async def close(body: ClosingGiven, who: Staff, of_caller: token, response: Response) -> ClosingView:
        """Differences are signed and kept. 201 closed, 200 repeated; one closing a day."""
        bank_in_area(who, body.waste_bank_id, rollout.current)
        counted = {each.waste_class: each.counted_grams for each in body.classes}
        if len(counted) != len(body.classes):
            raise Problem("invalid_request")
        async with database.reading() as tx:
            before = await read_closing(tx, body.closing_id)
        # A repeat is answered from what was kept, whether or not the cash book answers now.
        cash = 0 if before is not None else await cash_booked(body.waste_bank_id, body.on, of_caller)
        counts = Counts(
            closing_id=body.closing_id,
            waste_bank_id=body.waste_bank_id,
            day_on=body.on,
            classes=counted,
            cash_counted_rupiah=body.cash_counted_rupiah,
            cash_booked_rupiah=cash,
            note=body.note,
        )
        async with database.transaction() as tx:
            closed = await close_day(
                tx,
                sealer,
                counts,
                by=actor_of(who),
                kinds=means.kinds,
                rollout=rollout.current,
                now=clock.now(),
            )
            if isinstance(closed, ClosingRefusal):
                raise Problem(closed)
        if not closed.new:
            response.status_code = 200
        return _view(closed.opened)

    @doors.get("", summary="Closed days")
    async def read_all(who: Staff, waste_bank_id: BankAsked, on: DayAsked = None) -> ClosingList:
        """Of one waste bank, the last 31, or those of one day; each with what came or changed afterwards."""
        bank_in_area(who, waste_bank_id, rollout.current)
        async with database.reading() as tx:
            found = await list_closings(tx, sealer, waste_bank_id, on)
        return ClosingList(closings=[_view(each) for each in found])

    @doors.post("/{closing_id}:reopen", summary="Let a day be counted once more")
    async def reopen(closing_id: UUID, body: Reopening, who: Programme) -> ClosingList:
        """By the programme, with a reason. The closing stays readable. Answers with all closings of that day."""
        async with database.transaction() as tx:
            found = await reopen_day(tx, closing_id, body.reason, actor_of(who), clock.now())
            if isinstance(found, ClosingRefusal):
                raise Problem(found)
            of_day = await list_closings(tx, sealer, found.waste_bank_id, found.day_on)
        return ClosingList(closings=[_view(each) for each in of_day])

    return doors


def _token(request: Request) -> str:
    """The caller's own token, with which the cash book is asked. The role was checked by then."""
    return request.headers.get("authorization", "").removeprefix(_BEARER)


def _view(opened: OpenedClosing) -> ClosingView:
    closing = opened.closing
    return ClosingView(
        closing_id=closing.closing_id,
        waste_bank_id=closing.waste_bank_id,
        on=closing.day_on,
        closed_at=closing.closed_at,
        closed_by=closing.closed_by,
        classes=[
            ClassDifferenceView(
                waste_class=each.waste_class,
                booked_grams=each.booked_grams,
                counted_grams=each.counted_grams,
                difference_grams=each.difference_grams,
            )
            for each in opened.classes
        ],
        cash_booked_rupiah=closing.cash_booked_rupiah,
        cash_counted_rupiah=closing.cash_counted_rupiah,
        cash_difference_rupiah=closing.cash_counted_rupiah - closing.cash_booked_rupiah,
        note=opened.note,
        replaces_closing_id=closing.replaces_closing_id,
        reopened_at=closing.reopened_at,
        reopened_by=closing.reopened_by,
        reopen_reason=closing.reopen_reason,
        after_closing=[
            LateDeposit(
                deposit_id=each.deposit_id,
                state=each.state,
                received_at=each.received_at,
                state_since=each.state_since,
            )
            for each in opened.after_closing
        ],
    )
