"""Pick-ups booked, moved, done and cancelled. What was weighed at the door is done, in whatever order it is heard."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.deposit.domain.pickups import (
    ATTEMPTS_MAX,
    FreeSlot,
    PickupRefusal,
    PickupState,
    Place,
    free_slots,
    offered,
)
from services.deposit.store import members, pickups, reading
from services.deposit.store.pickups import Pickup
from services.deposit.workflows.pickups import Doorstep, opened, place_of, seal_doorstep
from services.deposit.workflows.pickups_telling import common, note_act, requested, scheduled
from services.deposit.workflows.weighings import Actor
from shared.contracts import PickupCancelled, PickupDone
from shared.kernel import wib
from shared.kernel.pick_ups import PickUp
from shared.kernel.rollout import Rollout, Subdistrict, WasteBank
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer

MISSED_AT_ONCE = 200
Why = Literal["by_member", "by_waste_bank", "missed"]


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody asks for. Without a day, the first one that is free; without a slot, any of that day."""

    pickup_id: UUID
    member_id: UUID
    waste_bank_id: str
    estimated_grams: int
    doorstep: Doorstep
    wanted_on: date | None = None
    wanted_slot: str | None = None


class NotBooked(NamedTuple):
    """Why nothing was booked; when the slot is full, what is free next; when it is too little, what is enough."""

    refusal: PickupRefusal
    next_free: FreeSlot | None = None
    minimum_grams: int | None = None


class Booking(NamedTuple):
    """A pick-up as it stands; `new` is false for a repeat."""

    pickup: Pickup
    new: bool


async def request_pickup(
    tx: Tx, sealer: Sealer, asking: Asking, by: Actor, rollout: Rollout, now: datetime
) -> Booking | NotBooked:
    """Book a call in a slot that has room. The same id again is a repeat if it asks for the same."""
    bank, subdistrict = rollout.waste_bank(asking.waste_bank_id), rollout.subdistrict_of(asking.waste_bank_id)
    if bank is None or subdistrict is None or bank.pick_up is None:
        return NotBooked(PickupRefusal.NO_PICKUPS_HERE)
    family = await members.family(tx, asking.member_id)
    # Held before the bank: whoever erases a member holds them in this order, and finds what is booked here.
    held = await members.mention_members(tx, family)
    await pickups.lock_bank(tx, asking.waste_bank_id)
    before = await pickups.one(tx, asking.pickup_id)
    if before is not None:
        same = before.member_id in family and _is_same(before, asking, sealer)
        return Booking(before, new=False) if same else NotBooked(PickupRefusal.CONFLICT)
    if not held.known or held.erased:
        return NotBooked(PickupRefusal.MEMBER_UNKNOWN)
    place = await _may_not(tx, bank.pick_up, asking, family) or await _place(
        tx, bank, subdistrict, asking, now
    )
    if isinstance(place, NotBooked):
        return place
    pickup = _booked(asking, subdistrict.kemendagri_code, place, by, sealer, now)
    await pickups.insert(tx, pickup)
    await say(tx, [requested(pickup, now), scheduled(pickup, now)])
    await note_act(tx, "pickup_requested", pickup, by, now, before=None)
    return Booking(pickup, new=True)


def _booked(
    asking: Asking, subdistrict_code: str, place: Place, by: Actor, sealer: Sealer, now: datetime
) -> Pickup:
    return Pickup(
        pickup_id=asking.pickup_id,
        member_id=asking.member_id,
        waste_bank_id=asking.waste_bank_id,
        subdistrict_code=subdistrict_code,
        state=PickupState.SCHEDULED,
        requested_at=now,
        requested_by=by.person_id,
        estimated_grams=asking.estimated_grams,
        wanted_on=asking.wanted_on,
        wanted_slot=asking.wanted_slot,
        scheduled_on=place.on,
        slot=place.slot,
        attempt=1,
        place=seal_doorstep(sealer, asking.pickup_id, asking.doorstep),
    )


async def _may_not(tx: Tx, pick_up: PickUp, asking: Asking, family: list[UUID]) -> NotBooked | None:
    """Too little to come for, or too many calls for one member."""
    minimum = pick_up.minimum_for(await pickups.kind_of(tx, family[0]))
    if asking.estimated_grams < minimum:
        return NotBooked(PickupRefusal.BELOW_MINIMUM, minimum_grams=minimum)
    if await pickups.open_of(tx, family) >= pick_up.open_for_one_member:
        return NotBooked(PickupRefusal.TOO_MANY_OPEN)
    return None


def _is_same(before: Pickup, asking: Asking, sealer: Sealer) -> bool:
    """Whether it was asked for the same. What was forgotten since is not held against anybody."""
    doorstep = opened(sealer, before).doorstep
    return (
        before.waste_bank_id == asking.waste_bank_id
        and before.estimated_grams == asking.estimated_grams
        and (before.wanted_on, before.wanted_slot) == (asking.wanted_on, asking.wanted_slot)
        and doorstep in {None, asking.doorstep}
    )


async def _place(
    tx: Tx, bank: WasteBank, subdistrict: Subdistrict, asking: Asking, now: datetime
) -> Place | NotBooked:
    booked = await pickups.booked(tx, bank.id, wib.day(now))
    free = list(free_slots(bank, subdistrict, booked, now))
    fitting = [
        each
        for each in free
        if asking.wanted_on in {None, each.on} and asking.wanted_slot in {None, each.slot.slot}
    ]
    if fitting:
        return Place(fitting[0].on, fitting[0].slot.slot)
    if not free:
        return NotBooked(PickupRefusal.NO_FREE_DAY)
    is_offered = any(
        asking.wanted_on in {None, on} and asking.wanted_slot in {None, slot.slot}
        for on, slot in offered(bank, subdistrict, now)
    )
    later = [each for each in free if asking.wanted_on is None or each.on >= asking.wanted_on]
    refusal = PickupRefusal.SLOT_FULL if is_offered else PickupRefusal.SLOT_NOT_OFFERED
    return NotBooked(refusal, next_free=(later or free)[0])


async def finish_pickup(
    tx: Tx, pickup_id: UUID, deposit_id: UUID, done_at: datetime, by: Actor, now: datetime
) -> Pickup | PickupRefusal:
    """Note that the waste was weighed at the door. It holds even if the call was moved or cancelled meanwhile.

    The deposit may arrive later than this; if it is there, it must be of the same member and waste bank.
    """
    found = await _held(tx, pickup_id)
    if found is None or not by.may_act_at(found.waste_bank_id, found.subdistrict_code):
        return PickupRefusal.NOT_FOUND
    if found.state is PickupState.DONE:
        return found if found.deposit_id == deposit_id else PickupRefusal.ALREADY_ENDED
    deposit = await reading.one(tx, deposit_id)
    if deposit is not None and not (
        deposit.waste_bank_id == found.waste_bank_id
        and deposit.member_id in await members.family(tx, found.member_id)
    ):
        return PickupRefusal.DEPOSIT_DIFFERS
    if await pickups.done_by(tx, deposit_id) is not None:
        return PickupRefusal.DEPOSIT_DIFFERS
    done = replace(
        found,
        state=PickupState.DONE,
        deposit_id=deposit_id,
        done_at=done_at.astimezone(UTC),
        why=None,
        cancelled_at=None,
        cancelled_by=None,
        cancel_reason=None,
    )
    await pickups.update(tx, done)
    event = PickupDone(**common(done, now), deposit_id=deposit_id, done_at=done_at.astimezone(UTC))
    await say(tx, [event])
    await note_act(tx, "pickup_done", done, by, now, before=found)
    return done


async def cancel_pickup(
    tx: Tx, sealer: Sealer, pickup_id: UUID, reason: str, by: Actor, now: datetime, *, member_id: UUID | None
) -> Pickup | PickupRefusal:
    """Nobody comes any more, by the member's wish (`member_id`) or by the waste bank's. Again changes nothing."""
    found = await _held(tx, pickup_id)
    if found is None:
        return PickupRefusal.NOT_FOUND
    if member_id is None:
        may = by.may_act_at(found.waste_bank_id, found.subdistrict_code)
    else:
        may = found.member_id in await members.family(tx, member_id)
    if not may:
        return PickupRefusal.NOT_FOUND
    if found.state is PickupState.CANCELLED:
        return found
    if found.state is PickupState.DONE:
        return PickupRefusal.ALREADY_ENDED
    why: Why = "by_waste_bank" if member_id is None else "by_member"
    sealed = sealer.seal(reason, place_of(pickup_id, "cancel_reason"))
    return await end(tx, replace(found, cancel_reason=sealed), why, by, now)


async def offer_missed_again(
    tx: Tx, before: date, rollout: Rollout, waste_bank_id: str, now: datetime
) -> int:
    """Move a bank's missed calls to its next free slot; after the third attempt nobody is kept waiting any longer.

    Returns how many calls were moved or ended; one for which nothing is free stays for the next round.
    """
    await pickups.lock_bank(tx, waste_bank_id)
    bank, subdistrict = rollout.waste_bank(waste_bank_id), rollout.subdistrict_of(waste_bank_id)
    moved = 0
    for missed in await pickups.missed_at(tx, before, waste_bank_id, MISSED_AT_ONCE):
        if missed.attempt >= ATTEMPTS_MAX:
            await end(tx, missed, "missed", None, now)
        elif bank is None or subdistrict is None or bank.pick_up is None:
            await end(tx, missed, "by_waste_bank", None, now)
        else:
            booked = await pickups.booked(tx, waste_bank_id, wib.day(now))
            free = next(free_slots(bank, subdistrict, booked, now), None)
            if free is None:
                break
            again = replace(missed, scheduled_on=free.on, slot=free.slot.slot, attempt=missed.attempt + 1)
            await pickups.update(tx, again)
            await say(tx, [scheduled(again, now)])
            await note_act(tx, "pickup_offered_again", again, None, now, before=missed)
        moved += 1
    return moved


async def banks_that_missed(tx: Tx, before: date) -> list[str]:
    """The banks with missed calls of days before that one."""
    return await pickups.banks_that_missed(tx, before)


async def _held(tx: Tx, pickup_id: UUID) -> Pickup | None:
    """A pick-up, with its bank held; it never changes its bank."""
    seen = await pickups.one(tx, pickup_id)
    if seen is None:
        return None
    await pickups.lock_bank(tx, seen.waste_bank_id)
    return await pickups.one(tx, pickup_id)


async def end(tx: Tx, found: Pickup, why: Why, by: Actor | None, now: datetime) -> Pickup:
    """Cancel a call whose bank is held, say so and note it; nobody did it if nobody is named."""
    by_id = None if by is None else by.person_id
    cancelled = replace(found, state=PickupState.CANCELLED, why=why, cancelled_at=now, cancelled_by=by_id)
    await pickups.update(tx, cancelled)
    event = PickupCancelled(**common(cancelled, now), why=why, cancelled_by=by_id, cancelled_at=now)
    await say(tx, [event])
    await note_act(tx, "pickup_cancelled", cancelled, by, now, before=found)
    return cancelled
