"""The door for members: enrolling one, reading one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import UUID7, BaseModel, Field

from services.identity.api.means import Asked, Enrolled, Means, Name, PhoneNumber, Pin
from services.identity.domain.people import Member, MemberKind
from services.identity.domain.phones import masked_phone
from services.identity.domain.refusals import Refusal
from services.identity.workflows import enrolment
from services.identity.workflows.pins import TooManySignInsError
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller


class NewMember(Asked):
    """A member as the tablet enrolled them. The id is made there; sending it again is safe."""

    member_id: UUID7
    kind: MemberKind
    name: Name
    phone: PhoneNumber | None = None
    waste_bank_id: Slug
    enrolled_at: Enrolled
    pin: Pin | None = Field(
        default=None, description="chosen by the member; without one they cannot sign in yet"
    )


class EnrolledMember(BaseModel):
    """The member, and how many others gave the same phone number: a reason to look twice, never to refuse."""

    member_id: UUID
    code: str
    subdistrict_code: str
    repeated: bool
    others_with_phone: int


class MemberWords(BaseModel):
    """A member to those who may know them. The phone is masked unless it is one's own."""

    member_id: UUID
    code: str
    kind: MemberKind
    name: str
    phone: str | None
    waste_bank_id: str
    subdistrict_code: str
    enrolled_at: datetime


def router(means: Means) -> APIRouter:
    """The routes about members."""
    routes = APIRouter(prefix="/v1", tags=["members"])
    clock, database, sealer = means.clock, means.database, means.sealer

    @routes.post("/members", status_code=201)
    async def enrol(
        asked: NewMember,
        response: Response,
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))],
    ) -> EnrolledMember:
        """Enrol a member: 201 the first time, 200 for the same again."""
        pin_hash = None
        if asked.pin is not None:
            try:
                async with means.pins.turn():
                    pin_hash = await means.pins.hash(asked.pin)
            except TooManySignInsError as error:
                raise Problem("try_again") from error
        given = enrolment.Enrolment(
            asked.member_id, asked.kind, asked.waste_bank_id, asked.enrolled_at, asked.name, asked.phone
        )
        async with database.transaction() as tx:
            outcome = await enrolment.enrol_member(
                tx, sealer, given, pin_hash=pin_hash, by=who, rollout=means.watcher.current, now=clock.now()
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        response.status_code = 201 if outcome.is_new else 200
        member = outcome.member
        return EnrolledMember(
            member_id=member.id,
            code=member.code,
            subdistrict_code=member.subdistrict_code,
            repeated=not outcome.is_new,
            others_with_phone=outcome.others_with_phone,
        )

    @routes.get("/members/{member_id}")
    async def read_member(
        member_id: UUID, who: Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]
    ) -> MemberWords:
        """One member: oneself, or for operators of the same sub-district and for the programme."""
        async with database.reading() as tx:
            member = await enrolment.read_member(tx, sealer, member_id, who)
        if member is None:
            raise Problem(Refusal.UNKNOWN_MEMBER.value)
        return _in_words(member, own=who.role is Role.MEMBER)

    return routes


def _in_words(member: Member, *, own: bool) -> MemberWords:
    phone = member.phone
    if phone is not None and not own:
        phone = masked_phone(phone)
    return MemberWords(
        member_id=member.id,
        code=member.code,
        kind=member.kind,
        name=member.name,
        phone=phone,
        waste_bank_id=member.waste_bank_id,
        subdistrict_code=member.subdistrict_code,
        enrolled_at=member.enrolled_at,
    )
