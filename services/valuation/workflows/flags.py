"""Flagged deposits and the second person who decides about them."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from services.valuation.domain.area import Area
from services.valuation.domain.book import PriceBook
from services.valuation.domain.bounds import EMPTY_DAY
from services.valuation.domain.pricing import Reason, Worth, price, speakable
from services.valuation.domain.refusals import Refusal
from services.valuation.store import people, reading, valuations
from services.valuation.store.lists import PriceBooks
from services.valuation.store.reading import FlagDetail, RecordedLine, Stored
from services.valuation.workflows.telling import approved_fact
from shared.kernel import wib
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.tokens import Caller

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
    who: Caller,
    reason: str,
    books: PriceBooks,
    now: datetime,
) -> Stored | Refusal:
    """Value a flagged deposit after all: by the list shown if it was published at all, else by the one in force.

    Deposits outside of the caller's area are as if unknown. The same person approving again changes nothing.
    """
    by = who.subject
    stored = await reading.find(tx, deposit_id, lock=True)
    if (
        stored is None
        or stored.flag is None
        or not who.covers_bank(stored.waste_bank_id, stored.subdistrict_code)
    ):
        return Refusal.FLAG_UNKNOWN
    if stored.flag.was_handled_by(by):
        return Refusal.FLAG_OWN_DEPOSIT
    if stored.state == "valued" and stored.approved_by == by:
        return stored
    if stored.state != "flagged":
        return Refusal.FLAG_CLOSED
    worth = worth_after_approval(stored, stored.flag, await books.newest(tx))
    if isinstance(worth, Reason) or not speakable(worth):
        return Refusal.FLAG_NOT_PRICEABLE
    await valuations.approve(tx, deposit_id, worth, by, now, reason)
    day = (str(stored.member_id), wib.day(stored.weighed_at))
    await valuations.add_to_days(tx, {day: EMPTY_DAY.plus(worth)})
    await say(tx, [approved_fact(stored, worth, by, now)])
    await note(tx, [_act(stored, worth, who, reason)], now)
    approved = await reading.find(tx, deposit_id)
    return approved or Refusal.FLAG_UNKNOWN


def _act(stored: Stored, worth: Worth, who: Caller, reason: str) -> Act:
    before = {"state": stored.state, "reasons": list(stored.flag.reasons) if stored.flag else []}
    after = {"state": "valued", "net_rupiah": worth.net_rupiah, "price_list_id": worth.by.id_text}
    return Act(
        "flag.approve",
        "deposit",
        str(stored.deposit_id),
        subdistrict_code=stored.subdistrict_code,
        before=before,
        after=after,
        reason=reason,
        **done_by(who),
    )


def worth_after_approval(stored: Stored, flag: FlagDetail, book: PriceBook) -> Worth | Reason:
    """What a person lets pass is the deposit, never a price: that comes from a published list, the one shown first."""
    in_force = book.in_force(stored.waste_bank_id, stored.weighed_at)
    shown = book.list_of(flag.shown_price_list_id)
    if shown is not None and book.age(shown, stored.waste_bank_id, stored.weighed_at) is None:
        shown = None  # a list of another waste bank was never meant for this one
    by = shown or in_force
    if by is None:
        return Reason.NO_LIST_IN_FORCE
    exceptions = book.exceptions_for(stored.waste_bank_id, stored.member_id, stored.weighed_at)
    return price(flag.lines, by, in_force or by, exceptions)


async def list_flags(
    tx: Tx,
    *,
    area: Area,
    waste_bank_id: str | None,
    subdistrict_code: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Stored]:
    """Deposits of an area that wait, the longest first."""
    return await reading.open_flags(tx, area, waste_bank_id, subdistrict_code, after, limit)


async def list_differences(
    tx: Tx, area: Area, after: tuple[datetime, UUID] | None, limit: int
) -> list[Stored]:
    """Valued deposits of an area that were paid otherwise than by the list in force, with the difference."""
    return await reading.price_differences(tx, area, after, limit)


async def read_valuation(
    tx: Tx, deposit_id: UUID, *, of_member: UUID | None, covers: Callable[[str, str], bool]
) -> Stored | Refusal:
    """One deposit's valuation, for its member (by any id that means them now), else for staff of its area."""
    stored = await reading.find(tx, deposit_id)
    if stored is None:
        return Refusal.VALUATION_UNKNOWN
    if of_member is None:
        return stored if covers(stored.waste_bank_id, stored.subdistrict_code) else Refusal.VALUATION_UNKNOWN
    if stored.member_id != of_member and not await people.same(tx, stored.member_id, of_member):
        return Refusal.VALUATION_UNKNOWN
    return stored
