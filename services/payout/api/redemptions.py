"""Redeeming, and following what became of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.payout.api.means import (
    English,
    IdempotencyKey,
    Means,
    buyer_of,
    granted,
    member_of,
    must_spend,
)
from services.payout.workflows.views import RedemptionPage, RedemptionView
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked
from shared.runtime.paging import LIMIT, Cursor, Limit, id_of
from shared.runtime.tokens import Caller

Member = Annotated[Caller, Depends(allow(Role.MEMBER))]
Reader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.PROGRAMME))]
Operator = Annotated[Caller, Depends(allow(Role.OPERATOR))]


class RedemptionWish(Asked):
    """A quote to redeem. `repeat_confirmed` says that buying the same again so soon is meant."""

    quote_id: UUID
    repeat_confirmed: bool = False


def router(means: Means) -> APIRouter:
    """`POST|GET /redemptions`, `GET /redemptions/{id}`, `POST /redemptions/{id}:cancel` and `:hand-over`."""
    doors = APIRouter(prefix="/v1/redemptions", tags=["redemptions"])

    @doors.post("", status_code=202, summary="Redeem a quote")
    async def redeem(
        wish: RedemptionWish, key: IdempotencyKey, who: Member, english: English
    ) -> RedemptionView:
        """Accepted; follow it by its id. The same key again answers with the same redemption as it stands then."""
        buyer = buyer_of(who)
        must_spend(who)
        async with means.database.transaction() as tx:
            answer = await means.redeeming.request_redemption(
                tx, buyer, key, wish.quote_id, repeat_confirmed=wish.repeat_confirmed, english=english
            )
        return granted(answer)

    @doors.get("", summary="A member's own redemptions, newest first")
    async def list_own(
        who: Member,
        english: English,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> RedemptionPage:
        async with means.database.reading() as reading:
            return await means.redeeming.list_redemptions(
                reading, member_of(who), id_of(cursor), limit, whole=who.may_spend, english=english
            )

    @doors.get("/{redemption_id}", summary="One redemption with its timeline")
    async def read(redemption_id: UUID, who: Reader, english: English) -> RedemptionView:
        """Its owner sees number and token, on a browser that was seen before; staff see neither."""
        async with means.database.reading() as reading:
            shown = granted(
                await means.redeeming.read_redemption(reading, redemption_id, who, english=english)
            )
        if shown.token is not None:
            async with means.database.transaction() as tx:
                await means.looking.note_token(tx, shown, who)
        return shown

    @doors.post("/{redemption_id}:cancel", summary="Take back a redemption that waits")
    async def cancel(redemption_id: UUID, who: Member, english: English) -> RedemptionView:
        """Possible while the programme's funds are being topped up, or while cash waits to be fetched."""
        must_spend(who)
        async with means.database.transaction() as tx:
            answer = await means.redeeming.cancel_redemption(
                tx, member_of(who), redemption_id, english=english
            )
        return granted(answer)

    @doors.post("/{redemption_id}:hand-over", summary="Confirm that the cash is in the member's hand")
    async def hand_over(redemption_id: UUID, who: Operator, english: English) -> RedemptionView:
        """By an operator of the waste bank, never by who receives it; out of the bank's cash box and never more."""
        async with means.database.transaction() as tx:
            answer = await means.cash.hand_over(tx, redemption_id, who, english=english)
        return granted(answer)

    return doors
