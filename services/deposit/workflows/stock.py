"""What lies in the store: kept up in the background, exact at every asking, counted by hand, signed when it differs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.deposit.domain.stock import ItemStock, Kinds, StockRefusal, Summed
from services.deposit.store import stock
from services.deposit.store.stock import BankDay, Counted
from services.deposit.workflows.weighings import Actor
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx


class CountedLine(NamedTuple):
    """One item as it was counted, against the book, in grams."""

    item_code: str
    waste_class: str
    booked_grams: int
    counted_grams: int

    @property
    def difference_grams(self) -> int:
        """Counted minus booked; what was lost (shrinkage) is negative."""
        return self.counted_grams - self.booked_grams


@dataclass(frozen=True, slots=True)
class Counting:
    """What somebody counted in the store: grams by item, each item once."""

    count_id: UUID
    waste_bank_id: str
    counted_at: datetime
    lines: Sequence[tuple[str, int]]


class CountOutcome(NamedTuple):
    """A count with its differences; `new` is false for a repeat."""

    lines: list[CountedLine]
    new: bool


async def taken_in(tx: Tx, waste_bank_id: str) -> list[Summed]:
    """All that the recorded deposits of a bank hold, by item: sums of days, and the lately changed days counted now."""
    since = await stock.summed_until(tx)
    touched = await stock.touched_at(tx, since, waste_bank_id)
    sums = await stock.kept_sums(tx, waste_bank_id, touched)
    return [*sums, *(await stock.sum_days(tx, waste_bank_id, touched) if touched else [])]


async def current_stock(tx: Tx, waste_bank_id: str, kinds: Kinds) -> dict[str, ItemStock]:
    """The book of a bank's store by item, in grams."""
    return kinds.stock(await taken_in(tx, waste_bank_id), await stock.moves(tx, waste_bank_id))


async def bring_sums_up_to_date(tx: Tx, now: datetime) -> int:
    """Sum the days anew in which a deposit changed; returns how many days. Several replicas: one does it.

    A day is summed as a whole, so that order and repetition cannot matter.
    """
    if not await stock.try_lock_sums(tx):
        return 0
    # First how far nothing can still appear, then what changed: what commits in between is seen next time.
    until = await stock.safe_until(tx, now)
    since = await stock.summed_until(tx)
    touched = await stock.touched_since(tx, since)
    for day in touched:
        await stock.replace_day(tx, day, await stock.sum_days(tx, day.waste_bank_id, [day.day_on]))
    await stock.set_summed_until(tx, until)
    return len(touched)


def wrong_items(kinds: Kinds, item_codes: Sequence[str]) -> StockRefusal | None:
    """Whether an item is not in the catalogue or stands twice."""
    if any(code not in kinds for code in item_codes):
        return StockRefusal.ITEM_UNKNOWN
    if len(set(item_codes)) != len(item_codes):
        return StockRefusal.ITEM_TWICE
    return None


async def count_stock(
    tx: Tx, counting: Counting, by: Actor, kinds: Kinds, rollout: Rollout, now: datetime
) -> CountOutcome | StockRefusal:
    """Set the book to what was counted and keep the difference, signed, for ever. The same again changes nothing."""
    subdistrict = rollout.subdistrict_of(counting.waste_bank_id)
    if subdistrict is None or not by.may_act_at(counting.waste_bank_id, subdistrict.kemendagri_code):
        return StockRefusal.NOT_YOUR_AREA
    wrong = wrong_items(kinds, [code for code, _ in counting.lines])
    if wrong is not None:
        return wrong
    await stock.lock_bank(tx, counting.waste_bank_id)
    before = await stock.count(tx, counting.count_id)
    if before is not None:
        return _repeated(before, counting)
    book = await current_stock(tx, counting.waste_bank_id, kinds)
    lines = [
        CountedLine(
            code, kinds.waste_class(code).value, book[code].book_grams if code in book else 0, counted
        )
        for code, counted in counting.lines
    ]
    row = Counted(
        counting.count_id,
        counting.waste_bank_id,
        subdistrict.kemendagri_code,
        counting.counted_at,
        by.person_id,
        now,
        json.dumps([line._asdict() for line in lines]),
    )
    if not await stock.add_count(tx, row):
        return StockRefusal.COUNT_CONFLICT
    differences = {line.item_code: line.difference_grams for line in lines if line.difference_grams}
    await stock.add_moves(tx, counting.waste_bank_id, differences, "count", counting.count_id, now)
    await note(tx, [_act(row, lines, by)], now)
    return CountOutcome(lines, new=True)


def _act(row: Counted, lines: Sequence[CountedLine], by: Actor) -> Act:
    return Act(
        action="stock_counted",
        subject_kind="waste_bank",
        subject_id=row.waste_bank_id,
        subdistrict_code=row.subdistrict_code,
        before={line.item_code: line.booked_grams for line in lines},
        after={line.item_code: line.counted_grams for line in lines},
        **by.done(),
    )


def _repeated(before: Counted, counting: Counting) -> CountOutcome | StockRefusal:
    lines = [CountedLine(**line) for line in json.loads(before.lines_json)]
    same = before.waste_bank_id == counting.waste_bank_id and [
        (line.item_code, line.counted_grams) for line in lines
    ] == list(counting.lines)
    return CountOutcome(lines, new=False) if same else StockRefusal.COUNT_CONFLICT


__all__ = [
    "BankDay",
    "CountOutcome",
    "CountedLine",
    "Counting",
    "bring_sums_up_to_date",
    "count_stock",
    "current_stock",
    "taken_in",
    "wrong_items",
]
