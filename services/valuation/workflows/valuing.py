"""Deposits that were heard of: priced by the list that their tablet showed, or flagged for a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.valuation.domain.book import PriceBook
from services.valuation.domain.bounds import (
    EMPTY_DAY,
    DaySoFar,
    bounds_of_a_day,
    line_out_of_bounds,
    out_of_bounds,
    weighed_in_future,
)
from services.valuation.domain.pricing import Reason, Worth, honoured, price
from services.valuation.store import people, valuations
from services.valuation.store.lists import PriceBooks
from services.valuation.store.valuations import MemberDay
from services.valuation.workflows.repetition import distinct_deposits, refuse_changed_deposits
from services.valuation.workflows.telling import flagged_fact, valued_text
from shared.contracts import DepositFlagged, DepositRecorded
from shared.kernel import wib
from shared.kernel.rollout import Caps, Rollout
from shared.runtime.database import Tx
from shared.runtime.outbox import Encoded, say

__all__ = ["PriceBooks", "appraise", "value_deposits"]


@dataclass(slots=True)
class Judged:
    """A deposit with what it is worth, if it can be priced, and why it waits, if it does. Ids are texts here."""

    recorded: DepositRecorded
    deposit: str
    member: str
    day: MemberDay
    worth: Worth | None
    reasons: Sequence[Reason]


async def value_deposits(
    tx: Tx, recorded: Sequence[DepositRecorded], books: PriceBooks, rollout: Rollout, now: datetime
) -> None:
    """Give every deposit of the batch a price, or a flag. One that is known already, or voided, changes nothing.

    Raises UnacceptableEventError if one was heard before with other figures.
    """
    new = await _new_ones(tx, recorded)
    if not new:
        return
    age_max = timedelta(days=rollout.price_list_max_age_days)
    judged = _appraised(new, await books.newest(tx), age_max)
    if any(Reason.SHOWN_DIFFERS in each.reasons for each in judged):
        # Whether an exception is for a member depends on merges: either this sees a merge, or the merge sees the flag.
        await people.hold_aliases(tx)
        judged = _appraised(new, await books.newest(tx), age_max)
    await _judge_by_their_days(tx, judged, rollout)
    await _keep(tx, judged, now)


def _appraised(new: Mapping[str, DepositRecorded], book: PriceBook, age_max: timedelta) -> list[Judged]:
    judged = []
    for deposit, each in new.items():
        member = str(each.member_id)
        day = (member, wib.day(each.weighed_at))
        judged.append(Judged(each, deposit, member, day, *appraise(each, book, age_max)))
    return judged


async def _new_ones(tx: Tx, recorded: Sequence[DepositRecorded]) -> dict[str, DepositRecorded]:
    """By id, each deposit once, without those that have a row."""
    once = distinct_deposits(recorded)
    known = await valuations.known(tx, list(once))
    if known:
        await refuse_changed_deposits(tx, known, once)
        for deposit in known:
            del once[deposit]
    return once


def appraise(
    recorded: DepositRecorded, book: PriceBook, age_max: timedelta
) -> tuple[Worth | None, Sequence[Reason]]:
    """The deposit's worth by the list shown, or the reason that keeps it from being priced by rule."""
    bank, at = recorded.waste_bank_id, recorded.weighed_at
    in_force = book.in_force(bank, at)
    if in_force is None:
        return None, (Reason.NO_LIST_IN_FORCE,)
    shown = in_force
    if recorded.price_list_id != in_force.id:
        found = honoured(book, recorded.price_list_id, bank, at, age_max)
        if isinstance(found, Reason):
            return None, (found,)
        shown = found
    worth = price(recorded.lines, shown, in_force, book.exceptions_for(bank, recorded.member_id, at))
    if isinstance(worth, Reason):
        return None, (worth,)
    reasons: tuple[Reason, ...] = () if worth.as_shown else (Reason.SHOWN_DIFFERS,)
    if weighed_in_future(at, recorded.recorded_at):
        reasons = (*reasons, Reason.WEIGHED_IN_FUTURE)
    return worth, reasons


async def _judge_by_their_days(tx: Tx, judged: Sequence[Judged], rollout: Rollout) -> None:
    """Judge each together with what its day holds by then; the days are left as they end.

    The database returns only days that end beyond a bound: in all others no deposit can have broken one.
    """
    more: dict[MemberDay, DaySoFar] = {}
    caps: dict[str, Caps] = {}
    for each in judged:
        if each.worth is not None and not each.reasons:
            more[each.day] = more.get(each.day, EMPTY_DAY).plus(each.worth)
            code = each.recorded.subdistrict_code
            caps[code] = caps.get(code) or rollout.caps_for(code)
    if not more:
        return
    full = await valuations.add_to_days(tx, more, bounds_of_a_day(caps.values()))
    days = {day: holds.minus(more[day]) for day, holds in full.items()}
    too_much: dict[MemberDay, DaySoFar] = {}
    for each in judged:
        worth, day = each.worth, days.get(each.day)
        if worth is None or each.reasons:
            continue
        bounds = caps[each.recorded.subdistrict_code]
        each.reasons = line_out_of_bounds(worth, bounds) if day is None else out_of_bounds(worth, day, bounds)
        if each.reasons:
            too_much[each.day] = too_much.get(each.day, EMPTY_DAY).plus(worth)
        elif day is not None:
            days[each.day] = day.plus(worth)
    if too_much:
        await valuations.take_from_days(tx, too_much)


async def _keep(tx: Tx, judged: Sequence[Judged], now: datetime) -> None:
    """Store and say what was decided."""
    rows: list[valuations.ValuationRow] = []
    facts: list[DepositFlagged | Encoded] = []
    flags: list[valuations.NewFlag] = []
    said_at = now.isoformat()
    for each in judged:
        recorded, worth = each.recorded, each.worth
        if worth is None or each.reasons:
            rows.append(_flagged_row(recorded))
            flags.append(_flag(each))
            facts.append(flagged_fact(recorded, each.reasons, now))
        else:
            rows.append(_valued_row(recorded, worth, each.deposit, each.member))
            facts.append(valued_text(recorded, worth, each.deposit, each.member, said_at))
    await valuations.insert(tx, rows)
    if flags:
        await valuations.insert_flags(tx, flags, now)
    await say(tx, facts)


def _valued_row(
    recorded: DepositRecorded, worth: Worth, deposit: str, member: str
) -> valuations.ValuationRow:
    return (
        deposit,
        member,
        worth.by.id_text,
        worth.in_force.id_text,
        recorded.weighed_at,
        worth.gross_rupiah,
        worth.net_rupiah,
        worth.price_difference_rupiah,
        worth.grams,
        "valued",
        recorded.waste_bank_id,
        recorded.subdistrict_code,
        valuations.lines_text(worth.lines),
        valuations.shares_text(worth.deductions),
        valuations.exceptions_text(worth.exceptions),
    )


def _flagged_row(recorded: DepositRecorded) -> valuations.ValuationRow:
    return (
        recorded.deposit_id,
        recorded.member_id,
        None,
        None,
        recorded.weighed_at,
        None,
        None,
        0,
        None,
        "flagged",
        recorded.waste_bank_id,
        recorded.subdistrict_code,
        None,
        None,
        None,
    )


def _flag(judged: Judged) -> valuations.NewFlag:
    recorded = judged.recorded
    return (
        recorded.deposit_id,
        recorded.recorder_id,
        recorded.carried_by_id,
        recorded.price_list_id,
        [reason.value for reason in judged.reasons],
        [
            (line.item_code, line.grade, line.unit, line.quantity, line.shown_rupiah)
            for line in recorded.lines
        ],
    )
