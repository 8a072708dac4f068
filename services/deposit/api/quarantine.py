"""The doors to what was set aside: the list, and its resolution by a second person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.deposit.api.bodies import Acceptance, DepositPage, Rejection, StateAnswer
from services.deposit.api.callers import actor_of
from services.deposit.api.means import Means
from services.deposit.api.reading import banks_for, page_of
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State
from services.deposit.workflows.quarantine import accept_quarantined, reject_quarantined
from services.deposit.workflows.reading import Wanted, list_quarantine
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Decider = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]


def router(means: Means) -> APIRouter:
    """`GET /quarantine`, `POST /quarantine/{deposit_id}:accept` and `:reject`."""
    doors = APIRouter(prefix="/v1/quarantine", tags=["quarantine"])
    database, rollout, clock = means.database, means.rollout, means.clock

    @doors.get("", summary="What waits for a person's decision")
    async def list_all(
        who: Decider,
        waste_bank_id: Annotated[Slug | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> DepositPage:
        """The longest waiting first; an operator sees the own waste banks, the programme its area."""
        seen = banks_for(who, waste_bank_id, rollout.current)
        wanted = Wanted(
            waste_bank_ids=seen.waste_bank_ids, not_at=seen.not_at, after=end_of(cursor), limit=limit
        )
        async with database.reading() as tx:
            return page_of(await list_quarantine(tx, wanted))

    @doors.post("/{deposit_id}:accept", summary="Let a deposit count after all")
    async def accept(deposit_id: UUID, body: Acceptance, who: Decider) -> StateAnswer:
        """Not by the one who recorded it. It is recorded, or waits for its member."""
        async with database.transaction() as tx:
            decided = await accept_quarantined(
                tx, deposit_id, actor_of(who), body.reason, rollout.current, clock.now()
            )
        return _answer(deposit_id, decided)

    @doors.post("/{deposit_id}:reject", summary="Decide that a deposit will not count")
    async def reject(deposit_id: UUID, body: Rejection, who: Decider) -> StateAnswer:
        """Not by the one who recorded it. The deposit stays readable, with the reason."""
        async with database.transaction() as tx:
            decided = await reject_quarantined(tx, deposit_id, actor_of(who), body.reason, clock.now())
        return _answer(deposit_id, decided)

    return doors


def _answer(deposit_id: UUID, decided: State | Refusal) -> StateAnswer:
    if isinstance(decided, Refusal):
        raise Problem(decided, deposit_id=str(deposit_id))
    return StateAnswer(deposit_id=deposit_id, state=decided)
