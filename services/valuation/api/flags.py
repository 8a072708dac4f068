"""Flagged deposits for the second person, and what any deposit is worth for those whom it concerns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.valuation.api.means import Means, actor_of, area_of, granted
from services.valuation.api.words import Approval, FlagPage, ValuationPage, ValuationWords, valuation_words
from services.valuation.workflows import flags
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.paging import Cursor, Limit, cursor_of, end_of
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
        limit: Limit = 50,
        after: Cursor = None,
    ) -> FlagPage:
        """Deposits of the caller's area that wait for a second person, the longest first."""
        async with database.reading() as tx:
            found = await flags.list_flags(
                tx,
                area=area_of(who),
                waste_bank_id=waste_bank_id,
                subdistrict_code=subdistrict_code,
                after=end_of(after),
                limit=limit,
            )
        last = found[-1] if len(found) == limit else None
        following = cursor_of((last.flag.flagged_at, last.deposit_id)) if last and last.flag else None
        return FlagPage(flags=[valuation_words(each) for each in found], next=following)

    @routes.post("/flags/{deposit_id}:approve")
    async def approve(deposit_id: UUID, asked: Approval, who: Decider) -> ValuationWords:
        """Let a flagged deposit be valued; never one's own. To turn it down, void the deposit at deposit's door."""
        async with database.transaction() as tx:
            outcome = await flags.approve_flag(
                tx,
                deposit_id,
                actor=actor_of(who),
                why=asked.note,
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
    async def list_differences(who: Overseer, limit: Limit = 50, after: Cursor = None) -> ValuationPage:
        """Deposits of the area that were paid otherwise than by the list in force, and what that cost."""
        async with database.reading() as tx:
            found = await flags.list_differences(tx, area_of(who), end_of(after), limit)
        last = found[-1] if len(found) == limit else None
        following = cursor_of((last.weighed_at, last.deposit_id)) if last else None
        return ValuationPage(deposits=[valuation_words(each) for each in found], next=following)

    return routes
