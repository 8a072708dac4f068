"""What waste would be worth today, and which list a tablet should use; asked by anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.valuation.domain.book import PublishedList
from services.valuation.domain.pricing import Reason, WeighedLine, Worth, price
from services.valuation.domain.refusals import Refusal
from services.valuation.store import lists
from services.valuation.store.lists import PriceBooks, StoredList
from shared.kernel.catalogue import Item
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class CurrentList:
    """The list in force at a waste bank, the instant at which the next one begins if known, and the catalogue."""

    stored: StoredList
    next_effective_at: datetime | None
    items: Mapping[str, Item]


@dataclass(frozen=True, slots=True)
class ToEstimate:
    """One line that somebody asks about. The unit is the catalogue's."""

    item_code: str
    grade: str
    unit: str
    quantity: int
    shown_rupiah: int = 0


async def current_list(tx: Tx, books: PriceBooks, waste_bank_id: str, at: datetime) -> CurrentList | Refusal:
    """The list that a tablet of the waste bank is to show."""
    book = await books.newest(tx)
    found = book.in_force(waste_bank_id, at)
    if found is None:
        return Refusal.NO_LIST_IN_FORCE
    stored = await lists.find_list(tx, found.id)
    if stored is None:
        return Refusal.NO_LIST_IN_FORCE
    following = book.next_after(waste_bank_id, at)
    return CurrentList(stored, following.effective_at if following else None, book.items)


async def estimate(
    tx: Tx,
    books: PriceBooks,
    waste_bank_id: str,
    asked: Sequence[tuple[str, str, int]],
    at: datetime,
) -> tuple[Worth, PublishedList] | Refusal:
    """What these (item, grade, quantity) would pay there and then; nothing is kept of it."""
    book = await books.newest(tx)
    in_force = book.in_force(waste_bank_id, at)
    if in_force is None:
        return Refusal.NO_LIST_IN_FORCE
    lines: list[WeighedLine] = []
    for code, grade, quantity in asked:
        item = book.items.get(code)
        if item is None:
            return Refusal.ITEM_NOT_PRICED
        lines.append(ToEstimate(code, grade, item.unit.value, quantity))
    worth = price(lines, in_force, in_force)
    return Refusal.ITEM_NOT_PRICED if isinstance(worth, Reason) else (worth, in_force)
