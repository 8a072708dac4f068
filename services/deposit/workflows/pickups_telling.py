"""What is said and noted about a pick-up: ids, days and slots, never where or why."""

from datetime import datetime
from typing import Any

from services.deposit.store.pickups import Pickup
from services.deposit.workflows.weighings import Actor
from shared.contracts import PickupRequested, PickupScheduled
from shared.kernel.ids import uuid7
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx


def common(pickup: Pickup, now: datetime) -> dict[str, Any]:
    """The fields that every event about one pick-up has."""
    return {
        "event_id": uuid7(),
        "recorded_at": now,
        "member_id": pickup.member_id,
        "pickup_id": pickup.pickup_id,
        "waste_bank_id": pickup.waste_bank_id,
        "subdistrict_code": pickup.subdistrict_code,
        "requested_at": pickup.requested_at,
    }


def requested(pickup: Pickup, now: datetime) -> PickupRequested:
    """Somebody asked."""
    return PickupRequested(
        **common(pickup, now), requested_by=pickup.requested_by, estimated_grams=pickup.estimated_grams
    )


def scheduled(pickup: Pickup, now: datetime) -> PickupScheduled:
    """A slot was given, for the first time or again."""
    return PickupScheduled(
        **common(pickup, now),
        scheduled_on=pickup.scheduled_on,
        slot=pickup.slot,
        attempt=pickup.attempt,
    )


async def note_act(
    tx: Tx, action: str, after: Pickup, by: Actor | None, now: datetime, *, before: Pickup | None
) -> None:
    """Note who did it. The reason in words stays sealed with the pick-up, because it may name people."""
    actor = {} if by is None else by.done()
    act = Act(
        action=action,
        subject_kind="pickup",
        subject_id=str(after.pickup_id),
        subdistrict_code=after.subdistrict_code,
        before=None if before is None else _shown(before),
        after=_shown(after),
        **actor,
    )
    await note(tx, [act], now)


def _shown(pickup: Pickup) -> dict[str, Any]:
    return {
        "state": pickup.state.value,
        "scheduled_on": pickup.scheduled_on.isoformat(),
        "slot": pickup.slot,
        "attempt": pickup.attempt,
        **({} if pickup.why is None else {"why": pickup.why}),
        **({} if pickup.deposit_id is None else {"deposit_id": str(pickup.deposit_id)}),
    }
