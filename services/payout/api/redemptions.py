"""Redeeming, and following what became of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from services.payout.api.counter import Counter, English, IdempotencyKey, granted
from services.payout.workflows.views import RedemptionPage, RedemptionView
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Member = Annotated[Caller, Depends(allow(Role.MEMBER))]
Reader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.PROGRAMME))]


class RedemptionWish(BaseModel):
    """A quote to redeem. `repeat_confirmed` says that buying the same again so soon is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quote_id: UUID
    repeat_confirmed: bool = False


def router(counter: Counter) -> APIRouter:
    """`POST|GET /redemptions`, `GET /redemptions/{id}`, `POST /redemptions/{id}:cancel`."""
    doors = APIRouter(prefix="/redemptions", tags=["redemptions"])

    @doors.post("", status_code=202, summary="Redeem a quote")
    async def redeem(
        wish: RedemptionWish, key: IdempotencyKey, who: Member, english: English
    ) -> RedemptionView:
        """Accepted; follow it by its id. The same key again answers with the same redemption as it stands then."""
        member_id = _member(who)
        async with counter.database.transaction() as tx:
            answer = await counter.redeeming.request_redemption(
                tx, member_id, key, wish.quote_id, repeat_confirmed=wish.repeat_confirmed, english=english
            )
        return granted(answer)

    @doors.get("", summary="A member's own redemptions, newest first")
    async def list_own(
        who: Member,
        english: English,
        before: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    ) -> RedemptionPage:
        async with counter.database.connection() as reading:
            return await counter.redeeming.list_redemptions(reading, _member(who), before, english=english)

    @doors.get("/{redemption_id}", summary="One redemption with its timeline")
    async def read(redemption_id: UUID, who: Reader, english: English) -> RedemptionView:
        """Its owner sees number and token; staff see neither."""
        member_id = _member(who) if who.role is Role.MEMBER else None
        async with counter.database.connection() as reading:
            return granted(
                await counter.redeeming.read_redemption(reading, redemption_id, member_id, english=english)
            )

    @doors.post("/{redemption_id}:cancel", summary="Take back a redemption that waits for funds")
    async def cancel(redemption_id: UUID, who: Member, english: English) -> RedemptionView:
        """Possible only while the programme's funds are being topped up: nothing has been bought then."""
        async with counter.database.transaction() as tx:
            answer = await counter.redeeming.cancel_redemption(
                tx, _member(who), redemption_id, english=english
            )
        return granted(answer)

    return doors


def _member(who: Caller) -> UUID:
    if who.member_id is None:
        raise Problem("not_allowed")
    return who.member_id
