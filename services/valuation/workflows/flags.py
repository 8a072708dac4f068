"""Flagged deposits and the second person who decides about them."""

from datetime import datetime
from uuid import UUID

from services.valuation.domain.book import PriceBook
from services.valuation.domain.bounds import EMPTY_DAY
from services.valuation.domain.pricing import Reason, Worth, price, speakable
from services.valuation.domain.refusals import Refusal
from services.valuation.store import reading, valuations
from services.valuation.store.lists import PriceBooks
from services.valuation.store.reading import FlagDetail, RecordedLine, Stored
from services.valuation.workflows.telling import approved_fact
from shared.kernel import wib
from shared.runtime.database import Tx
from shared.runtime.outbox import say

__all__ = [
    "FlagDetail",
    "RecordedLine",
    "Stored",
    "approve_flag",
    "list_differences",
    "list_flags",
    "read_valuation",
]


async def approve_flag(
    tx: Tx,
    deposit_id: UUID,
    *,
    by: UUID,
    at_banks: frozenset[str] | None,
    note: str,
    books: PriceBooks,
    now: datetime,
) -> Stored | Refusal:
    """Value a flagged deposit after all: by the list shown if it was published at all, else by the one in force.

    `at_banks` limits whose deposits this person may decide about; None is no limit. The same person approving again
    changes nothing.
    """
    stored = await reading.find(tx, deposit_id, lock=True)
    if (
        stored is None
        or stored.flag is None
        or (at_banks is not None and stored.waste_bank_id not in at_banks)
    ):
        return Refusal.FLAG_UNKNOWN
    if stored.flag.recorder_id == by:
        return Refusal.FLAG_OWN_DEPOSIT
    if stored.state == "valued" and stored.approved_by == by:
        return stored
    if stored.state != "flagged":
        return Refusal.FLAG_CLOSED
    worth = worth_after_approval(stored, stored.flag, await books.newest(tx))
    if isinstance(worth, Reason) or not speakable(worth):
        return Refusal.FLAG_NOT_PRICEABLE
    await valuations.approve(tx, deposit_id, worth, by, now, note)
    day = (str(stored.member_id), wib.day(stored.weighed_at))
    await valuations.add_to_days(tx, {day: EMPTY_DAY.plus(worth)})
    await say(tx, [approved_fact(stored, worth, by, now)])
    approved = await reading.find(tx, deposit_id)
    return approved or Refusal.FLAG_UNKNOWN


def worth_after_approval(stored: Stored, flag: FlagDetail, book: PriceBook) -> Worth | Reason:
    """What a person lets pass is the deposit, never a price: that comes from a published list, the one shown first."""
    in_force = book.in_force(stored.waste_bank_id, stored.weighed_at)
    shown = book.list_of(flag.shown_price_list_id)
    if shown is not None and book.age(shown, stored.waste_bank_id, stored.weighed_at) is None:
        shown = None  # a list of another waste bank was never meant for this one
    by = shown or in_force
    if by is None:
        return Reason.NO_LIST_IN_FORCE
    return price(flag.lines, by, in_force or by)


async def list_flags(
    tx: Tx,
    *,
    at_banks: frozenset[str] | None,
    waste_bank_id: str | None,
    subdistrict_code: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Stored]:
    """Deposits that wait, the longest first; `at_banks` limits whose, None is no limit."""
    banks = None if at_banks is None else sorted(at_banks)
    if waste_bank_id is not None:
        banks = [waste_bank_id] if banks is None or waste_bank_id in banks else []
    return await reading.open_flags(tx, banks, subdistrict_code, after, limit)


async def list_differences(tx: Tx, after: tuple[datetime, UUID] | None, limit: int) -> list[Stored]:
    """Valued deposits that were paid by another list than the one in force, with the difference."""
    return await reading.price_differences(tx, after, limit)


async def read_valuation(
    tx: Tx, deposit_id: UUID, *, of_member: UUID | None, at_banks: frozenset[str] | None
) -> Stored | Refusal:
    """One deposit's valuation, for its member, for staff of its waste bank, or (both None) for everybody's."""
    stored = await reading.find(tx, deposit_id)
    if stored is None or (of_member is not None and stored.member_id != of_member):
        return Refusal.VALUATION_UNKNOWN
    if at_banks is not None and stored.waste_bank_id not in at_banks:
        return Refusal.VALUATION_UNKNOWN
    return stored
