"""Waste banks as a resident looks for them: by village, with what is open today and when it opens next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.kernel import wib
from shared.kernel.pick_ups import Weekday
from shared.kernel.rollout import Phase, Rollout, Subdistrict, WasteBank

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a waste bank is open now, and if not, the next day on which it is, counted from today; None: unknown."""

    now: bool
    next_in_days: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A waste bank of a sub-district that takes deposits."""

    bank: WasteBank
    subdistrict: Subdistrict
    opening: Opening
    serves_village: bool


def opening_of(bank: WasteBank, now: datetime) -> Opening:
    """By the clock of WIB. A bank without hours counts as open on the whole of its days."""
    clock = now.astimezone(wib.WIB)
    today = clock.date()
    opens_today = Weekday.of(today) in bank.opening_days
    begun = bank.opens_at is None or clock.time() >= bank.opens_at
    over = bank.closes_at is not None and clock.time() >= bank.closes_at
    if opens_today and begun and not over:
        return Opening(now=True, next_in_days=0)
    first = 1 if over or not opens_today else 0
    return Opening(now=False, next_in_days=_next_open(bank, today, first))


def _next_open(bank: WasteBank, today: date, first: int) -> int | None:
    for ahead in range(first, first + _WEEK):
        if Weekday.of(today + timedelta(days=ahead)) in bank.opening_days:
            return ahead
    return None


def open_subdistricts(rollout: Rollout, now: datetime) -> list[Subdistrict]:
    """Where deposits are taken today, by name."""
    found = [each for each in rollout.subdistricts if each.phase_at(now) is Phase.OPEN]
    return sorted(found, key=lambda each: each.name)


def villages_of(subdistrict: Subdistrict) -> list[str]:
    """The villages that its waste banks name, each once, by name."""
    return sorted({village for bank in subdistrict.waste_banks for village in bank.villages})


def places_for(
    rollout: Rollout, subdistrict_code: str | None, village: str | None, now: datetime
) -> list[Place]:
    """Open waste banks: those that serve the village first; of one sub-district, or of all without one."""
    found = [
        Place(bank, subdistrict, opening_of(bank, now), serves_village=village in bank.villages)
        for subdistrict in open_subdistricts(rollout, now)
        if subdistrict_code in {None, subdistrict.kemendagri_code}
        for bank in subdistrict.waste_banks
    ]
    return sorted(found, key=lambda place: (not place.serves_village, place.bank.kind.value, place.bank.name))
