"""What deposit says about a waste bank rather than about one member: bags, sales, the closed day, its tablets."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Code, Event, MemberEvent, Part, Quantity, Rupiah, SignedRupiah
from shared.contracts.deposits import DEPOSITS_TOPIC


class WasteBankEvent(Event):
    """A fact about one waste bank. Its key is the bank, so that what it says arrives in order."""

    waste_bank_id: Code
    subdistrict_code: Code

    @property
    def key(self) -> str:
        """The waste bank's id."""
        return self.waste_bank_id


class BagsReceived(MemberEvent):
    """A member left labelled bags that are weighed later: nothing is owed yet, nothing may be forgotten."""

    TYPE: ClassVar[str] = "id.timbang.bank.bags_received.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    bag_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]
    waste_bank_id: Code
    subdistrict_code: Code
    received_at: AwareDatetime


class BagFact(MemberEvent):
    """What became of one bag that was received. Of a bag's facts the one with the highest `turn` says how it stands.

    The member, waste bank and `received_at` are those of BagsReceived, whichever of the two is heard first.
    """

    bag_id: UUID
    waste_bank_id: Code
    subdistrict_code: Code
    received_at: AwareDatetime
    turn: Annotated[int, Field(ge=1, le=1_000_000)]


class BagWeighed(BagFact):
    """A deposit that counts, or may yet count, weighed the bag."""

    TYPE: ClassVar[str] = "id.timbang.bank.bag_weighed.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    deposit_id: UUID
    weighed_at: AwareDatetime


class BagReopened(BagFact):
    """The deposit that had weighed the bag does not count any more: the bag waits again."""

    TYPE: ClassVar[str] = "id.timbang.bank.bag_reopened.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC


class BagDiscarded(BagFact):
    """The bag will not be weighed: empty, spoiled or taken back. Nothing takes that back."""

    TYPE: ClassVar[str] = "id.timbang.bank.bag_discarded.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    discarded_at: AwareDatetime
    discarded_by: UUID


class SoldLine(Part):
    """One item of a lot as the buyer weighed it: grams, and what was paid for all of them."""

    item_code: Code
    waste_class: Code
    weight_grams: Quantity
    price_rupiah: Rupiah
    amount_rupiah: Rupiah


class WasteSold(WasteBankEvent):
    """A lot of sorted waste left the waste bank. Weight lost since it came in is found by comparing with deposits."""

    TYPE: ClassVar[str] = "id.timbang.bank.waste_sold.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    lot_id: UUID
    buyer_id: UUID
    sold_at: AwareDatetime
    sold_by: UUID
    lines: Annotated[tuple[SoldLine, ...], Field(min_length=1, max_length=100)]
    amount_rupiah: Rupiah


class WasteSaleVoided(WasteBankEvent):
    """A lot was written down wrongly: it was never sold, and its weight is in stock again."""

    TYPE: ClassVar[str] = "id.timbang.bank.waste_sale_voided.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    lot_id: UUID
    voided_at: AwareDatetime
    voided_by: UUID


class ClassDifference(Part):
    """Counted minus booked, of one waste class, in grams."""

    waste_class: Code
    booked_grams: Quantity
    counted_grams: Quantity


class DayClosed(WasteBankEvent):
    """A waste bank counted its day against the book and signed the differences.

    A day that was opened again is closed once more: `replaces_closing_id` then names what does not count any more.
    """

    TYPE: ClassVar[str] = "id.timbang.bank.day_closed.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    closing_id: UUID
    day_on: date
    closed_at: AwareDatetime
    closed_by: UUID
    classes: tuple[ClassDifference, ...]
    cash_booked_rupiah: SignedRupiah
    cash_counted_rupiah: Rupiah
    replaces_closing_id: UUID | None = None


class TabletReported(WasteBankEvent):
    """How a tablet is doing: what it still has to send, how wrong its clock is, whether it will last the day."""

    TYPE: ClassVar[str] = "id.timbang.bank.tablet_reported.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    tablet_id: UUID
    reported_at: AwareDatetime
    app_version: Code
    queue_length: Quantity
    oldest_queued_at: AwareDatetime | None = None
    clock_offset_ms: int
    battery_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    storage_free_mib: Quantity | None = None
