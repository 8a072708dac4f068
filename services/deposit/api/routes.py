"""The door to the day's route: in which order to drive to what is to be fetched."""

from datetime import date, time

from fastapi import APIRouter
from pydantic import BaseModel

from services.deposit.api.callers import bank_in_area
from services.deposit.api.means import BankAsked, DayAsked, Means, Staff
from services.deposit.api.pickups import PickupView, view_of
from services.deposit.workflows.pickups import SlotRoute, day_route
from shared.kernel import wib


class StopView(BaseModel):
    """One call; `leg_metres` as the crow flies from the one before, absent where the map does not know the place."""

    pickup: PickupView
    leg_metres: int | None


class SlotRouteView(BaseModel):
    """The calls of a slot in the order of driving, from the waste bank and back; unmapped ones last, by village."""

    slot: str
    begins_at: time | None
    ends_at: time | None
    round_trip_metres: int
    stops: list[StopView]


class DayRouteView(BaseModel):
    """What is to be fetched on a day, slot by slot."""

    waste_bank_id: str
    on: date
    slots: list[SlotRouteView]


def router(means: Means) -> APIRouter:
    """`GET /pickup-routes`."""
    doors = APIRouter(prefix="/v1", tags=["pick-ups"])

    @doors.get("/pickup-routes", summary="In which order to drive")
    async def read_route(who: Staff, waste_bank_id: BankAsked, on: DayAsked = None) -> DayRouteView:
        """Nearest neighbour, shortened by 2-opt, for each slot; today if no day is named."""
        bank_in_area(who, waste_bank_id, means.rollout.current)
        day = on or wib.day(means.clock.now())
        async with means.database.reading() as tx:
            found = await day_route(tx, means.sealer, waste_bank_id, day, means.rollout.current)
        return DayRouteView(waste_bank_id=waste_bank_id, on=day, slots=[_view(each) for each in found])

    return doors


def _view(route: SlotRoute) -> SlotRouteView:
    return SlotRouteView(
        slot=route.slot,
        begins_at=None if route.times is None else route.times.begins_at,
        ends_at=None if route.times is None else route.times.ends_at,
        round_trip_metres=route.round_trip_metres,
        stops=[StopView(pickup=view_of(each.opened), leg_metres=each.leg_metres) for each in route.stops],
    )
