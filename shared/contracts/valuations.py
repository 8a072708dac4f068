"""What valuation says about a deposit: it has a price, it needs a second person, or its price is taken back."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Code, Part, Quantity, Reason, Rupiah, SignedRupiah
from shared.contracts.deposits import DepositEvent, Unit

VALUATIONS_TOPIC = "timbang.valuations.v1"


class ValuedLine(Part):
    """One priced line. `reporting_grams` is an estimate for pieces and litres and never decides about money."""

    item_code: Code
    waste_class: Code
    grade: Code
    unit: Unit
    quantity: Quantity
    price_rupiah: Rupiah
    value_rupiah: Rupiah
    reporting_grams: Quantity


class Deduction(Part):
    """Who keeps which part of the gross value: basis points (1/100 percent), floored in the resident's favour."""

    beneficiary: Code
    basis_points: Annotated[int, Field(ge=0, le=10_000)]
    amount_rupiah: Rupiah


class DepositValued(DepositEvent):
    """A deposit has a price: net = gross - deductions.

    `price_difference_rupiah` is gross minus what the list in force at weighing would have paid.
    """

    TYPE: ClassVar[str] = "id.timbang.valuation.valued.v1"
    TOPIC: ClassVar[str] = VALUATIONS_TOPIC

    price_list_id: UUID
    list_in_force_id: UUID
    lines: tuple[ValuedLine, ...]
    gross_rupiah: Rupiah
    deductions: tuple[Deduction, ...] = ()
    net_rupiah: Rupiah
    price_difference_rupiah: SignedRupiah = 0
    approved_by: UUID | None = None


class DepositFlagged(DepositEvent):
    """A deposit is out of the ordinary and waits for a second person. Nothing is credited until then."""

    TYPE: ClassVar[str] = "id.timbang.valuation.flagged.v1"
    TOPIC: ClassVar[str] = VALUATIONS_TOPIC

    recorder_id: UUID
    reasons: Annotated[tuple[Code, ...], Field(min_length=1)]


class ValuationReversed(DepositEvent):
    """A valued deposit was voided; its credit is to be taken back by an equal and opposite transfer."""

    TYPE: ClassVar[str] = "id.timbang.valuation.reversed.v1"
    TOPIC: ClassVar[str] = VALUATIONS_TOPIC

    net_rupiah: Rupiah
    reason: Reason
