"""What deposit says about pick-ups ("Jemput Sampah"): ids, days and slots; the address never travels."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Code, MemberEvent, Quantity
from shared.contracts.deposits import DEPOSITS_TOPIC


class PickupEvent(MemberEvent):
    """What every fact about one pick-up carries."""

    pickup_id: UUID
    waste_bank_id: Code
    subdistrict_code: Code
    requested_at: AwareDatetime


class PickupRequested(PickupEvent):
    """Somebody asked that their sorted waste be fetched."""

    TYPE: ClassVar[str] = "id.timbang.pickup.requested.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    requested_by: UUID
    estimated_grams: Quantity


class PickupScheduled(PickupEvent):
    """The waste bank will come on a WIB day, in a slot of its own; said again when a missed one is offered anew."""

    TYPE: ClassVar[str] = "id.timbang.pickup.scheduled.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    scheduled_on: date
    slot: Code
    attempt: Quantity


class PickupDone(PickupEvent):
    """The waste was weighed at the door; `deposit_id` is the deposit that came of it."""

    TYPE: ClassVar[str] = "id.timbang.pickup.done.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    deposit_id: UUID
    done_at: AwareDatetime


class PickupCancelled(PickupEvent):
    """Nobody will come any more. The reason in words stays with deposit; here stands only whose decision it was."""

    TYPE: ClassVar[str] = "id.timbang.pickup.cancelled.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    why: Literal["by_member", "by_waste_bank", "missed"]
    cancelled_by: UUID | None = None
    cancelled_at: AwareDatetime
