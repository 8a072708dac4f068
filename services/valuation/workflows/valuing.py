"""Deposits that were heard of: priced by the list that their tablet showed, or flagged for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.valuation.domain.book import PriceBook
from services.valuation.domain.bounds import EMPTY_DAY, DaySoFar, out_of_bounds
from services.valuation.domain.pricing import Reason, Worth, honoured, price, shown_differs
from services.valuation.store import valuations
from services.valuation.store.lists import PriceBooks
from services.valuation.store.valuations import MemberDay
from services.valuation.workflows.telling import flagged_fact, valued_text
from shared.contracts import DepositFlagged, DepositRecorded
from shared.kernel import wib
from shared.kernel.rollout import Caps, Rollout
from shared.runtime.database import Tx
from shared.runtime.outbox import Encoded, say

__all__ = ["PriceBooks", "appraise", "value_deposits"]


@dataclass(slots=True)
class Judged:
    """A deposit with what it is worth, if it can be priced, and why it waits, if it does."""

    recorded: DepositRecorded
    worth: Worth | None
    reasons: Sequence[Reason]
    day: MemberDay = field(init=False)

    def __post_init__(self) -> None:
        """Find the day of weighing."""
        self.day = (self.recorded.member_id, wib.day(self.recorded.weighed_at))


async def value_deposits(
    tx: Tx, recorded: Sequence[DepositRecorded], books: PriceBooks, rollout: Rollout, now: datetime
) -> None:
    """Give every deposit of the batch a price, or a flag. One that is known already, or voided, changes nothing."""
    new = await _new_ones(tx, recorded)
    if not new:
        return
    book, age_max = await books.newest(tx), timedelta(days=rollout.price_list_max_age_days)
    judged = [Judged(each, *appraise(each, book, age_max)) for each in new]
    await _judge_by_their_days(tx, judged, rollout)
    await _keep(tx, judged, now)


async def _new_ones(tx: Tx, recorded: Sequence[DepositRecorded]) -> list[DepositRecorded]:
    """Each deposit once, the first as it was heard, without those that have a row."""
    once: dict[object, DepositRecorded] = {}
    for each in recorded:
        once.setdefault(each.deposit_id, each)
    known = await valuations.known(tx, [each.deposit_id for each in once.values()])
    return [each for each in once.values() if each.deposit_id not in known] if known else list(once.values())


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
    worth = price(recorded.lines, shown, in_force)
    if isinstance(worth, Reason):
        return None, (worth,)
    return worth, (Reason.SHOWN_DIFFERS,) if shown_differs(recorded.lines, worth) else ()


async def _judge_by_their_days(tx: Tx, judged: Sequence[Judged], rollout: Rollout) -> None:
    """Judge one after the other, each together with what its day holds by then; the days are left as they end."""
    candidates = [each for each in judged if each.worth is not None and not each.reasons]
    more: dict[MemberDay, DaySoFar] = {}
    for each in candidates:
        more[each.day] = more.get(each.day, EMPTY_DAY).plus(each.worth)  # type: ignore[arg-type]
    if not more:
        return
    after = await valuations.add_to_days(tx, more)
    days = {day: after[day].minus(added) for day, added in more.items()}
    caps: dict[str, Caps] = {}
    too_much: dict[MemberDay, DaySoFar] = {}
    for each in candidates:
        worth, code = each.worth, each.recorded.subdistrict_code
        if worth is None:
            continue
        if code not in caps:
            caps[code] = rollout.caps_for(code)
        each.reasons = out_of_bounds(worth, days[each.day], caps[code])
        if each.reasons:
            too_much[each.day] = too_much.get(each.day, EMPTY_DAY).plus(worth)
        else:
            days[each.day] = days[each.day].plus(worth)
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
            deposit, member = str(recorded.deposit_id), str(recorded.member_id)
            rows.append(_valued_row(recorded, worth, deposit, member))
            facts.append(valued_text(recorded, worth, deposit, member, said_at))
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
    )


def _flag(judged: Judged) -> valuations.NewFlag:
    recorded = judged.recorded
    return (
        recorded.deposit_id,
        recorded.recorder_id,
        recorded.price_list_id,
        [reason.value for reason in judged.reasons],
        [
            (line.item_code, line.grade, line.unit, line.quantity, line.shown_rupiah)
            for line in recorded.lines
        ],
    )
