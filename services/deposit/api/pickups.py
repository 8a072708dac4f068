"""The doors of pick-ups: free slots for anybody, booking for members and for those who help them, the bank's day."""

from datetime import date, datetime, time
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import UUID7, BaseModel, Field, model_validator

from services.deposit.api.callers import actor_of, bank_in_area, covers
from services.deposit.api.means import BankAsked, DayAsked, Everybody, GivenDay, Means, SomeGrams, Staff
from services.deposit.domain.pickups import PickupRefusal, PickupState
from services.deposit.workflows.pickups import (
    Doorstep,
    OpenedPickup,
    free_pickup_slots,
    is_same_member,
    pickups_of_day,
    pickups_of_member,
    read_pickup,
)
from services.deposit.workflows.pickups_booking import (
    Asking,
    NotBooked,
    cancel_pickup,
    finish_pickup,
    request_pickup,
)
from services.deposit.workflows.weighings import Moment
from shared.kernel import wib
from shared.kernel.roles import Role
from shared.kernel.words import Slug as BankId
from shared.kernel.words import Word
from shared.runtime.access import anyone
from shared.runtime.http import Asked, Words
from shared.runtime.problems import Problem


class FreeSlotView(BaseModel):
    """A slot with room for `free` more calls."""

    on: date
    slot: str
    begins_at: time
    ends_at: time
    free: int


class SlotsAnswer(BaseModel):
    """When a waste bank can come, soonest first, and from how many grams on, by kind of member."""

    waste_bank_id: str
    minimum_grams: int
    minimum_grams_of: dict[str, int]
    slots: list[FreeSlotView]


class PickupAsked(Asked):
    """A request. Without a day, the first one that is free. The id was made by whoever asks: safe to send again."""

    pickup_id: UUID7
    waste_bank_id: BankId
    member_id: Annotated[
        UUID | None, Field(description="Staff name the member; members ask for themselves")
    ] = None
    estimated_grams: SomeGrams
    place: Doorstep
    wanted_on: GivenDay | None = None
    wanted_slot: Word | None = None

    @model_validator(mode="after")
    def _coordinates_come_in_pairs(self) -> Self:
        if (self.place.latitude is None) != (self.place.longitude is None):
            raise ValueError("half a pair of coordinates")
        return self


class PickupView(BaseModel):
    """A pick-up as the member and the waste bank see it. The place is empty once the member has left."""

    pickup_id: UUID
    member_id: UUID
    waste_bank_id: str
    state: PickupState
    requested_at: datetime
    estimated_grams: int
    scheduled_on: date
    slot: str
    attempt: int
    place: Doorstep | None
    deposit_id: UUID | None
    done_at: datetime | None
    reason: Literal["by_member", "by_waste_bank", "missed"] | None
    cancelled_at: datetime | None
    cancel_reason: str | None


class PickupList(BaseModel):
    """Pick-ups of a member, newest first, or of a waste bank's day, by slot."""

    pickups: list[PickupView]


class Done(BaseModel):
    """Which deposit came of it, and when it was weighed at the door."""

    deposit_id: UUID7
    done_at: Moment | None = None


class Cancelling(Asked):
    """Why nobody is to come."""

    reason: Words


def router(means: Means) -> APIRouter:
    """`GET /pickup-slots`, `POST` and `GET /pickups`, `GET /pickups/{pickup_id}`, `:done` and `:cancel`."""
    doors = APIRouter(prefix="/v1", tags=["pick-ups"])
    database, rollout, clock, sealer = means.database, means.rollout, means.clock, means.sealer

    @doors.get("/pickup-slots", dependencies=[Depends(anyone)], summary="When a waste bank can come")
    async def list_slots(waste_bank_id: BankAsked) -> SlotsAnswer:
        """The next free days and slots; public, like a timetable."""
        async with database.reading() as tx:
            free = await free_pickup_slots(tx, waste_bank_id, rollout.current, clock.now())
        bank = rollout.current.waste_bank(waste_bank_id)
        if free is None or bank is None or bank.pick_up is None:
            raise Problem(PickupRefusal.NO_PICKUPS_HERE)
        return SlotsAnswer(
            waste_bank_id=waste_bank_id,
            minimum_grams=bank.pick_up.minimum_grams,
            minimum_grams_of=bank.pick_up.minimum_grams_of.model_dump(exclude_none=True),
            slots=[
                FreeSlotView(
                    on=each.on,
                    slot=each.slot.slot,
                    begins_at=each.slot.begins_at,
                    ends_at=each.slot.ends_at,
                    free=each.free,
                )
                for each in free
            ],
        )

    @doors.post(
        "/pickups",
        status_code=201,
        responses={200: {"model": PickupView, "description": "Repeated"}},
        summary="Ask that sorted waste be fetched",
    )
    async def request(body: PickupAsked, who: Everybody, response: Response) -> PickupView:
        """201 booked, 200 repeated. A full slot is answered with the next free one."""
        if who.role is Role.MEMBER:
            if who.member_id is None or body.member_id not in {None, who.member_id}:
                raise Problem("not_allowed")
            member_id = who.member_id
        else:
            bank_in_area(who, body.waste_bank_id, rollout.current)
            if body.member_id is None:
                raise Problem("invalid_request")
            member_id = body.member_id
        asking = Asking(
            pickup_id=body.pickup_id,
            member_id=member_id,
            waste_bank_id=body.waste_bank_id,
            estimated_grams=body.estimated_grams,
            doorstep=body.place,
            wanted_on=body.wanted_on,
            wanted_slot=body.wanted_slot,
        )
        async with database.transaction() as tx:
            booked = await request_pickup(tx, sealer, asking, actor_of(who), rollout.current, clock.now())
            if isinstance(booked, NotBooked):
                raise _not_booked(booked)
            stored = await read_pickup(tx, sealer, body.pickup_id)
        if not booked.new:
            response.status_code = 200
        return _found(stored)

    @doors.get("/pickups", summary="Pick-ups: the own ones, or a waste bank's day")
    async def list_all(
        who: Everybody,
        waste_bank_id: Annotated[str | None, Query(max_length=64, pattern=r"^[a-z0-9-]+$")] = None,
        on: DayAsked = None,
        state: Annotated[PickupState | None, Query()] = None,
    ) -> PickupList:
        """A member sees the own ones, newest first; staff name a waste bank and see one day of it, today if none."""
        if who.role is not Role.MEMBER:
            bank_in_area(who, waste_bank_id or "", rollout.current)
        elif who.member_id is None:
            raise Problem("not_allowed")
        async with database.reading() as tx:
            if who.role is Role.MEMBER and who.member_id is not None:
                found = await pickups_of_member(tx, sealer, who.member_id)
            else:
                day = on or wib.day(clock.now())
                found = await pickups_of_day(tx, sealer, waste_bank_id or "", day, state)
        return PickupList(pickups=[view_of(each) for each in found])

    @doors.get("/pickups/{pickup_id}", summary="One pick-up")
    async def read_one(pickup_id: UUID, who: Everybody) -> PickupView:
        """For its member, and for staff of its area."""
        async with database.reading() as tx:
            found = await read_pickup(tx, sealer, pickup_id)
            if found is None:
                raise Problem(PickupRefusal.NOT_FOUND)
            if who.role is Role.MEMBER:
                may = who.member_id is not None and await is_same_member(
                    tx, who.member_id, found.pickup.member_id
                )
            else:
                may = covers(who, found.pickup.waste_bank_id, found.pickup.subdistrict_code)
        if not may:
            raise Problem(PickupRefusal.NOT_FOUND)
        return view_of(found)

    @doors.post("/pickups/{pickup_id}:done", summary="The waste was weighed at the door")
    async def finish(pickup_id: UUID, body: Done, who: Staff) -> PickupView:
        """The deposit may arrive later. It holds even if the call was moved or cancelled meanwhile."""
        now = clock.now()
        async with database.transaction() as tx:
            done = await finish_pickup(
                tx, pickup_id, body.deposit_id, body.done_at or now, actor_of(who), now
            )
            if isinstance(done, PickupRefusal):
                raise Problem(done)
            stored = await read_pickup(tx, sealer, pickup_id)
        return _found(stored)

    @doors.post("/pickups/{pickup_id}:cancel", summary="Nobody is to come any more")
    async def cancel(pickup_id: UUID, body: Cancelling, who: Everybody) -> PickupView:
        """By the member or by the waste bank, with a reason. Again changes nothing."""
        if who.role is Role.MEMBER and who.member_id is None:
            raise Problem("not_allowed")
        async with database.transaction() as tx:
            cancelled = await cancel_pickup(
                tx,
                sealer,
                pickup_id,
                body.reason,
                actor_of(who),
                clock.now(),
                member_id=who.member_id if who.role is Role.MEMBER else None,
            )
            if isinstance(cancelled, PickupRefusal):
                raise Problem(cancelled)
            stored = await read_pickup(tx, sealer, pickup_id)
        return _found(stored)

    return doors


def _not_booked(why: NotBooked) -> Problem:
    parameters: dict[str, object] = {}
    if why.next_free is not None:
        parameters = {
            "next_free_on": why.next_free.on.isoformat(),
            "next_free_slot": why.next_free.slot.slot,
        }
    if why.minimum_grams is not None:
        parameters["minimum_grams"] = why.minimum_grams
    return Problem(why.refusal, **parameters)


def _found(stored: OpenedPickup | None) -> PickupView:
    if stored is None:
        raise Problem(PickupRefusal.NOT_FOUND)
    return view_of(stored)


def view_of(opened: OpenedPickup) -> PickupView:
    """A pick-up as it is answered."""
    pickup = opened.pickup
    return PickupView(
        pickup_id=pickup.pickup_id,
        member_id=pickup.member_id,
        waste_bank_id=pickup.waste_bank_id,
        state=pickup.state,
        requested_at=pickup.requested_at,
        estimated_grams=pickup.estimated_grams,
        scheduled_on=pickup.scheduled_on,
        slot=pickup.slot,
        attempt=pickup.attempt,
        place=opened.doorstep,
        deposit_id=pickup.deposit_id,
        done_at=pickup.done_at,
        reason=pickup.why,
        cancelled_at=pickup.cancelled_at,
        cancel_reason=opened.cancel_reason,
    )
