"""The door for going: to another waste bank, or away for good."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.identity.api.means import Means, settled
from services.identity.domain.refusals import Refusal
from services.identity.workflows import erasing, moving
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Slug, Words
from shared.runtime.other_doors import OtherDoorError
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller


class Destination(Asked):
    """To which waste bank, and why."""

    waste_bank_id: Slug
    reason: Words


class Moved(BaseModel):
    """Where the member belongs now. `moved_at` is absent if they belonged there already."""

    member_id: UUID
    waste_bank_id: str
    moved_at: datetime | None


class Farewell(Asked):
    """Why staff erase somebody at the counter; members need no reason."""

    reason: Words | None = None


class Gone(BaseModel):
    """Nothing that names the member is readable here since then; elsewhere within a minute."""

    member_id: UUID
    erased_at: datetime


def router(means: Means) -> APIRouter:
    """The routes about moving and leaving."""
    routes = APIRouter(prefix="/v1", tags=["members"])
    clock, database = means.clock, means.database

    @routes.post("/members/{member_id}:move")
    async def move(
        member_id: UUID,
        asked: Destination,
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))],
    ) -> Moved:
        """Let a member belong to another waste bank; both must lie in the caller's area."""
        async with database.transaction() as tx:
            moved = settled(
                await moving.move_member(
                    tx,
                    member_id,
                    asked.waste_bank_id,
                    reason=asked.reason,
                    by=who,
                    rollout=means.watcher.current,
                    now=clock.now(),
                )
            )
        return Moved(
            member_id=member_id,
            waste_bank_id=asked.waste_bank_id,
            moved_at=None if moved is None else moved.moved_at,
        )

    @routes.post("/members/{member_id}:erase")
    async def erase(
        member_id: UUID,
        asked: Farewell,
        who: Annotated[Caller, Depends(allow(Role.MEMBER, Role.PROGRAMME))],
    ) -> Gone:
        """Forget a member for good: oneself, or at the counter. Refused while there is credit or an open hold."""
        if who.role is Role.PROGRAMME and asked.reason is None:
            raise Problem("invalid_request")
        if not who.may_spend:
            # Whoever holds a member's code and PIN, but not the card, must not be able to wipe them out.
            raise Problem("card_code_needed")
        async with database.transaction() as tx:
            begun = await erasing.begin_erasure(
                tx, means.sealer, member_id, by=who, issuer=means.issuer, now=clock.now()
            )
        if isinstance(begun, Refusal):
            raise Problem(begun.value)
        if isinstance(begun, erasing.Erased):
            return Gone(member_id=begun.member_id, erased_at=begun.erased_at)
        await _ask_wallet(means, begun)
        async with database.transaction() as tx:
            erased = settled(
                await erasing.finish_erasure(tx, begun, reason=asked.reason, by=who, now=clock.now())
            )
        return Gone(member_id=erased.member_id, erased_at=erased.erased_at)

    return routes


async def _ask_wallet(means: Means, leaving: erasing.Leaving) -> None:
    """Raises Problem: erase_balance_left, erase_hold_open, or try_again when wallet does not answer."""
    for member_id in leaving.member_ids:
        try:
            answer = await means.wallet.read(f"/v1/members/{member_id}/balance", leaving.token)
            refusal: Refusal | None = erasing.judge_credit(
                int(answer["posted_rupiah"]), int(answer["held_rupiah"])
            )
        except (OtherDoorError, KeyError, TypeError, ValueError) as error:
            raise Problem("try_again") from error
        if refusal is not None:
            raise Problem(refusal.value)
