"""What a biller sells now, and when it sleeps."""

from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as the biller sells it now. Cut-off times are WIB; equal ones mean none."""

    sku: str
    price_rupiah: int
    on_sale: bool
    stock_left: bool
    cut_off_starts: time
    cut_off_ends: time


def in_cut_off(offer: Offer, local: datetime) -> bool:
    """Whether the product sleeps at this WIB instant; the window may span midnight."""
    start, end, now = offer.cut_off_starts, offer.cut_off_ends, local.time()
    if start == end:
        return False
    return start <= now < end if start < end else now >= start or now < end
