"""What is in stock, from sums by WIB day of weighing; only days with a late change are summed at the asking.

A day is always summed anew as a whole, so that no order of changes and no repetition can make a sum wrong. Nothing is
written when a deposit is recorded: what changed is found by `state_since`, over an index of block ranges.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.deposit.domain.stock import Moved, Summed
from shared.kernel import wib
from shared.runtime.database import Tx

# Clocks of several machines differ, and a transaction reads its clock a moment before it begins.
CLOCK_SLACK = timedelta(minutes=2)
_LOCK_BANK = "select pg_advisory_xact_lock(hashtext('timbang stock'), hashtext($1))"
_TRY_LOCK = "select pg_try_advisory_xact_lock(hashtext('timbang stock sums'))"
_WATERMARK = "select summed_until from stock_watermark"
# A transaction that is still open may yet commit deposits with an instant from before its beginning.
_OLDEST_OPEN = """
select min(xact_start) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""
_TOUCHED = """
select distinct waste_bank_id, (weighed_at at time zone 'Asia/Jakarta')::date as day_on from deposit
where state_since >= $1 and waste_bank_id is not null
"""
_TOUCHED_AT = """
select distinct (weighed_at at time zone 'Asia/Jakarta')::date as day_on from deposit
where state_since >= $1 and waste_bank_id = $2
"""
_SUM_DAYS = """
select line.item_code, line.unit, sum(line.quantity)::bigint as quantity
from unnest($2::timestamptz[], $3::timestamptz[]) as day (begins, ends)
join deposit d on d.waste_bank_id = $1 and d.weighed_at >= day.begins and d.weighed_at < day.ends
    and d.state = 'recorded'
cross join lateral json_to_recordset(d.lines) as line (item_code text, unit text, quantity bigint)
group by line.item_code, line.unit
"""
_KEPT = """
select item_code, unit, sum(quantity)::bigint as quantity from stock_day
where waste_bank_id = $1 and not day_on = any($2::date[]) group by item_code, unit
"""
_REPLACE_DAY = """
with gone as (delete from stock_day where waste_bank_id = $1 and day_on = $2 and not item_code || ' ' || unit = any($6))
insert into stock_day (waste_bank_id, day_on, item_code, unit, quantity)
select $1, $2, * from unnest($3::text[], $4::text[], $5::bigint[])
on conflict (waste_bank_id, day_on, item_code, unit) do update set quantity = excluded.quantity
"""
_DEPOSITS_OF_DAY = """
select deposit_id, state, received_at, state_since from deposit
where waste_bank_id = $1 and weighed_at >= $2 and weighed_at < $3
order by weighed_at, deposit_id
"""
_ADD_MOVES = """
insert into stock_move (waste_bank_id, item_code, grams, cause, cause_id, at)
select $1, item_code, grams, $4, $5, $6 from unnest($2::text[], $3::bigint[]) as move (item_code, grams)
"""
_MOVES = """
select item_code, cause, sum(grams)::bigint as grams from stock_move where waste_bank_id = $1 group by item_code, cause
"""


class BankDay(NamedTuple):
    """A waste bank and a WIB day of weighing."""

    waste_bank_id: str
    day_on: date


class DayDeposit(NamedTuple):
    """A deposit of one bank and day, and where it stands."""

    deposit_id: UUID
    state: str
    received_at: datetime
    state_since: datetime


class Counted(NamedTuple):
    """A count of the store; the lines as JSON."""

    count_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    counted_at: datetime
    counted_by: UUID
    recorded_at: datetime
    lines_json: str


async def lock_bank(tx: Tx, waste_bank_id: str) -> None:
    """Let nobody else sell, count or close at this bank until the transaction ends."""
    await tx.execute(_LOCK_BANK, waste_bank_id)


async def try_lock_sums(tx: Tx) -> bool:
    """Whether this transaction alone may bring the sums up to date."""
    taken: bool = await tx.fetchval(_TRY_LOCK)
    return taken


async def summed_until(tx: Tx) -> datetime:
    """Changes from before this instant are in the sums."""
    found: datetime = await tx.fetchval(_WATERMARK)
    return found


async def safe_until(tx: Tx, now: datetime) -> datetime:
    """Up to which instant nothing can still appear: before all that is under way. Ask before reading what changed."""
    oldest: datetime | None = await tx.fetchval(_OLDEST_OPEN)
    return (now if oldest is None else min(now, oldest)) - CLOCK_SLACK


async def set_summed_until(tx: Tx, until: datetime) -> None:
    """Note how far the sums have come; never back."""
    await tx.execute(
        "update stock_watermark set summed_until = $1 where summed_until < $1",
        until,
    )


async def touched_since(tx: Tx, since: datetime) -> list[BankDay]:
    """Which days of which banks have a deposit that changed since then, in a fixed order."""
    return sorted(BankDay(*row) for row in await tx.fetch(_TOUCHED, since))


async def touched_at(tx: Tx, since: datetime, waste_bank_id: str) -> list[date]:
    """The days of one bank that have a deposit that changed since then."""
    return [row[0] for row in await tx.fetch(_TOUCHED_AT, since, waste_bank_id)]


async def sum_days(tx: Tx, waste_bank_id: str, days: Sequence[date]) -> list[Summed]:
    """What the recorded deposits of these days hold, counted now."""
    begins = [wib.start_of_day(day) for day in days]
    ends = [wib.start_of_day(day + timedelta(days=1)) for day in days]
    return [Summed(*row) for row in await tx.fetch(_SUM_DAYS, waste_bank_id, begins, ends)]


async def kept_sums(tx: Tx, waste_bank_id: str, except_days: Sequence[date]) -> list[Summed]:
    """What the sums hold of a bank, without some days."""
    return [Summed(*row) for row in await tx.fetch(_KEPT, waste_bank_id, list(except_days))]


async def replace_day(tx: Tx, of: BankDay, sums: Sequence[Summed]) -> None:
    """Write the sums of a day in place of what was there."""
    await tx.execute(
        _REPLACE_DAY,
        of.waste_bank_id,
        of.day_on,
        [each.item_code for each in sums],
        [each.unit for each in sums],
        [each.quantity for each in sums],
        [f"{each.item_code} {each.unit}" for each in sums],
    )


async def deposits_of_day(tx: Tx, of: BankDay) -> list[DayDeposit]:
    """Every deposit of a bank's day, whatever became of it."""
    begins, ends = wib.start_of_day(of.day_on), wib.start_of_day(of.day_on + timedelta(days=1))
    return [DayDeposit(*row) for row in await tx.fetch(_DEPOSITS_OF_DAY, of.waste_bank_id, begins, ends)]


async def add_moves(
    tx: Tx, waste_bank_id: str, grams: dict[str, int], cause: str, cause_id: UUID, at: datetime
) -> None:
    """Note what left (negative) or was found (positive), by item."""
    await tx.execute(_ADD_MOVES, waste_bank_id, list(grams), list(grams.values()), cause, cause_id, at)


async def moves(tx: Tx, waste_bank_id: str) -> list[Moved]:
    """All that left or was found at a bank, by item and cause."""
    return [Moved(*row) for row in await tx.fetch(_MOVES, waste_bank_id)]


async def add_count(tx: Tx, counted: Counted) -> bool:
    """Write a count of the store; False if the id is taken."""
    row = await tx.fetchrow(
        "insert into stock_count (count_id, waste_bank_id, subdistrict_code, counted_at, counted_by, recorded_at, "
        "lines) values ($1, $2, $3, $4, $5, $6, $7) on conflict (count_id) do nothing returning count_id",
        *counted,
    )
    return row is not None


async def count(tx: Tx, count_id: UUID) -> Counted | None:
    """A count of the store, or None."""
    row = await tx.fetchrow(
        "select count_id, waste_bank_id, subdistrict_code, counted_at, counted_by, recorded_at, lines::text "
        "from stock_count where count_id = $1",
        count_id,
    )
    return None if row is None else Counted(*row)
