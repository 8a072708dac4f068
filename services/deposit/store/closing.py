"""Closed days of waste banks. A closing is kept for ever; one that was opened again does not count any more."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.runtime.database import Tx

_COLUMNS = """closing_id, waste_bank_id, subdistrict_code, day_on, closed_at, closed_by, classes::text as classes_json,
    cash_booked_rupiah, cash_counted_rupiah, note, deposit_ids, replaces_closing_id, reopened_at, reopened_by,
    reopen_reason"""
_INSERT = """
insert into closing (closing_id, waste_bank_id, subdistrict_code, day_on, closed_at, closed_by, classes,
    cash_booked_rupiah, cash_counted_rupiah, note, deposit_ids, replaces_closing_id, reopened_at, reopened_by,
    reopen_reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
_PAGE = f"""
select {_COLUMNS} from closing where waste_bank_id = $1 and ($2::date is null or day_on = $2)
order by day_on desc, closed_at desc limit $3
"""  # noqa: S608 - columns of ours


@dataclass(frozen=True, slots=True)
class Closing:
    """A day as it was counted. `note` is sealed; `deposit_ids` are the deposits that were in the book then."""

    closing_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    day_on: date
    closed_at: datetime
    closed_by: UUID
    classes_json: str
    cash_booked_rupiah: int
    cash_counted_rupiah: int
    note: bytes | None
    deposit_ids: list[UUID]
    replaces_closing_id: UUID | None = None
    reopened_at: datetime | None = None
    reopened_by: UUID | None = None
    reopen_reason: str | None = None


async def insert(tx: Tx, closing: Closing) -> None:
    """Write a closing. The caller holds the bank's stock, so that there is one a day."""
    await tx.execute(_INSERT, *(getattr(closing, name) for name in Closing.__slots__))


async def one(tx: Tx, closing_id: UUID) -> Closing | None:
    """A closing, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from closing where closing_id = $1", closing_id)  # noqa: S608
    return None if row is None else Closing(**dict(row))


async def page(tx: Tx, waste_bank_id: str, on: date | None, limit: int) -> list[Closing]:
    """The closings of a bank, or of one of its days: the newest day first, and of a day the latest first."""
    return [Closing(**dict(row)) for row in await tx.fetch(_PAGE, waste_bank_id, on, limit)]


async def reopen(tx: Tx, closing_id: UUID, at: datetime, by: UUID, reason: str) -> None:
    """Note that a closing does not count any more."""
    await tx.execute(
        "update closing set reopened_at = $2, reopened_by = $3, reopen_reason = $4 where closing_id = $1",
        closing_id,
        at,
        by,
        reason,
    )
