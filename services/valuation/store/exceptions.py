"""Price exceptions: proposed, decided by a second person, ended early or in time; none is ever taken off the list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from services.valuation.domain.area import Area
from services.valuation.domain.exceptions import PriceException
from shared.runtime.database import Tx

State = Literal["proposed", "approved", "declined"]
_COLUMNS = """exception_id, waste_bank_id, subdistrict_code, member_id, item_code, grade, price_rupiah, beneficiary,
percent, from_at, until_at, reason, state, proposed_by, proposed_at, decided_by, decided_at,
note as decided_reason, ended_by, ended_at, end_reason"""
_SELECT = f"select {_COLUMNS} from price_exception"  # noqa: S608 - our own columns
_APPROVED = """
select e.exception_id as id, e.waste_bank_id, e.member_id, e.item_code, e.grade, e.price_rupiah, e.beneficiary,
       e.percent, e.from_at, e.until_at, e.ended_at,
       case when e.member_id is null then '{}' else array(
           select meant.id union select a.member_id from member_alias a where a.into_member_id = meant.id) end as family
from price_exception e cross join lateral (
    select coalesce((select into_member_id from member_alias where member_id = e.member_id), e.member_id) as id
) as meant
where e.state = 'approved' and e.decided_at is not null
"""
# Deposits of a person that wait for nothing but that their tablet showed another price than the list, and what of the
# exceptions at their waste bank had been decided when they were heard; only where one of these is for that person.
_MEANT_FOR = """
with family as (select $1::uuid as id union select member_id from member_alias where into_member_id = $1)
select f.deposit_id, array_agg(e.exception_id) as decided
from flag f join valuation v using (deposit_id)
join price_exception e on e.waste_bank_id = v.waste_bank_id and e.state = 'approved' and e.decided_at <= f.flagged_at
where f.closed_at is null and f.reasons = array['shown_price_differs'] and v.member_id in (select id from family)
group by f.deposit_id having bool_or(e.member_id in (select id from family))
order by f.deposit_id
"""


@dataclass(frozen=True, slots=True)
class StoredException:
    """One exception, whole. Either item, grade and price are given, or beneficiary and percent."""

    exception_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    member_id: UUID | None
    item_code: str | None
    grade: str | None
    price_rupiah: int | None
    beneficiary: str | None
    percent: int | None
    from_at: datetime
    until_at: datetime
    reason: str
    state: State
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    decided_reason: str | None = None
    ended_by: UUID | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


async def insert(tx: Tx, new: StoredException) -> bool:
    """Keep a proposal; False if its id is taken."""
    inserted = await tx.fetchval(
        "insert into price_exception (exception_id, waste_bank_id, subdistrict_code, member_id, item_code, grade, "
        "price_rupiah, beneficiary, percent, from_at, until_at, reason, state, proposed_by, proposed_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'proposed', $13, $14) "
        "on conflict (exception_id) do nothing returning exception_id",
        new.exception_id,
        new.waste_bank_id,
        new.subdistrict_code,
        new.member_id,
        new.item_code,
        new.grade,
        new.price_rupiah,
        new.beneficiary,
        new.percent,
        new.from_at,
        new.until_at,
        new.reason,
        new.proposed_by,
        new.proposed_at,
    )
    return inserted is not None


async def find(tx: Tx, exception_id: UUID, *, lock: bool = False) -> StoredException | None:
    """An exception, locked against other deciders if asked; None if there is none."""
    row = await tx.fetchrow(f"{_SELECT} where exception_id = $1{' for update' if lock else ''}", exception_id)
    return None if row is None else _stored(row)


async def decide(tx: Tx, exception_id: UUID, state: State, by: UUID, at: datetime, reason: str) -> None:
    """Approve or decline a proposal that the transaction has locked."""
    await tx.execute(
        "update price_exception set state = $2, decided_by = $3, decided_at = $4, note = $5 where exception_id = $1",
        exception_id,
        state,
        by,
        at,
        reason,
    )


async def end(tx: Tx, exception_id: UUID, by: UUID, at: datetime, reason: str) -> None:
    """Let an approved exception, which the transaction has locked, hold no longer than until now."""
    await tx.execute(
        "update price_exception set ended_by = $2, ended_at = $3, end_reason = $4 where exception_id = $1",
        exception_id,
        by,
        at,
        reason,
    )


async def listed(
    tx: Tx,
    area: Area,
    waste_bank_id: str | None,
    state: State | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[StoredException]:
    """Exceptions of an area, whatever became of them, the newest first."""
    at, exception_id = before or (None, None)
    rows = await tx.fetch(
        f"{_SELECT} where (waste_bank_id = any($1::text[]) or subdistrict_code = any($2::text[]) "
        "or left(subdistrict_code, 5) = any($3::text[])) "
        "and ($4::text is null or waste_bank_id = $4) and ($5::text is null or state = $5) "
        "and ($6::timestamptz is null or (proposed_at, exception_id) < ($6, $7)) "
        "order by proposed_at desc, exception_id desc limit $8",
        *area.as_lists,
        waste_bank_id,
        state,
        at,
        exception_id,
        limit,
    )
    return [_stored(row) for row in rows]


async def approved(tx: Tx) -> list[PriceException]:
    """Everything that was ever approved, for the book of prices; for one member: under every id that means them now."""
    rows = await tx.fetch(_APPROVED)
    return [PriceException(**{**row, "family": frozenset(row["family"])}) for row in rows]


async def meant_for(tx: Tx, survivor: UUID) -> list[tuple[UUID, frozenset[UUID]]]:
    """Flagged deposits of a person who has exceptions of their own: each with the exceptions decided by then."""
    return [(row[0], frozenset(row[1])) for row in await tx.fetch(_MEANT_FOR, survivor)]


def _stored(row: asyncpg.Record) -> StoredException:
    return StoredException(**dict(row))
