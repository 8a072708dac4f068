"""Flagged deposits for the second person, and what any deposit is worth for those whom it concerns."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.valuation.api.means import Means, area_of, granted
from services.valuation.api.words import Approval, FlagPage, ValuationPage, ValuationWords, valuation_words
from services.valuation.workflows import flags
from services.valuation.workflows.flags import Stored
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of, page_of
from shared.runtime.tokens import Caller

Decider = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME, Role.OFFICE))]
Overseer = Annotated[Caller, Depends(allow(Role.PROGRAMME, Role.OFFICE))]
Concerned = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME, Role.OFFICE))]


def router(means: Means) -> APIRouter:
    """The routes about single deposits."""
    routes = APIRouter(prefix="/v1", tags=["flags"])
    database = means.database

    @routes.get("/flags")
    async def list_flags(
        who: Staff,
        waste_bank_id: Annotated[Slug | None, Query()] = None,
        subdistrict_code: Annotated[Slug | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> FlagPage:
        """Deposits of the caller's area that wait for a second person, the longest first."""
        async with database.reading() as tx:
            found = await flags.list_flags(
                tx,
                area=area_of(who),
                waste_bank_id=waste_bank_id,
                subdistrict_code=subdistrict_code,
                after=end_of(cursor),
                limit=limit + 1,
            )
        page, following = page_of(found, limit, _flagged)
        return FlagPage(flags=[valuation_words(each) for each in page], next_cursor=following)

    @routes.post("/flags/{deposit_id}:approve")
    async def approve(deposit_id: UUID, asked: Approval, who: Decider) -> ValuationWords:
        """Let a flagged deposit be valued; never one's own. To turn it down, void the deposit at deposit's door."""
        async with database.transaction() as tx:
            outcome = await flags.approve_flag(
                tx,
                deposit_id,
                who=who,
                reason=asked.reason,
                books=means.books,
                now=means.clock.now(),
            )
        return valuation_words(granted(outcome))

    @routes.get("/valuations/{deposit_id}")
    async def read_valuation(deposit_id: UUID, who: Concerned) -> ValuationWords:
        """One deposit's price, line by line: for its member, and for staff in whose area it was weighed."""
        member = who.role is Role.MEMBER
        async with database.reading() as tx:
            outcome = await flags.read_valuation(
                tx,
                deposit_id,
                of_member=(who.member_id or who.subject) if member else None,
                covers=who.covers_bank,
            )
        return valuation_words(granted(outcome))

    @routes.get("/price-differences")
    async def list_differences(who: Overseer, cursor: Cursor = None, limit: Limit = LIMIT) -> ValuationPage:
        """Deposits of the area that were paid otherwise than by the list in force, and what that cost."""
        async with database.reading() as tx:
            found = await flags.list_differences(tx, area_of(who), end_of(cursor), limit + 1)
        page, following = page_of(found, limit, lambda each: (each.weighed_at, each.deposit_id))
        return ValuationPage(deposits=[valuation_words(each) for each in page], next_cursor=following)

    return routes


def _flagged(stored: Stored) -> tuple[datetime, UUID]:
    if stored.flag is None:
        raise AssertionError(f"deposit {stored.deposit_id} is listed as flagged and is not")
    return stored.flag.flagged_at, stored.deposit_id
