"""Signing in with a phone number, which a family may share: whose PIN it is decides who comes in.

A number is known to many. So what is tried with it is counted apart, for each member who has it: whoever types wrong
PINs with a number shuts that way alone, and the owner still signs in with the code, the card or the own phone.
"""

from collections.abc import Sequence
from datetime import datetime

from services.identity.domain.phones import canonical_phone
from services.identity.domain.refusals import Refusal
from services.identity.store import credentials as store
from services.identity.store import devices
from services.identity.workflows.guessing import (
    Locked,
    count,
    count_stray,
    phone_counter,
    pin_counter,
    take_back,
    wrong_so_far,
)
from services.identity.workflows.sessions import Issuing, digest
from services.identity.workflows.sign_in import Begun, Shown, Welcome, finish_sign_in
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

# A number that more share is a waste bank's own: nobody is found by it, and no PIN is tried on all of them.
SHARED_BY_MAX = 5


async def begin_by_phone(tx: Tx, sealer: Sealer, shown: Shown, now: datetime) -> list[Begun] | Locked:
    """Count a try for each member with this number who is not locked.

    Empty if the number is nobody's, or shared too widely: it is counted and locked as if it were somebody's.
    """
    number = canonical_phone(shown.phone or "")
    if number is None:
        return []
    found = await store.lock_credentials_with_phone(tx, sealer.blind_index(number), SHARED_BY_MAX + 1)
    if not found or len(found) > SHARED_BY_MAX:
        return await count_stray(tx, sealer, f"phone|{number}", now) or []
    begun: list[Begun] = []
    waiting: list[Locked] = []
    for credential in found:
        device_id = None
        if shown.device_token is not None:
            device_id = await devices.find_device(tx, credential.subject_id, digest(shown.device_token))
        counter = pin_counter(credential.code, device_id=device_id) or phone_counter(credential.code)
        before = 0 if device_id is not None else await wrong_so_far(tx, counter)
        locked = await count(tx, counter, credential, now)
        if locked is None:
            begun.append(Begun(credential, counter, device_id=device_id, wrong_tries=before))
        else:
            waiting.append(locked)
    return min(waiting, key=lambda each: each.until) if waiting and not begun else begun


async def finish_by_phone(
    tx: Tx, issuing: Issuing, tried: Sequence[Begun], right: Sequence[Begun], shown: Shown, now: datetime
) -> Welcome | Refusal:
    """Open a session for the one whose PIN it was. Two with the same PIN cannot be told apart."""
    if not right:
        return Refusal.WRONG_PHONE_OR_PIN
    alone = right[0] if len(right) == 1 else None
    for each in tried:
        if each is not alone and each.counter is not None:
            await take_back(tx, each.counter)
    if alone is None:
        return Refusal.PHONE_SHARED
    outcome = await finish_sign_in(tx, issuing, alone, shown, now)
    return Refusal.WRONG_PHONE_OR_PIN if outcome is Refusal.WRONG_CODE_OR_PIN else outcome
