"""What valuation says about prices."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Code, Event

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
