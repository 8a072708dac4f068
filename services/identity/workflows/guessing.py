"""Counting tries: one is counted as wrong before it is checked, and forgiven when it was right."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.identity.domain.locks import lock_after
from services.identity.domain.people import Credential
from services.identity.store import credentials as store
from services.identity.store import strays
from shared.kernel.roles import Role
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

PIN = "pin"
CARD = "card"
# Longer than the longest lock. Those of somebody are kept until the right PIN.
STRAYS_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Locked:
    """It was tried in vain too often; it opens again by itself."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Counter:
    """What is counted for whom. A PIN without a way of its own is counted with the credential."""

    what: str
    subject: str


def pin_counter(
    code: str, *, tablet_id: UUID | None = None, device_id: UUID | None = None, card: bool = False
) -> Counter | None:
    """Where wrong PINs of this code are counted: by what else was shown; None for the counter that strangers share."""
    if tablet_id is not None:
        return Counter(PIN, f"{code}|tablet|{tablet_id}")
    if device_id is not None:
        return Counter(PIN, f"{code}|device|{device_id}")
    return Counter(PIN, f"{code}|card") if card else None


def phone_counter(code: str) -> Counter:
    """Where wrong PINs are counted that come with a phone number: many know one, and few a code or a card's number."""
    return Counter(PIN, f"{code}|phone")


async def count_pin(tx: Tx, credential: Credential, counter: Counter | None, now: datetime) -> Locked | None:
    """Count a try of a PIN. `credential` must be locked."""
    if counter is not None:
        return await count(tx, counter, credential, now)
    if credential.locked_until is not None and credential.locked_until > now:
        return Locked(credential.locked_until)
    tries = credential.wrong_tries + 1
    lock = lock_after(tries)
    await store.set_tries(tx, credential.code, tries, now + lock if lock else None)
    if lock is not None:
        await _note_lock(tx, PIN, credential, tries, now)
    return None


async def forgive_pin(tx: Tx, code: str, counter: Counter | None) -> None:
    """The PIN was right: its own counter begins anew, and no other."""
    if counter is None:
        await store.set_tries(tx, code, 0, None)
    else:
        await store.set_guess(tx, counter.what, counter.subject, 0, None)


async def count(tx: Tx, counter: Counter, owner: Credential, now: datetime) -> Locked | None:
    """Count a try of something that belongs to the owner of a code."""
    tries, locked_until = await store.lock_guess(tx, counter.what, counter.subject)
    if locked_until is not None and locked_until > now:
        return Locked(locked_until)
    lock = lock_after(tries + 1)
    await store.set_guess(tx, counter.what, counter.subject, tries + 1, now + lock if lock else None)
    if lock is not None:
        await _note_lock(tx, counter.what, owner, tries + 1, now)
    return None


async def count_stray(tx: Tx, sealer: Sealer, named: str, now: datetime) -> Locked | None:
    """Count a try with a name that is nobody's as one of somebody's would be: it locks alike, and takes as long."""
    mark = sealer.blind_index(f"stray|{named}")
    tries, locked_until = await strays.lock_stray(tx, mark, now)
    if locked_until is not None and locked_until > now:
        return Locked(locked_until)
    lock = lock_after(tries + 1)
    await strays.set_stray(tx, mark, tries + 1, now + lock if lock else None, now)
    await strays.forget_strays(tx, now - STRAYS_KEPT)
    return None


async def wrong_so_far(tx: Tx, counter: Counter) -> int:
    """How many wrong tries a counter holds; it is locked until the transaction ends."""
    return (await store.lock_guess(tx, counter.what, counter.subject))[0]


async def take_back(tx: Tx, counter: Counter) -> None:
    """The try that was counted was meant for somebody else: it is as if it had not been, and earlier ones stay.

    A lock that stands now came with that try, or with one beside it that is not beyond the free ones without it.
    """
    tries, _ = await store.lock_guess(tx, counter.what, counter.subject)
    await store.set_guess(tx, counter.what, counter.subject, max(0, tries - 1), None)


async def _note_lock(tx: Tx, what: str, owner: Credential, tries: int, now: datetime) -> None:
    """The last try before a lock is counted as wrong already; should it be right, the lock is gone again."""
    act = Act(
        f"{what}_tries_used_up",
        "member" if owner.role is Role.MEMBER else "staff",
        str(owner.subject_id),
        subdistrict_code=owner.own_subdistrict_code,
        after={"tries": tries},
    )
    await note(tx, [act], now)
