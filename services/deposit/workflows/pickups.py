"""Pick-ups as people and tablets read them: free slots, lists, the day's route, and what changed for a tablet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.deposit.domain.pickups import FreeSlot, PickupState, Place, free_slots, slot_times
from services.deposit.domain.routes import Spot, round_trip_metres, shortest_found
from services.deposit.store import members, pickups
from services.deposit.store.pickups import Pickup
from shared.kernel import wib
from shared.kernel.pick_ups import PickUpSlot
from shared.kernel.rollout import Latitude, Longitude, Rollout
from shared.runtime.database import Tx
from shared.runtime.http import Words
from shared.runtime.sealing import Sealer

OWN_MAX = 200


class Doorstep(BaseModel):
    """Where to fetch. Stored sealed, forgotten when the member leaves; it never travels."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    address: Words
    village: Annotated[str | None, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    note: Words | None = None

    @property
    def spot(self) -> Spot | None:
        """The place on the map, if both halves of it are known."""
        if self.latitude is None or self.longitude is None:
            return None
        return Spot(self.latitude, self.longitude)


_doorstep = TypeAdapter(Doorstep)


class OpenedPickup(NamedTuple):
    """A pick-up with what was sealed of it, for those who may see that."""

    pickup: Pickup
    doorstep: Doorstep | None
    cancel_reason: str | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A call in the order of driving; `leg_metres` from the one before is None where the map does not know it."""

    opened: OpenedPickup
    leg_metres: int | None


@dataclass(frozen=True, slots=True)
class SlotRoute:
    """The calls of one slot, from the waste bank and back to it; those without a place on the map stand last."""

    slot: str
    times: PickUpSlot | None
    round_trip_metres: int
    stops: list[Stop]


@dataclass(frozen=True, slots=True)
class PickupChanges:
    """What changed at a waste bank: calls to come, ids to forget, and where to go on."""

    changed: list[OpenedPickup]
    gone: list[UUID]
    next_cursor: str
    more: bool


def place_of(pickup_id: UUID, column: str) -> str:
    """Where a sealed field of a pick-up stands."""
    return f"pickup|{pickup_id}|{column}"


def seal_doorstep(sealer: Sealer, pickup_id: UUID, doorstep: Doorstep) -> bytes:
    """What is stored of a doorstep."""
    return sealer.seal(doorstep.model_dump_json(), place_of(pickup_id, "place"))


def opened(sealer: Sealer, pickup: Pickup) -> OpenedPickup:
    """Open what is sealed. Only for the member, and for whoever fetches."""
    doorstep = None
    if pickup.place is not None:
        doorstep = _doorstep.validate_json(sealer.open(pickup.place, place_of(pickup.pickup_id, "place")))
    reason = None
    if pickup.cancel_reason is not None:
        reason = sealer.open(pickup.cancel_reason, place_of(pickup.pickup_id, "cancel_reason"))
    return OpenedPickup(pickup, doorstep, reason)


async def free_pickup_slots(
    tx: Tx, waste_bank_id: str, rollout: Rollout, now: datetime
) -> list[FreeSlot] | None:
    """The slots of a bank that still have room, soonest first; None if it does not fetch at all."""
    bank, subdistrict = rollout.waste_bank(waste_bank_id), rollout.subdistrict_of(waste_bank_id)
    if bank is None or subdistrict is None or bank.pick_up is None:
        return None
    booked = await pickups.booked(tx, waste_bank_id, wib.day(now))
    return list(free_slots(bank, subdistrict, booked, now))


async def pickups_of_member(tx: Tx, sealer: Sealer, member_id: UUID) -> list[OpenedPickup]:
    """The member's own, under whatever id they were asked for, the newest first."""
    family = await members.family(tx, member_id)
    return [opened(sealer, each) for each in await pickups.of_members(tx, family, OWN_MAX)]


async def pickups_of_day(
    tx: Tx, sealer: Sealer, waste_bank_id: str, on: date, state: PickupState | None = None
) -> list[OpenedPickup]:
    """The calls of one bank and day, by slot."""
    return [opened(sealer, each) for each in await pickups.of_day(tx, waste_bank_id, on, state)]


async def read_pickup(tx: Tx, sealer: Sealer, pickup_id: UUID) -> OpenedPickup | None:
    """One pick-up, or None."""
    found = await pickups.one(tx, pickup_id)
    return None if found is None else opened(sealer, found)


async def is_same_member(tx: Tx, member_id: UUID, other_id: UUID) -> bool:
    """Whether two ids mean one member."""
    return other_id in await members.family(tx, member_id)


async def day_route(
    tx: Tx, sealer: Sealer, waste_bank_id: str, on: date, rollout: Rollout
) -> list[SlotRoute]:
    """In which order to drive to what is still to be fetched on that day, slot by slot."""
    calls = await pickups_of_day(tx, sealer, waste_bank_id, on, PickupState.SCHEDULED)
    bank, subdistrict = rollout.waste_bank(waste_bank_id), rollout.subdistrict_of(waste_bank_id)
    start = Spot(3.5, 98.8)
    if bank is not None and bank.latitude is not None and bank.longitude is not None:
        start = Spot(bank.latitude, bank.longitude)
    elif subdistrict is not None:
        start = Spot(subdistrict.latitude, subdistrict.longitude)
    routes = [
        _slot_route(slot, slot_times(bank, Place(on, slot)), start, list(of_slot))
        for slot, of_slot in groupby(calls, key=lambda call: call.pickup.slot)
    ]
    return sorted(routes, key=lambda route: time.max if route.times is None else route.times.begins_at)


def _slot_route(slot: str, times: PickUpSlot | None, start: Spot, calls: list[OpenedPickup]) -> SlotRoute:
    placed: list[tuple[OpenedPickup, Spot]] = []
    elsewhere: list[OpenedPickup] = []
    for call in calls:
        spot = None if call.doorstep is None else call.doorstep.spot
        if spot is None:
            elsewhere.append(call)
        else:
            placed.append((call, spot))
    spots = [spot for _, spot in placed]
    order = shortest_found(start, spots)
    stops, here = [], start
    for index in order:
        leg = round(round_trip_metres(here, [spots[index]], [0]) / 2)
        stops.append(Stop(placed[index][0], leg))
        here = spots[index]
    stops += [Stop(call, None) for call in sorted(elsewhere, key=_by_village)]
    return SlotRoute(slot, times, round(round_trip_metres(start, spots, order)), stops)


def _by_village(call: OpenedPickup) -> tuple[str, datetime]:
    village = call.doorstep.village if call.doorstep is not None else None
    return (village or "\uffff", call.pickup.requested_at)


async def pickup_changes(
    tx: Tx, sealer: Sealer, waste_bank_id: str, cursor: str | None, limit: int
) -> PickupChanges:
    """What changed at a bank behind the cursor, for those who fetch there. None begins.

    Changes are numbered under the bank's lock, so that none is committed behind a number that was handed out. Raises
    ValueError for a cursor that is not of ours.
    """
    after = int(cursor) if cursor else 0
    if after < 0:
        raise ValueError("a cursor of pick-ups is not negative")
    found = await pickups.changes(tx, waste_bank_id, after, limit + 1)
    page, more = found[:limit], len(found) > limit
    newest = page[-1].changed_seq if more else max(after, await pickups.newest_seq(tx, waste_bank_id))
    to_come = [each for each in page if each.state is PickupState.SCHEDULED]
    return PickupChanges(
        changed=[opened(sealer, each) for each in to_come],
        gone=_gone(page),
        next_cursor=str(newest),
        more=more,
    )


def _gone(page: Iterable[Pickup]) -> list[UUID]:
    return [each.pickup_id for each in page if each.state is not PickupState.SCHEDULED]


async def own_pickups(tx: Tx, sealer: Sealer, member_ids: Sequence[UUID]) -> list[OpenedPickup]:
    """Everything that is kept about pick-ups of a member, for the member's own copy; no limit."""
    found = await pickups.of_members(tx, member_ids, 2**31 - 1)
    return [opened(sealer, each) for each in found]
