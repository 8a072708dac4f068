"""PINs are chosen, changed and chosen anew; nobody but their owner ever learns one.

Every workflow that sets a PIN ends the sessions that were there before it.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.identity.domain.areas import Area, within
from services.identity.domain.cards import as_typed
from services.identity.domain.codes import canonical_code
from services.identity.domain.locks import CODE_TRIES
from services.identity.domain.one_time import BITS, one_time_code
from services.identity.domain.people import Credential
from services.identity.domain.refusals import Refusal
from services.identity.domain.sessions import Ending
from services.identity.store import credentials, staff
from services.identity.store import pins as store
from services.identity.store import sessions as session_store
from services.identity.workflows import sessions
from services.identity.workflows.guessing import Counter, Locked, count_pin, forgive_pin, pin_counter
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

# The member stands at the counter while two of the staff agree.
RESET_LASTS = timedelta(minutes=15)
# A new colleague gets the slip today and signs in tomorrow, or after the weekend.
FIRST_PIN_LASTS = timedelta(days=4)
# Each is open for a quarter of an hour.
RESETS_LISTED_MAX = 500


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """What is read to somebody, once, so that they can choose a PIN."""

    code: str
    one_time_code: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A reset that waits for a second person."""

    reset_id: UUID
    until: datetime


async def begin_change(
    tx: Tx, who: Caller, now: datetime
) -> tuple[Credential, Counter | None] | Locked | None:
    """Count a try of the old PIN, where the session's device is counted. None if the caller has no PIN any more."""
    credential = await credentials.lock_credential_of(tx, who.subject)
    if credential is None:
        return None
    session = None if who.session_id is None else await session_store.find_session(tx, who.session_id)
    proven = session is not None and session.is_proven
    counter = pin_counter(
        credential.code,
        tablet_id=session.tablet_id if session and proven else None,
        device_id=session.device_id if session and proven else None,
        card=False,
    )
    return await count_pin(tx, credential, counter, now) or (credential, counter)


async def finish_change(
    tx: Tx, who: Caller, begun: tuple[Credential, Counter | None], pin_hash: str, now: datetime
) -> Refusal | None:
    """Set the new PIN. To be called only when the old one was right; refused if it was taken back since."""
    credential, counter = begun
    there = await credentials.lock_credential_of(tx, who.subject)
    if there is None or there.pin_hash != credential.pin_hash:
        return Refusal.WRONG_OLD_PIN
    await forgive_pin(tx, credential.code, counter)
    await _set_pin(tx, credential, pin_hash, now, but=who.session_id)
    await note(tx, [Act("pin_changed", _kind(who.role), str(who.subject), **done_by(who))], now)
    return None


async def open_reset(
    tx: Tx, sealer: Sealer, who: Caller, code: str, *, reason: str, rollout: Rollout, now: datetime
) -> Opened | Refusal:
    """Somebody of the staff says that the holder of a code stands there and forgot the PIN, or never had one."""
    holder = await store.find_holder(tx, canonical_code(code))
    if holder is None or not await _may_help(tx, sealer, who, holder, rollout):
        return Refusal.UNKNOWN_CODE
    reset = store.PinReset(
        uuid7(), holder.code, holder.role, holder.subject_id, reason, who.subject, now, now + RESET_LASTS
    )
    await store.add_reset(tx, reset)
    await note(tx, [_act("pin_reset_opened", holder, who, reason=reason)], now)
    return Opened(reset.id, reset.until)


async def list_resets(
    tx: Tx, sealer: Sealer, who: Caller, rollout: Rollout, now: datetime
) -> list[store.PinReset]:
    """The resets that wait for a second person, of people whom the caller may help; their own PIN is not among them."""
    found = []
    for reset in await store.open_resets(tx, now, RESETS_LISTED_MAX):
        holder = await store.find_holder(tx, reset.code)
        if holder is None or reset.subject_id == who.subject:
            continue
        if await _may_help(tx, sealer, who, holder, rollout):
            found.append(reset)
    return found


async def confirm_reset(
    tx: Tx, sealer: Sealer, who: Caller, reset_id: UUID, rollout: Rollout, now: datetime
) -> OneTimeCode | Refusal:
    """A second person agrees; the answer is the code with which the owner chooses a PIN."""
    reset = await store.lock_reset(tx, reset_id)
    holder = None if reset is None else await store.find_holder(tx, reset.code)
    if reset is None or holder is None or not await _may_help(tx, sealer, who, holder, rollout):
        return Refusal.UNKNOWN_PIN_RESET
    if who.subject in {reset.opened_by, reset.subject_id}:
        return Refusal.SECOND_PERSON_NEEDED
    if reset.confirmed_by is not None or reset.until <= now:
        return Refusal.PIN_RESET_OVER
    await store.confirm_reset(tx, reset_id, who.subject, now)
    await note(tx, [_act("pin_reset_confirmed", holder, who)], now)
    return await hand_out_code(tx, holder.code, holder.role, holder.subject_id, now + RESET_LASTS)


async def hand_out_code(tx: Tx, code: str, role: Role, subject_id: UUID, until: datetime) -> OneTimeCode:
    """Make the code that lets the holder of `code` choose a PIN."""
    secret = one_time_code(secrets.randbits(BITS))
    await store.put_pin_code(
        tx, store.PinCode(code, role, subject_id, sessions.digest(as_typed(secret)), until)
    )
    return OneTimeCode(code, secret, until)


async def begin_choosing(tx: Tx, code: str, typed: str, now: datetime) -> store.PinCode | Refusal:
    """Whether a one-time code is the right one. A wrong one is counted; the fifth spends it."""
    found = await store.lock_pin_code(tx, canonical_code(code))
    if found is None or found.until <= now or found.wrong_tries >= CODE_TRIES:
        return Refusal.WRONG_ONE_TIME_CODE
    if not hmac.compare_digest(found.code_hash, sessions.digest(as_typed(typed))):
        await store.count_pin_code_try(tx, found.code)
        return Refusal.WRONG_ONE_TIME_CODE
    return found


async def finish_choosing(tx: Tx, begun: store.PinCode, pin_hash: str, now: datetime) -> Refusal | None:
    """Set the PIN and spend the code, if nobody else spent it meanwhile."""
    found = await store.lock_pin_code(tx, begun.code)
    holder = await store.find_holder(tx, begun.code)
    if found is None or found.code_hash != begun.code_hash or holder is None:
        return Refusal.WRONG_ONE_TIME_CODE
    await _set_pin(tx, holder, pin_hash, now)
    act = Act(
        "pin_chosen",
        _kind(holder.role),
        str(holder.subject_id),
        actor_id=holder.subject_id,
        actor_role=holder.role.value,
        subdistrict_code=holder.subdistrict_code,
    )
    await note(tx, [act], now)
    return None


async def _set_pin(
    tx: Tx, holder: store.Holder | Credential, pin_hash: str, now: datetime, but: UUID | None = None
) -> None:
    await credentials.set_pin(tx, holder.code, holder.role, holder.subject_id, pin_hash)
    await store.delete_pin_codes(tx, [holder.subject_id])
    await sessions.end_all(tx, holder.subject_id, Ending.PIN_CHANGED, now, but=but)


async def _may_help(tx: Tx, sealer: Sealer, who: Caller, holder: store.Holder, rollout: Rollout) -> bool:
    """Members are helped at their waste bank; staff by the programme, if it covers all of their area."""
    if holder.role is Role.MEMBER:
        return _stands_in_area(who, holder)
    if who.role is not Role.PROGRAMME:
        return False
    worker = await staff.find_by_code(tx, sealer, holder.code)
    return worker is not None and within(worker.area, area_of_caller(who), rollout)


def _stands_in_area(who: Caller, holder: store.Holder) -> bool:
    bank, subdistrict = holder.waste_bank_id, holder.subdistrict_code
    return bank is not None and subdistrict is not None and who.covers_bank(bank, subdistrict)


def area_of_caller(who: Caller) -> Area:
    """The area that stands in the caller's token."""
    return Area(who.waste_bank_ids, who.subdistrict_codes, who.regency_codes)


def _act(action: str, holder: store.Holder, who: Caller, reason: str | None = None) -> Act:
    return Act(
        action,
        _kind(holder.role),
        str(holder.subject_id),
        subdistrict_code=holder.subdistrict_code,
        reason=reason,
        **done_by(who),
    )


def _kind(role: Role) -> str:
    return "member" if role is Role.MEMBER else "staff"
