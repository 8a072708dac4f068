"""The door for enrolling members: one at a time, or all that a tablet enrolled while it had no signal."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import UUID7, BaseModel, Field

from services.identity.api.means import Address, CardNumber, Enrolled, Means, Name, PhoneNumber, Pin, settled
from services.identity.api.turning import asker_of, turn_at_work
from services.identity.domain.cards import Card
from services.identity.domain.people import MemberKind
from services.identity.domain.pin_rules import is_common
from services.identity.domain.refusals import Refusal
from services.identity.workflows import enrolment
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.database import Tx
from shared.runtime.http import Slug
from shared.runtime.problems import Problem, sentence_of
from shared.runtime.tokens import Caller

BATCH_MAX = 200
# A PIN costs a core 50 ms: a batch with this many takes a second, and leaves the other core to those who sign in.
PINS_MAX = 20

Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]


class NewMember(BaseModel):
    """A member as the tablet enrolled them. The id is made there; sending it again is safe."""

    member_id: UUID7
    kind: MemberKind
    name: Name
    phone: PhoneNumber | None = None
    address: Address | None = Field(default=None, description="for pick-ups; stored sealed")
    village: Name | None = None
    waste_bank_id: Slug
    enrolled_at: Enrolled
    card_number: CardNumber | None = Field(
        default=None, description="of a blank card that was allotted to a tablet of the caller's area"
    )
    pin: Pin | None = Field(
        default=None,
        description="chosen by the member who stands there; without one they cannot sign in yet, and later it takes "
        "two of the staff to give them one",
    )


class EnrolledMember(BaseModel):
    """The member, and how many others gave the same phone number: a reason to look twice, never to refuse."""

    member_id: UUID
    code: str
    subdistrict_code: str
    repeated: bool
    others_with_phone: int
    card_id: UUID | None


class NewMembers(BaseModel):
    """What a tablet enrolled while it had no signal."""

    members: Annotated[list[NewMember], Field(min_length=1, max_length=BATCH_MAX)]


class MemberAnswer(BaseModel):
    """What became of one member of a batch; `code` is that of a problem, `detail` its sentence.

    Somebody who is recorded may still lack the card or the PIN that was sent with them: `card_code`, `pin_code`.
    """

    member_id: UUID
    status: Literal["recorded", "repeated", "conflict", "refused"]
    code: str | None = None
    detail: str | None = None
    member_code: str | None = None
    others_with_phone: int = 0
    card_id: UUID | None = None
    card_code: str | None = None
    pin_code: str | None = None


class BatchAnswer(BaseModel):
    """One answer for each member that was sent, in the same order."""

    results: list[MemberAnswer]


def router(means: Means) -> APIRouter:
    """The routes of enrolling."""
    routes = APIRouter(prefix="/v1", tags=["members"])
    database = means.database

    @routes.post(
        "/members", status_code=201, responses={200: {"model": EnrolledMember, "description": "Repeated"}}
    )
    async def enrol(asked: NewMember, response: Response, who: Staff) -> EnrolledMember:
        """Enrol a member: 201 the first time, 200 for the same again."""
        pin_hash = None if asked.pin is None else await _hashed(means, asked.pin, who)
        async with database.transaction() as tx:
            outcome = settled(await _enrol(means, tx, asked, pin_hash, who))
            settled(outcome.card)
            settled(outcome.pin)
        response.status_code = 201 if outcome.is_new else 200
        member = outcome.member
        return EnrolledMember(
            member_id=member.id,
            code=member.code,
            subdistrict_code=member.subdistrict_code,
            repeated=not outcome.is_new,
            others_with_phone=outcome.others_with_phone,
            card_id=outcome.card.id if isinstance(outcome.card, Card) else None,
        )

    @routes.post("/members:batch")
    async def enrol_many(asked: NewMembers, request: Request, who: Staff) -> BatchAnswer:
        """Enrol up to 200 members, at most 20 of them with a PIN; each is recorded, or not, by itself."""
        if sum(each.pin is not None for each in asked.members) > PINS_MAX:
            raise Problem("too_many_pins", pins_max=PINS_MAX)
        language = request.headers.get("accept-language")
        return BatchAnswer(results=[await _enrol_one(means, each, who, language) for each in asked.members])

    return routes


async def _hashed(means: Means, pin: str, who: Caller) -> str:
    if is_common(pin):
        raise Problem(Refusal.PIN_TOO_COMMON.value)
    async with turn_at_work(means, asker_of(who)):
        return await means.pins.hash(pin)


async def _enrol(
    means: Means, tx: Tx, asked: NewMember, pin_hash: str | None, who: Caller
) -> enrolment.Enrolled | Refusal:
    return await enrolment.enrol_member(
        tx,
        means.sealer,
        enrolment.Enrolment(
            id=asked.member_id,
            kind=asked.kind,
            waste_bank_id=asked.waste_bank_id,
            enrolled_at=asked.enrolled_at,
            name=asked.name,
            phone=asked.phone,
            address=asked.address,
            village=asked.village,
            card_number=asked.card_number,
        ),
        pin_hash=pin_hash,
        by=who,
        rollout=means.watcher.current,
        now=means.clock.now(),
    )


async def _enrol_one(means: Means, asked: NewMember, who: Caller, language: str | None) -> MemberAnswer:
    """One of a batch. Neither a common PIN nor a wrong card keeps a member's deposits from being theirs."""
    pin_hash, pin_code = None, None
    if asked.pin is not None:
        try:
            pin_hash = await _hashed(means, asked.pin, who)
        except Problem as problem:
            pin_code = problem.code
    async with means.database.transaction() as tx:
        outcome = await _enrol(means, tx, asked, pin_hash, who)
    if isinstance(outcome, Refusal):
        conflict = outcome in {Refusal.MEMBER_CONFLICT, Refusal.MEMBER_ERASED}
        return MemberAnswer(
            member_id=asked.member_id,
            status="conflict" if conflict else "refused",
            code=outcome.value,
            detail=sentence_of(Problem(outcome.value), language),
        )
    card = outcome.card
    return MemberAnswer(
        member_id=asked.member_id,
        status="recorded" if outcome.is_new else "repeated",
        member_code=outcome.member.code,
        others_with_phone=outcome.others_with_phone,
        card_id=card.id if isinstance(card, Card) else None,
        card_code=card.value if isinstance(card, Refusal) else None,
        pin_code=outcome.pin.value if isinstance(outcome.pin, Refusal) else pin_code,
    )
