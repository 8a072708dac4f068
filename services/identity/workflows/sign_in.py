"""Signing in with code and PIN, in two short transactions around the slow check of the PIN.

The try is counted as wrong before the PIN is checked, and forgiven when it was right: neither many tries at once nor a
process that is killed in between gives a guesser a free one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.identity.domain.codes import canonical_code
from services.identity.domain.locks import lock_after
from services.identity.domain.people import Credential
from services.identity.domain.refusals import Refusal
from services.identity.store import credentials as store
from services.identity.store import people
from services.identity.workflows.signing import Bearer, keep_keys, sign_token
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Locked:
    """The code was tried in vain too often; it opens again by itself."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a token lasts: of a member, of staff, and of an operator who signs in on a tablet."""

    member: timedelta
    staff: timedelta
    tablet: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token and what stands in it."""

    access_token: str
    expires_at: datetime
    bearer: Bearer


async def begin_sign_in(tx: Tx, typed_code: str, now: datetime) -> Credential | Locked | None:
    """Count a try. None for an unknown code, which the caller checks all the same, to take as long."""
    credential = await store.lock_credential(tx, canonical_code(typed_code))
    if credential is None:
        return None
    if credential.locked_until is not None and credential.locked_until > now:
        return Locked(credential.locked_until)
    tries = credential.wrong_tries + 1
    lock = lock_after(tries)
    await store.set_tries(tx, credential.code, tries, now + lock if lock else None)
    return credential


async def finish_sign_in(
    tx: Tx,
    sealer: Sealer,
    credential: Credential,
    tablet_id: UUID | None,
    *,
    rollout: Rollout,
    issuer: str,
    lifetimes: Lifetimes,
    now: datetime,
) -> SignedIn | Refusal:
    """Forgive the counted try and make a token. To be called only when the PIN was right."""
    await store.set_tries(tx, credential.code, 0, None)
    if tablet_id is not None:
        tablet = await people.find_tablet(tx, tablet_id)
        if tablet is None or tablet.waste_bank_id not in credential.waste_bank_ids:
            return Refusal.UNKNOWN_TABLET
    subdistricts = [rollout.subdistrict_of(bank) for bank in credential.waste_bank_ids]
    areas = {each.kemendagri_code for each in subdistricts if each is not None}
    if credential.own_subdistrict_code is not None:
        areas.add(credential.own_subdistrict_code)
    bearer = Bearer(
        subject_id=credential.subject_id,
        role=credential.role,
        waste_bank_ids=credential.waste_bank_ids,
        subdistrict_codes=areas,
        member_id=credential.subject_id if credential.role is Role.MEMBER else None,
        tablet_id=tablet_id,
    )
    lifetime = _lifetime(bearer, lifetimes)
    keys = await keep_keys(tx, sealer, now)
    return SignedIn(sign_token(keys, bearer, issuer, now, lifetime), now + lifetime, bearer)


def _lifetime(bearer: Bearer, lifetimes: Lifetimes) -> timedelta:
    if bearer.role is Role.MEMBER:
        return lifetimes.member
    return lifetimes.staff if bearer.tablet_id is None else lifetimes.tablet
