"""The door for members: reading and changing one, finding who may be the same person."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, model_validator

from services.identity.api.means import Address, Code, Means, Name, PhoneNumber, settled
from services.identity.domain.cards import Card
from services.identity.domain.names import initials
from services.identity.domain.people import Member, MemberKind
from services.identity.domain.phones import masked_phone
from services.identity.domain.refusals import Refusal
from services.identity.workflows import enrolment
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Words
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Knower = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]


class ChangedWords(Asked):
    """What is to be written instead; a field that is not sent stays, one that is null is emptied."""

    name: Name | None = None
    phone: PhoneNumber | None = None
    address: Address | None = None
    village: Name | None = None
    reason: Words

    @model_validator(mode="after")
    def _something_to_change(self) -> Self:
        if not self.model_fields_set - {"reason"}:
            message = "nothing to change"
            raise ValueError(message)
        if "name" in self.model_fields_set and self.name is None:
            message = "a member has a name"
            raise ValueError(message)
        return self


class MemberWords(BaseModel):
    """A member to those who may know them. The phone is masked unless it is one's own.

    With `merged_into` this is an id that was given up: the member lives on under the other one.
    """

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
    card_id: UUID | None
    card_number: str | None
    merged_into: UUID | None


class Sought(Asked):
    """A phone number however it is written, or the code on a card: one of the two."""

    phone: PhoneNumber | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.phone is None) == (self.code is None):
            message = "either a phone or a code"
            raise ValueError(message)
        return self


class FoundMembers(BaseModel):
    """At most twenty, the oldest enrolment first."""

    members: list[MemberWords]


class LookAlike(BaseModel):
    """Another member with the same phone, told by initials only."""

    member_id: UUID
    code: str
    kind: MemberKind
    initials: str
    phone: str | None
    waste_bank_id: str
    enrolled_at: datetime


class LookAlikes(BaseModel):
    """At most twenty, the oldest enrolment first."""

    members: list[LookAlike]


def router(means: Means) -> APIRouter:
    """The routes about members."""
    routes = APIRouter(prefix="/v1", tags=["members"])
    clock, database, sealer = means.clock, means.database, means.sealer

    @routes.get("/members/{member_id}")
    async def read_member(member_id: UUID, who: Knower) -> MemberWords:
        """One member: oneself, or for staff whoever belongs to a waste bank of their area."""
        async with database.reading() as tx:
            found = await enrolment.read_member(tx, sealer, member_id, who)
        if found is None:
            raise Problem(Refusal.UNKNOWN_MEMBER.value)
        return _in_words(*found, own=who.role is Role.MEMBER)

    @routes.post("/members:find")
    async def find_members(asked: Sought, who: Staff) -> FoundMembers:
        """Members of the caller's area with this phone or code. A POST, so that no phone stands in an address."""
        async with database.reading() as tx:
            found = settled(
                await enrolment.find_members(tx, sealer, phone=asked.phone, code=asked.code, by=who)
            )
        return FoundMembers(members=[_in_words(*each, own=False) for each in found])

    @routes.post("/members/{member_id}:change")
    async def change_member(member_id: UUID, asked: ChangedWords, who: Staff) -> MemberWords:
        """Another name, phone or address, with a reason; what it was is not kept."""
        wanted = {name: getattr(asked, name) for name in asked.model_fields_set - {"reason"}}
        async with database.transaction() as tx:
            settled(
                await enrolment.change_member(
                    tx, sealer, member_id, wanted, reason=asked.reason, by=who, now=clock.now()
                )
            )
            found = await enrolment.read_member(tx, sealer, member_id, who)
        if found is None:
            raise Problem(Refusal.UNKNOWN_MEMBER.value)
        return _in_words(*found, own=False)

    @routes.get("/members/{member_id}/look-alikes")
    async def look_alikes(member_id: UUID, who: Staff) -> LookAlikes:
        """Members of the caller's area who gave the same phone number."""
        async with database.reading() as tx:
            found = settled(await enrolment.look_alikes(tx, sealer, member_id, who))
        return LookAlikes(members=[_look_alike(each) for each in found])

    return routes


def _in_words(member: Member, card: Card | None, *, own: bool) -> MemberWords:
    phone = member.phone
    if phone is not None and not own:
        phone = masked_phone(phone)
    return MemberWords(
        member_id=member.id,
        code=member.code,
        kind=member.kind,
        name=member.name,
        phone=phone,
        address=member.address,
        village=member.village,
        waste_bank_id=member.waste_bank_id,
        subdistrict_code=member.subdistrict_code,
        enrolled_at=member.enrolled_at,
        card_id=card.id if card else None,
        card_number=card.number if card else None,
        merged_into=member.merged_into_id,
    )


def _look_alike(member: Member) -> LookAlike:
    return LookAlike(
        member_id=member.id,
        code=member.code,
        kind=member.kind,
        initials=initials(member.name),
        phone=member.phone and masked_phone(member.phone),
        waste_bank_id=member.waste_bank_id,
        enrolled_at=member.enrolled_at,
    )
