"""The door through which members take away what is known about them here."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.identity.api.means import Means, settled
from services.identity.domain.people import MemberKind
from services.identity.workflows import own_record
from services.identity.workflows.own_record import OwnRecord
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.spreadsheets import CSV_TOO, csv_answer
from shared.runtime.tokens import Caller

_HEAD = ("part", "number", "field", "value")


class OwnEnrolment(BaseModel):
    """One enrolment in clear: the member's own, or one that was merged into it."""

    member_id: UUID
    code: str
    kind: MemberKind
    name: str
    phone: str | None
    address: str | None
    village: str | None
    waste_bank_id: str
    subdistrict_code: str
    enrolled_at: datetime


class OwnCard(BaseModel):
    """A card that the member has or had."""

    card_id: UUID
    number: str
    given_at: datetime | None
    blocked_at: datetime | None
    blocked_reason: str | None


class OwnMove(BaseModel):
    """From one waste bank to another."""

    moved_at: datetime
    from_waste_bank_id: str
    waste_bank_id: str
    reason: str | None


class OwnDeed(BaseModel):
    """Something that was done here about the member, and the role of who did it."""

    at: datetime
    action: str
    actor_role: str


class OwnRecordAnswer(BaseModel):
    """All that identity knows about a member. Deposits, credit and redemptions are told by their own services."""

    member: OwnEnrolment
    merged: list[OwnEnrolment]
    cards: list[OwnCard]
    moves: list[OwnMove]
    deeds: list[OwnDeed]
    can_sign_in: bool


def router(means: Means) -> APIRouter:
    """The route of one's own record."""
    routes = APIRouter(prefix="/v1", tags=["members"])

    @routes.get(
        "/members/{member_id}/own-data",
        response_model=OwnRecordAnswer,
        responses=CSV_TOO,
    )
    async def read_own(
        member_id: UUID,
        who: Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))],
        format: Literal["json", "csv"] = "json",  # noqa: A002 - the word that stands in the address
    ) -> OwnRecordAnswer | Response:
        """All that is known here about a member, for themselves or at the counter; that staff looked is audited."""
        async with means.database.transaction() as tx:
            found = settled(
                await own_record.own_record(tx, means.sealer, member_id, by=who, now=means.clock.now())
            )
        answer = _answer(found)
        if format == "json":
            return answer
        return csv_answer(f"identity-{member_id}.csv", _HEAD, _values(answer))

    return routes


def _answer(found: OwnRecord) -> OwnRecordAnswer:
    enrolments = [
        OwnEnrolment(
            member_id=each.id,
            code=each.code,
            kind=each.kind,
            name=each.name,
            phone=each.phone,
            address=each.address,
            village=each.village,
            waste_bank_id=each.waste_bank_id,
            subdistrict_code=each.subdistrict_code,
            enrolled_at=each.enrolled_at,
        )
        for each in (found.member, *found.absorbed)
    ]
    return OwnRecordAnswer(
        member=enrolments[0],
        merged=enrolments[1:],
        cards=[
            OwnCard(
                card_id=card.id,
                number=card.number,
                given_at=card.bound_at,
                blocked_at=card.blocked_at,
                blocked_reason=card.blocked_why,
            )
            for card in found.cards
        ],
        moves=[
            OwnMove(
                moved_at=move.moved_at,
                from_waste_bank_id=move.from_waste_bank_id,
                waste_bank_id=move.waste_bank_id,
                reason=move.why,
            )
            for move in found.moves
        ],
        deeds=[OwnDeed(at=deed.at, action=deed.action, actor_role=deed.actor_role) for deed in found.deeds],
        can_sign_in=found.can_sign_in,
    )


def _values(answer: OwnRecordAnswer) -> Iterator[tuple[str, int, str, object]]:
    """One row a value: part, number within the part, field, value."""
    parts: dict[str, list[BaseModel]] = {
        "member": [answer.member],
        "merged": [*answer.merged],
        "card": [*answer.cards],
        "move": [*answer.moves],
        "deed": [*answer.deeds],
    }
    for part, entries in parts.items():
        for number, entry in enumerate(entries, start=1):
            for field, value in entry.model_dump(mode="json").items():
                yield part, number, field, value
    yield "sign_in", 1, "can_sign_in", answer.can_sign_in
