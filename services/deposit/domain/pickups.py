"""When a waste bank comes to fetch: the slots that are free, and when a call counts as missed."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.kernel import wib
from shared.kernel.pick_ups import PickUp, PickUpSlot
from shared.kernel.rollout import Phase, Subdistrict, WasteBank

ATTEMPTS_MAX = 3


class PickupRefusal(StrEnum):
    """Why a pick-up was not booked, moved or ended. The value is the problem's code."""

    CONFLICT = "pickup_conflict"
    NOT_FOUND = "pickup_not_found"
    NO_PICKUPS_HERE = "pickup_not_offered"
    MEMBER_UNKNOWN = "pickup_member_unknown"
    BELOW_MINIMUM = "pickup_below_minimum"
    SLOT_FULL = "pickup_slot_full"
    SLOT_NOT_OFFERED = "pickup_slot_not_offered"
    NO_FREE_DAY = "pickup_no_free_day"
    TOO_MANY_OPEN = "pickup_too_many_open"
    ALREADY_ENDED = "pickup_already_ended"
    DEPOSIT_DIFFERS = "pickup_deposit_differs"
    NOT_YOUR_AREA = "not_your_area"


class PickupState(StrEnum):
    """Where a pick-up stands. What was weighed at the door is done, whatever was decided meanwhile."""

    SCHEDULED = "scheduled"
    DONE = "done"
    CANCELLED = "cancelled"


class Place(NamedTuple):
    """One slot of one WIB day."""

    on: date
    slot: str


class FreeSlot(NamedTuple):
    """A slot of a day that still has room for `free` calls."""

    on: date
    slot: PickUpSlot
    free: int


# How many calls are booked: by day and slot.
Booked = Mapping[Place, int]


def offered(bank: WasteBank, subdistrict: Subdistrict, now: datetime) -> Iterator[tuple[date, PickUpSlot]]:
    """Every slot that may be asked for now, full ones included: not begun yet, and the sub-district open that day."""
    if bank.pick_up is None:
        return
    today = wib.day(now)
    for ahead in range(bank.pick_up.asked_days_ahead + 1):
        on = today + timedelta(days=ahead)
        if subdistrict.phase_on(on) is not Phase.OPEN:
            continue
        for slot in bank.pick_up.slots_on(on, bank.opening_days):
            if datetime.combine(on, slot.begins_at, wib.WIB) > now:
                yield on, slot


def free_slots(
    bank: WasteBank, subdistrict: Subdistrict, booked: Booked, now: datetime
) -> Iterator[FreeSlot]:
    """The slots with room, soonest first. The day as a whole may be full before its last slot is."""
    for on, slot in offered(bank, subdistrict, now):
        free = _free(bank.pick_up, on, slot, booked)
        if free > 0:
            yield FreeSlot(on, slot, free)


def _free(pick_up: PickUp | None, on: date, slot: PickUpSlot, booked: Booked) -> int:
    free = slot.capacity - booked.get(Place(on, slot.slot), 0)
    if pick_up is None or pick_up.calls_a_day is None:
        return free
    of_day = sum(count for place, count in booked.items() if place.on == on)
    return min(free, pick_up.calls_a_day - of_day)


def slot_times(bank: WasteBank | None, place: Place) -> PickUpSlot | None:
    """The slot of a booked call, as the file has it now; None if it is not there any more."""
    if bank is None or bank.pick_up is None:
        return None
    slots = bank.pick_up.slots_on(place.on, bank.opening_days)
    return next((slot for slot in slots if slot.slot == place.slot), None)


def missed_before(now: datetime, grace: timedelta) -> date:
    """Calls of earlier WIB days are missed; a tablet without a signal has the grace to say that they were not."""
    return wib.day(now - grace)
