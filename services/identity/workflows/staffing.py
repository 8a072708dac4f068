"""Who works for the programme, and where. Nobody gives more than they have themselves, and nobody serves themselves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.identity.domain.areas import Area, misfit, within
from services.identity.domain.people import Staff
from services.identity.domain.refusals import Refusal
from services.identity.domain.sessions import Ending
from services.identity.store import credentials, pins
from services.identity.store import staff as store
from services.identity.workflows import sessions
from services.identity.workflows.pin_changes import (
    FIRST_PIN_LASTS,
    OneTimeCode,
    area_of_caller,
    hand_out_code,
)
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, Values, done_by, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Hired:
    """A new colleague and the code with which they choose their first PIN; None when this is a repetition."""

    person: Staff
    first_pin: OneTimeCode | None


async def hire(
    tx: Tx, sealer: Sealer, who: Caller, person: Staff, rollout: Rollout, now: datetime
) -> Hired | Refusal:
    """Somebody begins to work for the programme. The same again changes nothing and tells no new code."""
    refused = _refused(who, person.role, person.area, rollout)
    if refused is not None:
        return refused
    known = await store.lock_staff(tx, sealer, person.id)
    if known is not None:
        same = (known.code, known.role, known.name) == (person.code, person.role, person.name)
        return Hired(known, None) if same else Refusal.STAFF_CODE_TAKEN
    if await store.code_is_taken(tx, person.code):
        return Refusal.STAFF_CODE_TAKEN
    await store.add_staff(tx, sealer, [person], by=who.subject)
    first_pin = await hand_out_code(tx, person.code, person.role, person.id, now + FIRST_PIN_LASTS)
    await note(tx, [_act("staff_hired", who, person, after=_as_hired(person))], now)
    return Hired(person, first_pin)


async def appoint(
    tx: Tx, sealer: Sealer, person: Staff, rollout: Rollout, now: datetime
) -> OneTimeCode | Refusal:
    """The first person of a programme, whom nobody can hire: named by who has the machine and its secrets.

    The audit says that the service did it, and for whom. It works later too, for a programme that lost all its people.
    """
    wrong = misfit(person.role, person.area, rollout)
    if wrong is not None:
        return wrong
    if await store.code_is_taken(tx, person.code):
        return Refusal.STAFF_CODE_TAKEN
    await store.add_staff(tx, sealer, [person])
    await note(tx, [Act("staff_appointed", "staff", str(person.id), after=_as_hired(person))], now)
    return await hand_out_code(tx, person.code, person.role, person.id, now + FIRST_PIN_LASTS)


async def move(
    tx: Tx,
    sealer: Sealer,
    who: Caller,
    staff_id: UUID,
    *,
    area: Area,
    reason: str,
    rollout: Rollout,
    now: datetime,
) -> Staff | Refusal:
    """Somebody works elsewhere: their sessions end, and new tokens carry the new area."""
    person = await _theirs(tx, sealer, who, staff_id, rollout)
    if isinstance(person, Refusal):
        return person
    refused = _refused(who, person.role, area, rollout)
    if refused is not None:
        return refused
    if area != person.area:
        await store.set_area(tx, staff_id, area)
        await sessions.end_all(tx, staff_id, Ending.AREA_CHANGED, now)
        act = _act(
            "staff_moved", who, person, before=_in_words(person.area), after=_in_words(area), reason=reason
        )
        await note(tx, [act], now)
    moved = await store.lock_staff(tx, sealer, staff_id)
    return moved or Refusal.UNKNOWN_STAFF


async def end(
    tx: Tx, sealer: Sealer, who: Caller, staff_id: UUID, *, reason: str, rollout: Rollout, now: datetime
) -> Staff | Refusal:
    """Somebody leaves: code, PIN and sessions are gone at once, what they did keeps their id."""
    person = await _theirs(tx, sealer, who, staff_id, rollout)
    if isinstance(person, Refusal):
        return person
    await store.end_staff(tx, staff_id, now)
    await credentials.delete_credential(tx, staff_id)
    await pins.delete_pin_codes(tx, [staff_id])
    await sessions.end_all(tx, staff_id, Ending.STAFF_ENDED, now)
    await note(tx, [_act("staff_ended", who, person, reason=reason)], now)
    ended = await store.lock_staff(tx, sealer, staff_id)
    return ended or Refusal.UNKNOWN_STAFF


async def list_staff(
    tx: Tx, sealer: Sealer, who: Caller, rollout: Rollout, *, after: str, at_most: int
) -> list[Staff]:
    """The colleagues whose area lies in the caller's, by code, behind a code."""
    found: list[Staff] = []
    own = area_of_caller(who)
    while True:
        page = await store.list_staff(tx, sealer, after, _READ_AT_ONCE)
        for person in page:
            after = person.code
            if within(person.area, own, rollout):
                found.append(person)
            if len(found) == at_most:
                return found
        if len(page) < _READ_AT_ONCE:
            return found


async def _theirs(tx: Tx, sealer: Sealer, who: Caller, staff_id: UUID, rollout: Rollout) -> Staff | Refusal:
    person = await store.lock_staff(tx, sealer, staff_id)
    if person is None or person.ended_at is not None or not within(person.area, area_of_caller(who), rollout):
        return Refusal.UNKNOWN_STAFF
    return Refusal.OWN_STAFF_RECORD if person.id == who.subject else person


def _refused(who: Caller, role: Role, area: Area, rollout: Rollout) -> Refusal | None:
    wrong = misfit(role, area, rollout)
    if wrong is not None:
        return wrong
    return None if within(area, area_of_caller(who), rollout) else Refusal.NOT_YOUR_AREA


def _as_hired(person: Staff) -> Values:
    return {"code": person.code, "role": person.role.value, **_in_words(person.area)}


def _in_words(area: Area) -> Values:
    return {
        "waste_bank_ids": sorted(area.waste_bank_ids),
        "subdistrict_codes": sorted(area.subdistrict_codes),
        "regency_codes": sorted(area.regency_codes),
    }


def _act(
    action: str,
    who: Caller,
    person: Staff,
    *,
    before: Values | None = None,
    after: Values | None = None,
    reason: str | None = None,
) -> Act:
    return Act(action, "staff", str(person.id), before=before, after=after, reason=reason, **done_by(who))
