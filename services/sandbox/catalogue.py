"""What the sandbox sells: read from its own file, priced and judged exactly as its price list says."""

from datetime import datetime, time
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.sandbox.clock import WIB

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML built without its C part: ten times slower, the same result
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


class Product(BaseModel):
    """One row of the price list, plus what only the sandbox knows (nominal, and a fault to answer with)."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    name: str
    category: str
    brand: str
    type: str = "Umum"
    seller: str = "Lu***"
    price: int = Field(gt=0)
    nominal: int | None = None
    buyer_on: bool = True
    seller_on: bool = True
    unlimited: bool = True
    stock: int = 0
    multi: bool = True
    start_cut_off: str = "0:0"
    end_cut_off: str = "0:0"
    desc: str = "-"
    fault: str | None = Field(default=None, description="A response code that every purchase gets.")

    def row(self, stock: int) -> dict[str, Any]:
        """The row as the price list shows it."""
        return {
            "product_name": self.name,
            "category": self.category,
            "brand": self.brand,
            "type": self.type,
            "seller_name": self.seller,
            "price": self.price,
            "buyer_sku_code": self.sku,
            "buyer_product_status": self.buyer_on,
            "seller_product_status": self.seller_on,
            "unlimited_stock": self.unlimited,
            "stock": stock,
            "multi": self.multi,
            "start_cut_off": self.start_cut_off,
            "end_cut_off": self.end_cut_off,
            "desc": self.desc,
        }

    def in_cut_off(self, now: datetime) -> bool:
        """Whether the product sleeps at this instant; equal ends mean never, and a window may span midnight."""
        start, end = _clock_time(self.start_cut_off), _clock_time(self.end_cut_off)
        local = now.astimezone(WIB).time()
        if start == end:
            return False
        return start <= local < end if start < end else local >= start or local < end


def _clock_time(text: str) -> time:
    """`23:45` as well as `0:0`, both of which the real list has."""
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


class Catalogue(BaseModel):
    """All products and the number prefixes of each operator's brand."""

    model_config = ConfigDict(extra="forbid")

    prefixes: dict[str, list[str]]
    products: list[Product]

    def find(self, sku: str) -> Product | None:
        """The product with this code."""
        return next((product for product in self.products if product.sku == sku), None)

    def brand_of(self, phone: str) -> str | None:
        """The operator whose prefix is the longest that fits; by.U lives inside Telkomsel's range."""
        fits = [
            (len(prefix), brand)
            for brand, prefixes in self.prefixes.items()
            for prefix in prefixes
            if phone.startswith(prefix)
        ]
        return max(fits)[1] if fits else None


def read_catalogue(path: Path) -> Catalogue:
    """Read and check the file of products; raises on the first mistake, with its place."""
    text = path.read_text(encoding="utf-8")
    return Catalogue.model_validate(yaml.load(text, _SafeLoader))
