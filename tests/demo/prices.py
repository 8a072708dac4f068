"""What a tablet knows of prices: the list it last fetched, and what it therefore shows for a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

BASIS_POINTS = 10_000


@dataclass(frozen=True)
class Offer:
    """What is paid for one item in one grade, per kg, litre or piece."""

    item: str
    grade: str
    unit: str
    price_rupiah: int


@dataclass(frozen=True)
class PriceList:
    """A list as valuation's door showed it. The arithmetic is the demo's own, to be compared with the services'."""

    id: UUID
    offers: Mapping[tuple[str, str], Offer]
    deductions: tuple[int, ...]

    @classmethod
    def read(cls, page: Mapping[str, Any]) -> Self:
        """From the answer of valuation's door."""
        offers = [
            Offer(each["item_code"], each["grade"], each["unit"], each["price_rupiah"])
            for each in page["prices"]
        ]
        return cls(
            UUID(page["price_list_id"]),
            {(offer.item, offer.grade): offer for offer in offers},
            tuple(rule["basis_points"] for rule in page["deductions"]),
        )

    def shown_rupiah(self, item: str, grade: str, quantity: int) -> int:
        """What the tablet shows for a line: rounded down to whole rupiah."""
        offer = self.offers[item, grade]
        whole = quantity * offer.price_rupiah
        return whole if offer.unit == "piece" else whole // 1000

    def net_rupiah(self, gross_rupiah: int) -> int:
        """What the resident gets of a gross value."""
        return gross_rupiah - sum(gross_rupiah * part // BASIS_POINTS for part in self.deductions)
