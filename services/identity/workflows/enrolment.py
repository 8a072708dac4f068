"""Enrolling members and reading one; whoever is enrolled is announced by id, never by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.identity.domain.codes import member_code
from services.identity.domain.people import Member, MemberKind
from services.identity.domain.phones import canonical_phone
from services.identity.domain.refusals import Refusal
from services.identity.store import credentials, people
from shared.contracts import MemberRegistered
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a tablet says about a new member. The id was made there, so that a repetition is recognised."""

    id: UUID
    kind: MemberKind
    waste_bank_id: str
    enrolled_at: datetime
    name: str = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The outcome: whether the member is new, and how many others share the phone."""

    member: Member
    is_new: bool
    others_with_phone: int


async def enrol_member(
    tx: Tx,
    sealer: Sealer,
    enrolment: Enrolment,
    *,
    pin_hash: str | None,
    by: Caller,
    rollout: Rollout,
    now: datetime,
) -> Enrolled | Refusal:
    """Enrol once; the same again changes nothing; the same id with other words is a conflict."""
    subdistrict = rollout.subdistrict_of(enrolment.waste_bank_id)
    if subdistrict is None:
        return Refusal.UNKNOWN_WASTE_BANK
    if by.role is Role.OPERATOR and enrolment.waste_bank_id not in by.waste_bank_ids:
        return Refusal.NOT_YOUR_WASTE_BANK
    phone = None if enrolment.phone is None else canonical_phone(enrolment.phone)
    if enrolment.phone is not None and phone is None:
        return Refusal.WRONG_PHONE
    given = Member(
        id=enrolment.id,
        code=member_code(enrolment.id),
        kind=enrolment.kind,
        waste_bank_id=enrolment.waste_bank_id,
        subdistrict_code=subdistrict.kemendagri_code,
        enrolled_at=enrolment.enrolled_at,
        enrolled_by=by.subject,
        name=enrolment.name,
        phone=phone,
    )
    is_new = bool(await register(tx, sealer, [given], now))
    stored = given if is_new else await people.find_member(tx, sealer, given.id)
    if stored is None or _words(stored) != _words(given):
        return Refusal.MEMBER_CONFLICT
    if pin_hash is not None:
        await credentials.add_credentials(tx, [(stored.code, Role.MEMBER, stored.id, pin_hash)])
    others = 0 if phone is None else await people.count_with_phone(tx, sealer, phone, but=given.id)
    return Enrolled(stored, is_new, others)


async def register(tx: Tx, sealer: Sealer, members: Sequence[Member], now: datetime) -> set[UUID]:
    """Store the members that are new and announce them; returns their ids."""
    new = await people.add_members(tx, sealer, members, now)
    await say(
        tx,
        [
            MemberRegistered(
                event_id=uuid7(),
                recorded_at=now,
                member_id=member.id,
                kind=member.kind,
                waste_bank_id=member.waste_bank_id,
                subdistrict_code=member.subdistrict_code,
                enrolled_at=member.enrolled_at,
                enrolled_by=member.enrolled_by,
                has_phone=member.phone is not None,
            )
            for member in members
            if member.id in new
        ],
    )
    return new


async def read_member(tx: Tx, sealer: Sealer, member_id: UUID, by: Caller) -> Member | None:
    """One member, if the caller may know them: themselves, an operator of their sub-district, the programme."""
    if by.role is Role.MEMBER and by.member_id != member_id:
        return None
    member = await people.find_member(tx, sealer, member_id)
    if member is None or (by.role is Role.OPERATOR and member.subdistrict_code not in by.subdistrict_codes):
        return None
    return member


def _words(member: Member) -> tuple[object, ...]:
    """What makes two enrolments the same: not who sent them, for another may be signed in by then."""
    return member.kind, member.waste_bank_id, member.enrolled_at, member.name, member.phone
