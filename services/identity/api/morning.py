"""The door for tablets that were away: what changed about their own bank's members since a cursor."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.identity.api.means import Means, settled
from services.identity.domain.changes import Change
from services.identity.domain.people import Member, MemberKind
from services.identity.domain.refusals import Refusal
from services.identity.workflows import delta
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.paging import Cursor, cursor_of, number_of, unknown_cursor
from shared.runtime.tokens import Caller

_PHONE_TAIL = 4


class CardOfMember(BaseModel):
    """A card that means the member, or meant them until it was blocked."""

    card_id: UUID
    number: str
    blocked: bool


class MemberOfBank(BaseModel):
    """A member as their own bank's tablets know them without a signal."""

    member_id: UUID
    code: str
    kind: MemberKind
    name: str
    phone_tail: str | None
    cards: list[CardOfMember]


class GoneMember(BaseModel):
    """Somebody to forget. One who was merged goes on as `into_member_id`."""

    member_id: UUID
    reason: Literal["moved", "merged", "erased"]
    into_member_id: UUID | None = None


class MembersChanged(BaseModel):
    """At most 500 of `changed` and `gone` together. Ask again with `next_cursor`, at once while there is `more`."""

    changed: list[MemberOfBank]
    gone: list[GoneMember]
    next_cursor: str
    more: bool


def router(means: Means) -> APIRouter:
    """The route of the morning."""
    routes = APIRouter(prefix="/v1", tags=["morning"])
    database, watcher = means.database, means.watcher

    @routes.get("/members:changes")
    async def changes(
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))],
        waste_bank_id: Slug,
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=delta.CHANGES_AT_ONCE)] = delta.CHANGES_AT_ONCE,
    ) -> MembersChanged:
        """What changed about a bank's members since `next_cursor` of the answer before; without one, all of them."""
        after = number_of(cursor) or 0
        async with database.reading() as tx:
            outcome = await delta.members_changed(
                tx, means.sealer, waste_bank_id, after, limit, by=who, rollout=watcher.current
            )
        if outcome is Refusal.UNKNOWN_CURSOR:
            raise unknown_cursor()
        page = settled(outcome)
        return MembersChanged(
            changed=[_member(each.member, each) for each in page.changes if each.member is not None],
            gone=[
                GoneMember(member_id=each.member_id, reason=each.gone, into_member_id=each.into_member_id)
                for each in page.changes
                if each.gone is not None
            ],
            next_cursor=cursor_of(page.passed),
            more=page.more,
        )

    return routes


def _member(member: Member, change: Change) -> MemberOfBank:
    return MemberOfBank(
        member_id=member.id,
        code=member.code,
        kind=member.kind,
        name=member.name,
        phone_tail=member.phone and member.phone[-_PHONE_TAIL:],
        cards=[
            CardOfMember(card_id=card.id, number=card.number, blocked=card.blocked_at is not None)
            for card in change.cards
        ],
    )
