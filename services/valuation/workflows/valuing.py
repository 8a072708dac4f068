"""Deposits that were heard of: priced by the list that their tablet showed, or flagged for a second person."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.valuation.domain.book import PriceBook
from services.valuation.domain.bounds import DaySoFar, out_of_bounds
from services.valuation.domain.pricing import Reason, Worth, honoured, price, shown_differs
from services.valuation.store import valuations
from services.valuation.store.lists import PriceBooks
from services.valuation.store.valuations import Stored
from shared.contracts import DepositFlagged, DepositRecorded, DepositValued, Event
from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.outbox import say

__all__ = ["PriceBooks", "appraise", "value_deposits", "valued_fact"]

EMPTY_DAY = DaySoFar(0, 0, 0)


class Judged(NamedTuple):
    """A deposit with what it is worth, if it can be priced, and why it waits, if it does."""

    recorded: DepositRecorded
    day: valuations.MemberDay
    worth: Worth | None
    reasons: list[Reason]


async def value_deposits(
    tx: Tx, recorded: Sequence[DepositRecorded], books: PriceBooks, rollout: Rollout, now: datetime
) -> None:
    """Give every deposit of the batch a price, or a flag. One that is known already, or voided, changes nothing."""
    new = await _new_ones(tx, recorded)
    if not new:
        return
    book = await books.newest(tx)
    day_of = {each.deposit_id: (each.member_id, wib.day(each.weighed_at)) for each in new}
    days = await valuations.days(tx, set(day_of.values()))
    judged = _judge(new, day_of, days, book, rollout)
    await valuations.insert(tx, [_row(each, now) for each in judged])
    await _keep_days_and_flags(tx, judged, now)
    await say(tx, [_fact(each, now) for each in judged])


async def _new_ones(tx: Tx, recorded: Sequence[DepositRecorded]) -> list[DepositRecorded]:
    """Each deposit once, without those that have a row."""
    once = {each.deposit_id: each for each in reversed(recorded)}
    known = await valuations.known(tx, list(once))
    return [each for each in reversed(once.values()) if each.deposit_id not in known]


def _judge(
    new: Iterable[DepositRecorded],
    day_of: Mapping[UUID, valuations.MemberDay],
    days: dict[valuations.MemberDay, DaySoFar],
    book: PriceBook,
    rollout: Rollout,
) -> list[Judged]:
    """Judge one after the other, so that the deposits of a batch count for one another's day."""
    age_max = timedelta(days=rollout.price_list_max_age_days)
    judged: list[Judged] = []
    for each in new:
        key = day_of[each.deposit_id]
        worth, reasons = appraise(each, book, age_max)
        if worth is not None and not reasons:
            day = days.get(key, EMPTY_DAY)
            reasons = out_of_bounds(worth, day, rollout.caps_for(each.subdistrict_code))
            if not reasons:
                days[key] = day.plus(worth)
        judged.append(Judged(each, key, worth, reasons))
    return judged


def appraise(
    recorded: DepositRecorded, book: PriceBook, age_max: timedelta
) -> tuple[Worth | None, list[Reason]]:
    """The deposit's worth by the list shown, or the reason that keeps it from being priced by rule."""
    bank, at = recorded.waste_bank_id, recorded.weighed_at
    in_force = book.in_force(bank, at)
    if in_force is None:
        return None, [Reason.NO_LIST_IN_FORCE]
    shown = (
        in_force
        if recorded.price_list_id == in_force.id
        else honoured(book, recorded.price_list_id, bank, at, age_max)
    )
    if isinstance(shown, Reason):
        return None, [shown]
    worth = price(recorded.lines, shown, in_force)
    if isinstance(worth, Reason):
        return None, [worth]
    return worth, [Reason.SHOWN_DIFFERS] if shown_differs(recorded.lines, worth) else []


async def _keep_days_and_flags(tx: Tx, judged: Sequence[Judged], now: datetime) -> None:
    more: dict[valuations.MemberDay, DaySoFar] = {}
    for each in judged:
        if each.worth is not None and not each.reasons:
            more[each.day] = more.get(each.day, EMPTY_DAY).plus(each.worth)
    if more:
        await valuations.add_to_days(tx, list(more.items()))
    flags = [
        (
            each.recorded.deposit_id,
            each.recorded.recorder_id,
            each.recorded.price_list_id,
            [reason.value for reason in each.reasons],
            valuations.lines_text(
                [
                    (line.item_code, line.grade, line.unit, line.quantity, line.shown_rupiah)
                    for line in each.recorded.lines
                ]
            ),
        )
        for each in judged
        if each.reasons
    ]
    if flags:
        await valuations.insert_flags(tx, flags, now)


def _row(judged: Judged, now: datetime) -> valuations.ValuationRow:
    recorded, worth = judged.recorded, judged.worth
    if worth is None or judged.reasons:
        return (
            recorded.deposit_id,
            recorded.member_id,
            None,
            None,
            recorded.weighed_at,
            now,
            None,
            None,
            0,
            None,
            "flagged",
            recorded.waste_bank_id,
            recorded.subdistrict_code,
            None,
            None,
        )
    return (
        recorded.deposit_id,
        recorded.member_id,
        worth.price_list_id,
        worth.list_in_force_id,
        recorded.weighed_at,
        now,
        worth.gross_rupiah,
        worth.net_rupiah,
        worth.price_difference_rupiah,
        worth.grams,
        "valued",
        recorded.waste_bank_id,
        recorded.subdistrict_code,
        valuations.lines_text(worth.lines),
        valuations.shares_text(worth.deductions),
    )


def _fact(judged: Judged, now: datetime) -> Event:
    recorded, worth = judged.recorded, judged.worth
    if worth is None or judged.reasons:
        return DepositFlagged(
            event_id=uuid7(),
            recorded_at=now,
            member_id=recorded.member_id,
            deposit_id=recorded.deposit_id,
            waste_bank_id=recorded.waste_bank_id,
            subdistrict_code=recorded.subdistrict_code,
            weighed_at=recorded.weighed_at,
            recorder_id=recorded.recorder_id,
            reasons=tuple(reason.value for reason in judged.reasons),
        )
    return valued_fact(recorded, worth, now)


def valued_fact(
    of: DepositRecorded | Stored, worth: Worth, now: datetime, approved_by: UUID | None = None
) -> DepositValued:
    """The fact that a deposit has a price."""
    return DepositValued.model_validate(
        {
            "event_id": uuid7(),
            "recorded_at": now,
            "member_id": of.member_id,
            "deposit_id": of.deposit_id,
            "waste_bank_id": of.waste_bank_id,
            "subdistrict_code": of.subdistrict_code,
            "weighed_at": of.weighed_at,
            "price_list_id": worth.price_list_id,
            "list_in_force_id": worth.list_in_force_id,
            "lines": [line._asdict() for line in worth.lines],
            "gross_rupiah": worth.gross_rupiah,
            "deductions": [share._asdict() for share in worth.deductions],
            "net_rupiah": worth.net_rupiah,
            "price_difference_rupiah": worth.price_difference_rupiah,
            "approved_by": approved_by,
        }
    )
