"""Exceptions to prices and deductions: proposed at the waste bank, decided by the programme, listed for ever."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import UUID7, BaseModel, Field

from services.valuation.api.means import Instant, Means, area_of
from services.valuation.domain.exceptions import HOLDS_MAX
from services.valuation.domain.refusals import Refusal
from services.valuation.workflows import exceptions
from services.valuation.workflows.exceptions import StoredException
from shared.kernel.roles import Role
from shared.kernel.words import Grade, ItemCode, PriceRupiah, Word
from shared.runtime.access import allow
from shared.runtime.http import Asked, Slug, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of, page_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Proposer = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Decider = Annotated[Caller, Depends(allow(Role.PROGRAMME))]
Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME, Role.OFFICE))]
ExceptionState = Literal["proposed", "approved", "declined"]


class ExceptionPrice(Asked):
    """Another price for an item in a grade, per kg, litre or piece."""

    item_code: ItemCode
    grade: Grade
    price_rupiah: PriceRupiah


class ExceptionDeduction(Asked):
    """A lower percentage for a beneficiary; one that is above the list's changes nothing."""

    beneficiary: Word
    percent: int = Field(ge=0, le=100)


class ExceptionProposal(Asked):
    """One exception, either a price or a deduction, for one member or for everybody at a waste bank."""

    exception_id: UUID7
    waste_bank_id: Slug
    member_id: UUID | None = None
    price: ExceptionPrice | None = None
    deduction: ExceptionDeduction | None = None
    from_at: Instant
    until_at: Instant
    reason: Words = Field(description="why; no names")


class ExceptionDecision(Asked):
    """Why it is approved, declined or ended."""

    reason: Words


class ExceptionWords(BaseModel):
    """An exception with everything that became of it."""

    exception_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    member_id: UUID | None
    item_code: str | None
    grade: str | None
    price_rupiah: int | None
    beneficiary: str | None
    percent: int | None
    from_at: datetime
    until_at: datetime
    reason: str
    state: ExceptionState
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    decided_reason: str | None
    ended_by: UUID | None
    ended_at: datetime | None
    end_reason: str | None


class ExceptionPage(BaseModel):
    """The newest first; `next_cursor` is null on the last page."""

    exceptions: list[ExceptionWords]
    next_cursor: str | None


def router(means: Means) -> APIRouter:
    """The routes under /price-exceptions."""
    routes = APIRouter(prefix="/v1/price-exceptions", tags=["exceptions"])
    database, clock = means.database, means.clock

    @routes.post("")
    async def propose_exception(asked: ExceptionProposal, who: Proposer) -> ExceptionWords:
        """Propose an exception; no price changes until another person approves it. The same again changes nothing."""
        now = clock.now()
        new = _proposed(asked, who, _subdistrict_of(means, who, asked.waste_bank_id), now)
        async with database.transaction() as tx:
            outcome = await exceptions.propose_exception(tx, new, who, now)
        return _words(outcome)

    @routes.get("")
    async def list_exceptions(
        who: Staff,
        waste_bank_id: Annotated[Slug | None, Query()] = None,
        state: Annotated[ExceptionState | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> ExceptionPage:
        """Every exception of the caller's area, whatever became of it, the newest first."""
        async with database.reading() as tx:
            found = await exceptions.list_exceptions(
                tx, area_of(who), waste_bank_id, state, end_of(cursor), limit + 1
            )
        page, following = page_of(found, limit, lambda each: (each.proposed_at, each.exception_id))
        return ExceptionPage(exceptions=[_words(each) for each in page], next_cursor=following)

    @routes.post("/{exception_id}:approve")
    async def approve_exception(exception_id: UUID, asked: ExceptionDecision, who: Decider) -> ExceptionWords:
        """Let an exception hold; never one's own. From then on tablets show it and deposits are paid by it."""
        async with database.transaction() as tx:
            outcome = await exceptions.decide_exception(
                tx, exception_id, "approved", who, asked.reason, clock.now()
            )
        return _words(outcome)

    @routes.post("/{exception_id}:decline")
    async def decline_exception(exception_id: UUID, asked: ExceptionDecision, who: Decider) -> ExceptionWords:
        """Turn an exception down; never one's own. It stays on the list."""
        async with database.transaction() as tx:
            outcome = await exceptions.decide_exception(
                tx, exception_id, "declined", who, asked.reason, clock.now()
            )
        return _words(outcome)

    @routes.post("/{exception_id}:end")
    async def end_exception(exception_id: UUID, asked: ExceptionDecision, who: Decider) -> ExceptionWords:
        """End an approved exception early. What was weighed before is still paid by it."""
        async with database.transaction() as tx:
            outcome = await exceptions.end_exception(tx, exception_id, who, asked.reason, clock.now())
        return _words(outcome)

    return routes


def _subdistrict_of(means: Means, who: Caller, waste_bank_id: str) -> str:
    subdistrict = means.watcher.current.subdistrict_of(waste_bank_id)
    if subdistrict is None:
        raise Problem(Refusal.WASTE_BANK_UNKNOWN.value)
    if not who.covers_bank(waste_bank_id, subdistrict.kemendagri_code):
        raise Problem("not_your_area")
    return subdistrict.kemendagri_code


def _proposed(asked: ExceptionProposal, who: Caller, subdistrict_code: str, now: datetime) -> StoredException:
    price, deduction = asked.price, asked.deduction
    if (price is None) is (deduction is None):
        raise _impossible()
    return StoredException(
        exception_id=asked.exception_id,
        waste_bank_id=asked.waste_bank_id,
        subdistrict_code=subdistrict_code,
        member_id=asked.member_id,
        item_code=price.item_code if price else None,
        grade=price.grade if price else None,
        price_rupiah=price.price_rupiah if price else None,
        beneficiary=deduction.beneficiary if deduction else None,
        percent=deduction.percent if deduction else None,
        from_at=asked.from_at,
        until_at=asked.until_at,
        reason=asked.reason,
        state="proposed",
        proposed_by=who.subject,
        proposed_at=now,
    )


def _impossible() -> Problem:
    return Problem(Refusal.EXCEPTION_IMPOSSIBLE.value, days_max=HOLDS_MAX.days)


def _words(outcome: StoredException | Refusal) -> ExceptionWords:
    if outcome is Refusal.EXCEPTION_IMPOSSIBLE:
        raise _impossible()
    if isinstance(outcome, Refusal):
        raise Problem(outcome.value)
    return ExceptionWords.model_validate(outcome, from_attributes=True)
