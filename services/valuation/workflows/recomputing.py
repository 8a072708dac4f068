"""Every value that was ever stored, computed again from its quantities and its published list."""

from collections.abc import AsyncIterator
from uuid import UUID

from services.valuation.domain.book import PriceBook
from services.valuation.domain.pricing import Reason, Worth, price
from services.valuation.store import reading
from services.valuation.store.lists import PriceBooks
from services.valuation.store.reading import RecordedLine, Stored
from shared.runtime.database import Tx


async def recompute(tx: Tx, books: PriceBooks) -> AsyncIterator[tuple[UUID, str | None]]:
    """Each valued deposit with what differs, in words, or None. Voided ones are computed too."""
    book = await books.newest(tx)
    async for stored in reading.every_valued(tx):
        yield stored.deposit_id, difference(stored, book)


def difference(stored: Stored, book: PriceBook) -> str | None:
    """What a second computation gives otherwise, or None if it gives the same to the rupiah."""
    by = None if stored.price_list_id is None else book.list_of(stored.price_list_id)
    in_force = None if stored.list_in_force_id is None else book.list_of(stored.list_in_force_id)
    if by is None or in_force is None:
        return "its price list is not published"
    named = {each.exception_id for each in stored.exceptions}
    exceptions = book.exceptions_of(stored.waste_bank_id, named) if named else ()
    if any(not each.was_for(stored.member_id, stored.weighed_at) for each in exceptions):
        return "an exception by which it was valued was never for it"
    lines = [
        RecordedLine(line.item_code, line.grade, line.unit, line.quantity, line.value_rupiah)
        for line in stored.lines
    ]
    again = price(lines, by, in_force, exceptions)
    if isinstance(again, Reason):
        return f"it cannot be priced again: {again}"
    return _compare(stored, again)


def _compare(stored: Stored, again: Worth) -> str | None:
    pairs: list[tuple[str, object, object]] = [
        ("gross", stored.gross_rupiah, again.gross_rupiah),
        ("net", stored.net_rupiah, again.net_rupiah),
        ("price difference", stored.price_difference_rupiah, again.price_difference_rupiah),
        ("deductions", stored.deductions, again.deductions),
        ("exceptions", stored.exceptions, again.exceptions),
    ]
    for one, other in zip(stored.lines, again.lines, strict=True):
        pairs.append((f"price of {one.item_code} {one.grade}", one.price_rupiah, other.price_rupiah))
        pairs.append((f"value of {one.item_code} {one.grade}", one.value_rupiah, other.value_rupiah))
    wrong = [f"{what}: stored {kept}, computed {new}" for what, kept, new in pairs if kept != new]
    return "; ".join(wrong) or None
