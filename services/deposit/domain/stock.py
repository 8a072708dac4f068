"""What lies in the store of a waste bank: grams by item and class, however an item is counted at the scale."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.kernel.catalogue import Catalogue
from shared.kernel.units import Unit
from shared.kernel.waste_classes import WasteClass

GRAMS_A_KG = 1000


class StockRefusal(StrEnum):
    """Why nothing was sold, counted or voided. The value is the problem's code."""

    NOT_YOUR_AREA = "not_your_area"
    WASTE_BANK_UNKNOWN = "stock_waste_bank_unknown"
    ITEM_UNKNOWN = "stock_item_unknown"
    ITEM_TWICE = "stock_item_twice"
    BUYER_CONFLICT = "buyer_conflict"
    BUYER_NOT_FOUND = "buyer_not_found"
    LOT_CONFLICT = "lot_conflict"
    LOT_NOT_FOUND = "lot_not_found"
    LOT_EXCEEDS_STOCK = "lot_exceeds_stock"
    LOT_ALREADY_VOID = "lot_already_void"
    COUNT_CONFLICT = "stock_count_conflict"


class Summed(NamedTuple):
    """What was taken in of an item, in grams, millilitres or pieces by its unit."""

    item_code: str
    unit: str
    quantity: int


class Moved(NamedTuple):
    """What left (negative) or was found (positive) otherwise than by deposits, in grams."""

    item_code: str
    cause: str
    grams: int


class ItemStock(NamedTuple):
    """One item in grams: taken in, sold, counted away or found, and what the book says is there."""

    item_code: str
    waste_class: WasteClass
    taken_in_grams: int
    sold_grams: int
    difference_grams: int

    @property
    def book_grams(self) -> int:
        """What should be there. Negative means that more was sold than ever came in."""
        return self.taken_in_grams - self.sold_grams + self.difference_grams


class Kinds:
    """What the catalogue says of items: their class, and what a piece or litre weighs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._items = {item.code: item for item in catalogue.items}

    def __contains__(self, item_code: object) -> bool:
        return item_code in self._items

    def waste_class(self, item_code: str) -> WasteClass:
        """Items that left the catalogue, or were never in it, count as `other`."""
        item = self._items.get(item_code)
        return WasteClass.OTHER if item is None else item.waste_class

    def grams(self, summed: Summed) -> int:
        """The weight; of pieces and litres as the catalogue estimates it, 0 for an item that is not in it."""
        if summed.unit == Unit.KG:
            return summed.quantity
        item = self._items.get(summed.item_code)
        estimate = 0 if item is None else item.grams_per_unit_estimate or 0
        return summed.quantity * estimate // Unit(summed.unit).parts

    def by_class(self, sums: Iterable[Summed]) -> dict[WasteClass, int]:
        """Grams by class, only of classes of which there is something."""
        found: dict[WasteClass, int] = {}
        for summed in sums:
            waste_class = self.waste_class(summed.item_code)
            found[waste_class] = found.get(waste_class, 0) + self.grams(summed)
        return found

    def stock(self, sums: Iterable[Summed], moves: Iterable[Moved]) -> dict[str, ItemStock]:
        """The book by item code, in the order of codes."""
        taken_in: dict[str, int] = {}
        for summed in sums:
            taken_in[summed.item_code] = taken_in.get(summed.item_code, 0) + self.grams(summed)
        sold: dict[str, int] = {}
        counted: dict[str, int] = {}
        for move in moves:
            of = counted if move.cause == "count" else sold
            of[move.item_code] = of.get(move.item_code, 0) + move.grams
        return {
            code: ItemStock(
                code, self.waste_class(code), taken_in.get(code, 0), -sold.get(code, 0), counted.get(code, 0)
            )
            for code in sorted({*taken_in, *sold, *counted})
        }


def amount_rupiah(weight_grams: int, price_rupiah: int) -> int:
    """What a buyer pays for a line, at a price per kg; a part of a rupiah is not paid."""
    return weight_grams * price_rupiah // GRAMS_A_KG


def beyond(stock: Mapping[str, ItemStock], wanted: Mapping[str, int]) -> dict[str, int]:
    """By item, how many grams more than the book has would leave; empty if it all is there."""
    return {
        code: grams - max(0, stock[code].book_grams if code in stock else 0)
        for code, grams in wanted.items()
        if grams > (stock[code].book_grams if code in stock else 0)
    }
