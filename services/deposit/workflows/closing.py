"""A waste bank's day counted against the book: differences signed and kept, one closing a day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.deposit.domain.closing import ClassCount, ClosingRefusal, compare
from services.deposit.domain.states import State
from services.deposit.domain.stock import Kinds
from services.deposit.store import closing, stock
from services.deposit.store.closing import Closing
from services.deposit.store.stock import BankDay, DayDeposit
from services.deposit.workflows.weighings import Actor
from shared.contracts import ClassDifference, DayClosed
from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.kernel.waste_classes import WasteClass
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer

CLOSINGS_MAX = 31


@dataclass(frozen=True, slots=True)
class Counts:
    """What somebody counted at the end of a WIB day: grams by class, and the cash in the box in rupiah."""

    closing_id: UUID
    waste_bank_id: str
    day_on: date
    classes: Mapping[WasteClass, int]
    cash_counted_rupiah: int
    cash_booked_rupiah: int
    note: str | None = None


class DayBook(NamedTuple):
    """What the book says of a day: grams by class, and the deposits behind them."""

    classes: dict[WasteClass, int]
    deposit_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class OpenedClosing:
    """A closing with its note, and what came or changed for its day since."""

    closing: Closing
    classes: list[ClassCount]
    note: str | None
    after_closing: list[DayDeposit]


class Closed(NamedTuple):
    """A closing as it stands; `new` is false for a repeat."""

    opened: OpenedClosing
    new: bool


async def day_book(tx: Tx, waste_bank_id: str, on: date, kinds: Kinds) -> DayBook:
    """What was weighed on a WIB day and counts: exact at this moment."""
    sums = await stock.sum_days(tx, waste_bank_id, [on])
    of_day = await stock.deposits_of_day(tx, BankDay(waste_bank_id, on))
    counting = [each.deposit_id for each in of_day if each.state == State.RECORDED]
    return DayBook(kinds.by_class(sums), counting)


async def close_day(
    tx: Tx, sealer: Sealer, counts: Counts, *, by: Actor, kinds: Kinds, rollout: Rollout, now: datetime
) -> Closed | ClosingRefusal:
    """Sign a day off. The same id again is a repeat; a second closing of a day needs the first one reopened."""
    subdistrict = rollout.subdistrict_of(counts.waste_bank_id)
    if subdistrict is None or not by.may_act_at(counts.waste_bank_id, subdistrict.kemendagri_code):
        return ClosingRefusal.NOT_YOUR_AREA
    if counts.day_on > wib.day(now):
        return ClosingRefusal.DAY_NOT_BEGUN
    await stock.lock_bank(tx, counts.waste_bank_id)
    before = await closing.one(tx, counts.closing_id)
    if before is not None:
        if not _is_same(sealer, before, counts):
            return ClosingRefusal.CONFLICT
        return Closed(await _opened(tx, sealer, before), new=False)
    earlier = await closing.page(tx, counts.waste_bank_id, counts.day_on, 1)
    if earlier and earlier[0].reopened_at is None:
        return ClosingRefusal.DAY_ALREADY_CLOSED
    book = await day_book(tx, counts.waste_bank_id, counts.day_on, kinds)
    classes = compare(book.classes, counts.classes)
    place = f"closing|{counts.closing_id}|note"
    closed = Closing(
        closing_id=counts.closing_id,
        waste_bank_id=counts.waste_bank_id,
        subdistrict_code=subdistrict.kemendagri_code,
        day_on=counts.day_on,
        closed_at=now,
        closed_by=by.person_id,
        classes_json=json.dumps([each._asdict() for each in classes]),
        cash_booked_rupiah=counts.cash_booked_rupiah,
        cash_counted_rupiah=counts.cash_counted_rupiah,
        note=None if counts.note is None else sealer.seal(counts.note, place),
        deposit_ids=book.deposit_ids,
        replaces_closing_id=earlier[0].closing_id if earlier else None,
    )
    await closing.insert(tx, closed)
    await say(tx, [_told(closed, classes)])
    await note(tx, [_act("day_closed", closed, by, None)], now)
    return Closed(await _opened(tx, sealer, closed), new=True)


async def reopen_day(
    tx: Tx, closing_id: UUID, reason: str, by: Actor, now: datetime
) -> Closing | ClosingRefusal:
    """Let a day be counted once more. The closing stays readable; the one that follows names it."""
    seen = await closing.one(tx, closing_id)
    if seen is None or not by.may_act_at(seen.waste_bank_id, seen.subdistrict_code):
        return ClosingRefusal.NOT_FOUND
    await stock.lock_bank(tx, seen.waste_bank_id)
    found = await closing.one(tx, closing_id)
    if found is None:
        return ClosingRefusal.NOT_FOUND
    if found.reopened_at is not None:
        same = (found.reopened_by, found.reopen_reason) == (by.person_id, reason)
        return found if same else ClosingRefusal.ALREADY_REOPENED
    await closing.reopen(tx, closing_id, now, by.person_id, reason)
    await note(tx, [_act("day_reopened", found, by, reason)], now)
    again = await closing.one(tx, closing_id)
    return found if again is None else again


async def read_closing(tx: Tx, closing_id: UUID) -> Closing | None:
    """A closing as it was signed, or None."""
    return await closing.one(tx, closing_id)


async def list_closings(tx: Tx, sealer: Sealer, waste_bank_id: str, on: date | None) -> list[OpenedClosing]:
    """The closings of a bank, or of one of its days, newest first, each with what came after it."""
    found = await closing.page(tx, waste_bank_id, on, CLOSINGS_MAX)
    return [await _opened(tx, sealer, each) for each in found]


async def _opened(tx: Tx, sealer: Sealer, found: Closing) -> OpenedClosing:
    """A closing with what differs now: deposits that came since, and those that were in the book and do not count."""
    in_book = set(found.deposit_ids)
    of_day = await stock.deposits_of_day(tx, BankDay(found.waste_bank_id, found.day_on))
    after = [each for each in of_day if (each.state == State.RECORDED) != (each.deposit_id in in_book)]
    place = f"closing|{found.closing_id}|note"
    return OpenedClosing(
        found,
        _classes(found),
        None if found.note is None else sealer.open(found.note, place),
        after,
    )


def _classes(found: Closing) -> list[ClassCount]:
    return [
        ClassCount(WasteClass(each["waste_class"]), each["booked_grams"], each["counted_grams"])
        for each in json.loads(found.classes_json)
    ]


def _is_same(sealer: Sealer, before: Closing, counts: Counts) -> bool:
    """Whether the same was counted; what the book said may have changed since."""
    note_before = None
    if before.note is not None:
        note_before = sealer.open(before.note, f"closing|{before.closing_id}|note")
    counted = {each.waste_class: each.counted_grams for each in _classes(before) if each.counted_grams}
    return (before.waste_bank_id, before.day_on, before.cash_counted_rupiah, note_before, counted) == (
        counts.waste_bank_id,
        counts.day_on,
        counts.cash_counted_rupiah,
        counts.note,
        {waste_class: grams for waste_class, grams in counts.classes.items() if grams},
    )


def _told(closed: Closing, classes: Sequence[ClassCount]) -> DayClosed:
    return DayClosed(
        event_id=uuid7(),
        recorded_at=closed.closed_at,
        waste_bank_id=closed.waste_bank_id,
        subdistrict_code=closed.subdistrict_code,
        closing_id=closed.closing_id,
        day_on=closed.day_on,
        closed_at=closed.closed_at,
        closed_by=closed.closed_by,
        classes=tuple(
            ClassDifference(
                waste_class=each.waste_class,
                booked_grams=each.booked_grams,
                counted_grams=each.counted_grams,
            )
            for each in classes
        ),
        cash_booked_rupiah=closed.cash_booked_rupiah,
        cash_counted_rupiah=closed.cash_counted_rupiah,
        replaces_closing_id=closed.replaces_closing_id,
    )


def _act(action: str, of: Closing, by: Actor, reason: str | None) -> Act:
    return Act(
        action=action,
        subject_kind="waste_bank",
        subject_id=of.waste_bank_id,
        subdistrict_code=of.subdistrict_code,
        after={
            "closing_id": str(of.closing_id),
            "day_on": of.day_on.isoformat(),
            "difference_grams": sum(each.difference_grams for each in _classes(of)),
            "cash_difference_rupiah": of.cash_counted_rupiah - of.cash_booked_rupiah,
        },
        reason=reason,
        **by.done(),
    )
