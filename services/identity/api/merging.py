"""The door for merging two enrolments of one person: proposed by one, decided by another."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.identity.api.means import Means, settled
from services.identity.domain.merges import Proposal, State
from services.identity.workflows import merging
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, id_of, page_of
from shared.runtime.tokens import Caller

Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]


class Sameness(Asked):
    """Into which member this one is to be merged, and why they are thought to be one person."""

    into_member_id: UUID
    reason: Words


class Decision(Asked):
    """Why it is confirmed or declined."""

    reason: Words | None = None


class MergeWords(BaseModel):
    """A proposal, and what became of it. `overtaken`: one of the two was merged with another one, or left."""

    merge_id: UUID
    member_id: UUID
    into_member_id: UUID
    state: State
    proposed_by: UUID
    proposed_at: datetime
    reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    decided_reason: str | None


class MergePage(BaseModel):
    """Oldest first. `next_cursor` is null on the last page."""

    merges: list[MergeWords]
    next_cursor: str | None


def router(means: Means) -> APIRouter:
    """The routes about merging."""
    routes = APIRouter(prefix="/v1", tags=["merging"])
    clock, database = means.clock, means.database

    @routes.post(
        "/members/{member_id}:propose-merge",
        status_code=201,
        responses={200: {"model": MergeWords, "description": "Repeated"}},
    )
    async def propose(member_id: UUID, asked: Sameness, response: Response, who: Staff) -> MergeWords:
        """Say that this member and another one are one person, of whom the other one stays: 201, or 200 again."""
        now = clock.now()
        async with database.transaction() as tx:
            proposal = settled(
                await merging.propose_merge(
                    tx, member_id, asked.into_member_id, reason=asked.reason, by=who, now=now
                )
            )
        response.status_code = 201 if proposal.proposed_at == now else 200
        return _in_words(proposal)

    @routes.get("/merges")
    async def list_merges(
        who: Staff, state: State = "open", cursor: Cursor = None, limit: Limit = LIMIT
    ) -> MergePage:
        """Proposals about members of the caller's area."""
        async with database.reading() as tx:
            found = await merging.list_merges(tx, state, by=who, after=id_of(cursor), at_most=limit + 1)
        page, following = page_of(found, limit, lambda each: each.id)
        return MergePage(merges=[_in_words(each) for each in page], next_cursor=following)

    @routes.post("/merges/{merge_id}:confirm")
    async def confirm(merge_id: UUID, asked: Decision, who: Staff) -> MergeWords:
        """Merge the two for good. Never by whoever proposed it."""
        return await _decide(merge_id, asked, who, confirm=True)

    @routes.post("/merges/{merge_id}:decline")
    async def decline(merge_id: UUID, asked: Decision, who: Staff) -> MergeWords:
        """They are two people. Never by whoever proposed it."""
        return await _decide(merge_id, asked, who, confirm=False)

    async def _decide(merge_id: UUID, asked: Decision, who: Caller, *, confirm: bool) -> MergeWords:
        async with database.transaction() as tx:
            return _in_words(
                settled(
                    await merging.decide_merge(
                        tx, merge_id, confirm=confirm, reason=asked.reason, by=who, now=clock.now()
                    )
                )
            )

    return routes


def _in_words(proposal: Proposal) -> MergeWords:
    return MergeWords(
        merge_id=proposal.id,
        member_id=proposal.member_id,
        into_member_id=proposal.into_member_id,
        state=proposal.state,
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        reason=proposal.why,
        decided_by=proposal.decided_by,
        decided_at=proposal.decided_at,
        decided_reason=proposal.decided_why,
    )
