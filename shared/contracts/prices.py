"""What valuation says about prices."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Code, Event, Rupiah

PRICES_TOPIC = "timbang.prices.v1"


class PriceListPublished(Event):
    """A price list is in force from an instant on. It never changes; new prices are a new list."""

    TYPE: ClassVar[str] = "id.timbang.price.list_published.v1"
    TOPIC: ClassVar[str] = PRICES_TOPIC

    price_list_id: UUID
    waste_bank_id: Code | None = None  # None: for every waste bank without a list of its own
    effective_at: AwareDatetime
    published_by: UUID

    @property
    def key(self) -> str:
        """The scope of the list, so that lists of one waste bank arrive in order."""
        return self.waste_bank_id or "*"


class PriceExceptionApproved(Event):
    """A second person approved another price or deduction than the list says; the reason stays with valuation."""

    TYPE: ClassVar[str] = "id.timbang.price.exception_approved.v1"
    TOPIC: ClassVar[str] = PRICES_TOPIC

    exception_id: UUID
    waste_bank_id: Code
    member_id: UUID | None = None  # None: for everybody at that waste bank
    item_code: Code | None = None
    grade: Code | None = None
    price_rupiah: Rupiah | None = None
    beneficiary: Code | None = None
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    from_at: AwareDatetime
    until_at: AwareDatetime
    proposed_by: UUID
    approved_by: UUID

    @property
    def key(self) -> str:
        """The waste bank for which it holds."""
        return self.waste_bank_id
