"""The doors to weighings that look alike: the list, and a person's word about each pair."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.deposit.api.callers import actor_of
from services.deposit.api.means import Means
from services.deposit.api.reading import banks_for
from services.deposit.domain.refusals import Refusal
from services.deposit.workflows.suspicion import Suspicion, let_both_stand, list_suspicions, void_one
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Slug, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, cursor_of, end_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]


class SuspicionView(BaseModel):
    """Two deposits to look at together: the same weight of the same item within an hour, or one bag weighed twice."""

    suspicion_id: UUID
    kind: Literal["same_weighing", "bag_weighed_twice"]
    deposit_id: UUID
    other_deposit_id: UUID
    member_id: UUID
    waste_bank_id: str
    found_at: datetime


class SuspicionPage(BaseModel):
    """Some pairs, the longest waiting first; `next_cursor` is absent after the last."""

    suspicions: list[SuspicionView]
    next_cursor: str | None


class BothStand(Asked):
    """How it is known that both weighings happened."""

    reason: Words


class OneVoided(Asked):
    """Which of the two was entered by mistake, and why."""

    deposit_id: UUID
    reason: Words


class Decided(BaseModel):
    """What a person said about a pair."""

    suspicion_id: UUID
    state: Literal["both_stand", "one_voided"]


def router(means: Means) -> APIRouter:
    """`GET /suspicions`, `POST /suspicions/{suspicion_id}:confirm` and `:void`."""
    doors = APIRouter(prefix="/v1/suspicions", tags=["suspicions"])
    database, rollout, clock = means.database, means.rollout, means.clock

    @doors.get("", summary="Deposits that look alike")
    async def list_all(
        who: Staff,
        waste_bank_id: Annotated[Slug | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> SuspicionPage:
        """What nobody has looked at yet, within the caller's waste banks or area. Both deposits count meanwhile."""
        seen = banks_for(who, waste_bank_id, rollout.current)
        async with database.reading() as tx:
            page = await list_suspicions(tx, seen.waste_bank_ids, seen.not_at, end_of(cursor), limit)
        return SuspicionPage(
            suspicions=[_view(each) for each in page.suspicions],
            next_cursor=None if page.next_place is None else cursor_of(page.next_place),
        )

    @doors.post("/{suspicion_id}:confirm", summary="Both weighings happened")
    async def confirm(suspicion_id: UUID, body: BothStand, who: Staff) -> Decided:
        """Both deposits go on counting. Again changes nothing."""
        async with database.transaction() as tx:
            done = await let_both_stand(tx, suspicion_id, actor_of(who), body.reason, clock.now())
        return _decided(suspicion_id, done)

    @doors.post("/{suspicion_id}:void", summary="One of the two was a mistake")
    async def void(suspicion_id: UUID, body: OneVoided, who: Staff) -> Decided:
        """Voids that deposit as its own door does; the other one goes on counting."""
        async with database.transaction() as tx:
            done = await void_one(tx, suspicion_id, body.deposit_id, actor_of(who), body.reason, clock.now())
        return _decided(suspicion_id, done)

    return doors


def _view(found: Suspicion) -> SuspicionView:
    return SuspicionView.model_validate(found._asdict())


def _decided(suspicion_id: UUID, done: str | Refusal) -> Decided:
    if isinstance(done, Refusal):
        raise Problem(done)
    return Decided(suspicion_id=suspicion_id, state="both_stand" if done == "both_stand" else "one_voided")
