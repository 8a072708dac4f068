"""Enrolling members, reading and changing one; whoever is enrolled is announced by id, never by name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from services.identity.domain.cards import Card
from services.identity.domain.codes import canonical_code, member_code
from services.identity.domain.people import Member, MemberKind
from services.identity.domain.phones import canonical_phone
from services.identity.domain.refusals import Refusal
from services.identity.store import cards as card_store
from services.identity.store import changes, credentials, people
from services.identity.workflows.card_giving import bind_card
from services.identity.workflows.known import covers_bank, knows, lock_known
from shared.contracts import MemberRegistered
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

LOOK_ALIKES_MAX = 20
CHANGEABLE = ("name", "phone", "address", "village")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a tablet says about a new member. The id was made there, so that a repetition is recognised."""

    id: UUID
    kind: MemberKind
    waste_bank_id: str
    enrolled_at: datetime
    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(default=None, repr=False)
    village: str | None = field(default=None, repr=False)
    card_number: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The outcome: whether the member is new, how many share the phone, what became of the card and of the PIN."""

    member: Member
    is_new: bool
    others_with_phone: int
    card: Card | Refusal | None
    pin: Refusal | None = None


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
    """Enrol once; the same again changes nothing; the same id with other words is a conflict.

    A card that cannot be given does not keep anybody from being enrolled: the outcome tells why. Who wants both or
    nothing rolls back. A PIN comes with the enrolment or takes two of the staff: whoever could add one alone could
    take what a member without one has saved.
    """
    given = _as_given(enrolment, by, rollout)
    if isinstance(given, Refusal):
        return given
    is_new = bool(await register(tx, sealer, [given], now))
    stored = given if is_new else await _stored(tx, sealer, given)
    if isinstance(stored, Refusal):
        return stored
    refused_pin = None if pin_hash is None else await _give_pin(tx, stored, pin_hash, is_new=is_new)
    card: Card | Refusal | None = None
    if enrolment.card_number is not None:
        card = await bind_card(tx, enrolment.card_number, stored, by=by, rollout=rollout, now=now)
    if is_new:
        await note(tx, [_enrolled(stored, by, card, with_pin=pin_hash is not None)], now)
    others = (
        0 if given.phone is None else await people.count_with_phone(tx, sealer, given.phone, but=given.id)
    )
    return Enrolled(stored, is_new, others, card, refused_pin)


async def _give_pin(tx: Tx, member: Member, pin_hash: str, *, is_new: bool) -> Refusal | None:
    if is_new:
        await credentials.add_credentials(tx, [(member.code, Role.MEMBER, member.id, pin_hash)])
        return None
    has_one = member.merged_into_id is not None or await credentials.codes_present(tx, [member.code])
    return None if has_one else Refusal.FIRST_PIN_NEEDS_TWO


async def register(tx: Tx, sealer: Sealer, members: Sequence[Member], now: datetime) -> set[UUID]:
    """Store the members that are new and announce them; returns their ids."""
    given = sorted(members, key=lambda member: member.id)
    new = await people.add_members(tx, sealer, [(member, _digest(sealer, member)) for member in given], now)
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
            for member in given
            if member.id in new
        ],
    )
    await changes.mark_changed(
        tx, [(member.waste_bank_id, member.id, None) for member in given if member.id in new]
    )
    return new


async def read_member(
    tx: Tx, sealer: Sealer, member_id: UUID, by: Caller
) -> tuple[Member, Card | None] | None:
    """One member with their working card, if the caller may know them."""
    member = await people.find_member(tx, sealer, member_id)
    if member is None or not knows(by, member):
        return None
    return member, await card_store.working_card(tx, member_id)


async def change_member(
    tx: Tx,
    sealer: Sealer,
    member_id: UUID,
    wanted: Mapping[str, str | None],
    *,
    reason: str,
    by: Caller,
    now: datetime,
) -> Member | Refusal:
    """Write another name, phone, address or village; a field that is not in `wanted` stays. Values are not audited."""
    standing = await lock_known(tx, member_id, by)
    if isinstance(standing, Refusal):
        return standing
    before = await people.find_member(tx, sealer, member_id)
    if before is None:
        return Refusal.UNKNOWN_MEMBER
    after = _rewritten(before, wanted)
    if isinstance(after, Refusal):
        return after
    changed = [name for name in CHANGEABLE if getattr(before, name) != getattr(after, name)]
    if not changed:
        return before
    await people.change_member(tx, sealer, after, _digest(sealer, before))
    await changes.mark_changed(tx, [(after.waste_bank_id, member_id, None)])
    act = Act(
        "change_member",
        "member",
        str(member_id),
        subdistrict_code=after.subdistrict_code,
        after={"changed": changed},
        reason=reason,
        **done_by(by),
    )
    await note(tx, [act], now)
    return after


async def find_members(
    tx: Tx, sealer: Sealer, *, phone: str | None, code: str | None, by: Caller
) -> list[tuple[Member, Card | None]] | Refusal:
    """Members of the caller's area with a phone, or with a code; with neither, nobody."""
    found: list[Member] = []
    if phone is not None:
        canonical = canonical_phone(phone)
        if canonical is None:
            return Refusal.WRONG_PHONE
        found = await people.with_phone(tx, sealer, canonical, None, LOOK_ALIKES_MAX)
    elif code is not None:
        member = await people.find_by_code(tx, sealer, canonical_code(code))
        found = [] if member is None else [member]
    return [(each, await card_store.working_card(tx, each.id)) for each in found if knows(by, each)]


async def look_alikes(tx: Tx, sealer: Sealer, member_id: UUID, by: Caller) -> list[Member] | Refusal:
    """Members of the caller's area who gave the same phone: perhaps the same person, perhaps a family."""
    member = await people.find_member(tx, sealer, member_id)
    if member is None or not knows(by, member):
        return Refusal.UNKNOWN_MEMBER
    if member.phone is None:
        return []
    others = await people.with_phone(tx, sealer, member.phone, member_id, LOOK_ALIKES_MAX)
    return [other for other in others if knows(by, other)]


def _rewritten(before: Member, wanted: Mapping[str, str | None]) -> Member | Refusal:
    phone = before.phone
    if "phone" in wanted:
        typed = wanted["phone"]
        phone = None if typed is None else canonical_phone(typed)
        if typed is not None and phone is None:
            return Refusal.WRONG_PHONE
    return replace(
        before,
        name=wanted.get("name") or before.name,
        phone=phone,
        address=wanted.get("address", before.address),
        village=wanted.get("village", before.village),
    )


def _as_given(enrolment: Enrolment, by: Caller, rollout: Rollout) -> Member | Refusal:
    subdistrict = rollout.subdistrict_of(enrolment.waste_bank_id)
    if subdistrict is None:
        return Refusal.UNKNOWN_WASTE_BANK
    if not covers_bank(by, enrolment.waste_bank_id, rollout):
        return Refusal.NOT_YOUR_WASTE_BANK
    phone = None if enrolment.phone is None else canonical_phone(enrolment.phone)
    if enrolment.phone is not None and phone is None:
        return Refusal.WRONG_PHONE
    return Member(
        id=enrolment.id,
        code=member_code(enrolment.id),
        kind=enrolment.kind,
        waste_bank_id=enrolment.waste_bank_id,
        subdistrict_code=subdistrict.kemendagri_code,
        enrolled_at=enrolment.enrolled_at,
        enrolled_by=by.subject,
        name=enrolment.name,
        phone=phone,
        address=enrolment.address,
        village=enrolment.village,
    )


async def _stored(tx: Tx, sealer: Sealer, given: Member) -> Member | Refusal:
    """Who has the id already: the same, as the digest of the first enrolment tells, whatever changed since."""
    standing = (await people.lock_standings(tx, [given.id])).get(given.id)
    if standing is not None and standing.erased_at is not None:
        return Refusal.MEMBER_ERASED
    stored = await people.find_member(tx, sealer, given.id)
    if stored is None:
        return Refusal.MEMBER_CONFLICT
    digest = await people.find_digest(tx, given.id) or _digest(sealer, stored)
    return stored if digest == _digest(sealer, given) else Refusal.MEMBER_CONFLICT


def _digest(sealer: Sealer, member: Member) -> bytes:
    """What makes two enrolments the same: not who sent them, for another may be signed in by then."""
    words = [
        member.kind,
        member.waste_bank_id,
        member.enrolled_at.astimezone(UTC).isoformat(timespec="microseconds"),
        member.name,
        member.phone,
        member.address,
        member.village,
    ]
    return sealer.blind_index("enrolment|" + json.dumps(words))


def _enrolled(member: Member, by: Caller, card: Card | Refusal | None, *, with_pin: bool) -> Act:
    return Act(
        "enrol_member",
        "member",
        str(member.id),
        subdistrict_code=member.subdistrict_code,
        after={
            "kind": member.kind,
            "waste_bank_id": member.waste_bank_id,
            "has_phone": member.phone is not None,
            "card_id": str(card.id) if isinstance(card, Card) else None,
            "with_pin": with_pin,
        },
        **done_by(by),
    )
