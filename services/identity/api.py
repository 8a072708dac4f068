"""Identity's door: public keys, signing in, enrolling a member, reading one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import UUID7, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.identity.domain.people import Member, MemberKind
from services.identity.domain.phones import masked_phone
from services.identity.domain.refusals import Refusal
from services.identity.workflows import Sealer, enrolment, sign_in, signing
from services.identity.workflows.pins import Pins, TooManySignInsError
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime.access import allow, anyone
from shared.runtime.database import Database
from shared.runtime.http import Slug
from shared.runtime.problems import Problem
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.tokens import Caller

Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")
]
PhoneNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=24)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00]*$")]
Enrolled = Annotated[
    AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]


class Asked(BaseModel):
    """A request's body: unknown fields are a mistake."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Asked):
    """Code and PIN. An operator names the tablet and gets a token that lasts a working day."""

    code: Code
    pin: Pin
    tablet_id: UUID | None = None


class Token(BaseModel):
    """A signed token, and in clear what stands in it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a word of the standard
    expires_at: datetime
    role: Role
    subject_id: UUID
    member_id: UUID | None
    tablet_id: UUID | None
    waste_bank_ids: list[str]
    subdistrict_codes: list[str]


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


@dataclass(frozen=True, slots=True)
class Means:
    """What the door works with, made in main.py."""

    database: Database
    sealer: Sealer
    pins: Pins
    watcher: RolloutWatcher
    clock: Clock
    issuer: str
    lifetimes: sign_in.Lifetimes
    jwks_max_age_seconds: int


def router(means: Means) -> APIRouter:
    """The routes of identity."""
    routes = APIRouter(prefix="/v1", tags=["identity"])
    clock, database, sealer = means.clock, means.database, means.sealer

    @routes.get("/jwks", dependencies=[Depends(anyone)])
    async def read_keys(response: Response) -> dict[str, list[dict[str, str]]]:
        """The public keys with which anybody can verify our tokens."""
        async with database.transaction() as tx:
            keys = await signing.keep_keys(tx, sealer, clock.now())
        response.headers["Cache-Control"] = f"public, max-age={means.jwks_max_age_seconds}"
        return keys.public

    @routes.post("/tokens", dependencies=[Depends(anyone)])
    async def sign_in_with_pin(asked: SignIn) -> Token:
        """Sign in. Wrong tries are counted, and shut the code for longer and longer."""
        try:
            async with means.pins.turn():
                outcome = await _sign_in(means, asked)
        except TooManySignInsError as error:
            raise Problem("try_again") from error
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        bearer = outcome.bearer
        return Token(
            access_token=outcome.access_token,
            expires_at=outcome.expires_at,
            role=bearer.role,
            subject_id=bearer.subject_id,
            member_id=bearer.member_id,
            tablet_id=bearer.tablet_id,
            waste_bank_ids=sorted(bearer.waste_bank_ids),
            subdistrict_codes=sorted(bearer.subdistrict_codes),
        )

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


async def _sign_in(means: Means, asked: SignIn) -> sign_in.SignedIn | Refusal:
    now = means.clock.now()
    async with means.database.transaction() as tx:
        begun = await sign_in.begin_sign_in(tx, asked.code, now)
    if isinstance(begun, sign_in.Locked):
        minutes = max(1, -(-int((begun.until - now).total_seconds()) // 60))
        raise Problem(Refusal.SIGN_IN_LOCKED.value, minutes=minutes)
    right = await means.pins.matches(begun.pin_hash if begun else None, asked.pin)
    if begun is None or not right:
        return Refusal.WRONG_CODE_OR_PIN
    async with means.database.transaction() as tx:
        return await sign_in.finish_sign_in(
            tx,
            means.sealer,
            begun,
            asked.tablet_id,
            rollout=means.watcher.current,
            issuer=means.issuer,
            lifetimes=means.lifetimes,
            now=means.clock.now(),
        )


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
