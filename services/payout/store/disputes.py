"""Disputes about redemptions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.payout.models import Dispute
from shared.runtime.database import Tx
from shared.runtime.tokens import REGENCY_LENGTH

_COLUMNS = tuple(Dispute.model_fields)
_INSERT = (
    f"insert into dispute ({', '.join(_COLUMNS)}) "  # noqa: S608 - our columns
    f"values ({', '.join(f'${n}' for n in range(1, len(_COLUMNS) + 1))}) on conflict do nothing returning 1"
)
_PAGE = f"""
select * from dispute
where (member_id = any($1::uuid[])
       or waste_bank_id = any($2::text[])
       or (waste_bank_id is null and subdistrict_code = any($3::text[]))
       or subdistrict_code = any($4::text[])
       or left(subdistrict_code, {REGENCY_LENGTH}) = any($5::text[]))
  and ($6::timestamptz is null or (opened_at, dispute_id) < ($6, $7::uuid))
  and (not $8 or outcome is null)
order by opened_at desc, dispute_id desc limit $9
"""  # noqa: S608 - a number of ours


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose disputes somebody may see: their own, those of their counters, or those of their area."""

    members: Collection[UUID] = ()
    waste_bank_ids: Collection[str] = ()
    counter_subdistricts: Collection[str] = ()
    subdistrict_codes: Collection[str] = ()
    regency_codes: Collection[str] = ()


async def insert_dispute(tx: Tx, dispute: Dispute) -> bool:
    """Keep a new dispute; False if its id is used, or its redemption has an open one."""
    return await tx.fetchval(_INSERT, *(getattr(dispute, name) for name in _COLUMNS)) is not None


async def dispute_of(tx: Tx, dispute_id: UUID) -> Dispute | None:
    """One dispute, as it stands."""
    row = await tx.fetchrow("select * from dispute where dispute_id = $1", dispute_id)
    return None if row is None else Dispute(**dict(row))


async def lock_dispute(tx: Tx, dispute_id: UUID) -> Dispute | None:
    """One dispute, locked until the transaction ends."""
    row = await tx.fetchrow("select * from dispute where dispute_id = $1 for update", dispute_id)
    return None if row is None else Dispute(**dict(row))


async def save_answer(tx: Tx, dispute: Dispute) -> None:
    """Write down how a locked dispute ended."""
    await tx.execute(
        "update dispute set outcome = $2, answer_sealed = $3, answered_by = $4, answered_at = $5 where dispute_id = $1",
        dispute.dispute_id,
        dispute.outcome,
        dispute.answer_sealed,
        dispute.answered_by,
        dispute.answered_at,
    )


async def page_of_disputes(
    tx: Tx, sight: Sight, before: tuple[datetime, UUID] | None, most: int, *, open_only: bool
) -> list[Dispute]:
    """What somebody may see, newest first, those before a place."""
    rows = await tx.fetch(
        _PAGE,
        list(sight.members),
        list(sight.waste_bank_ids),
        list(sight.counter_subdistricts),
        list(sight.subdistrict_codes),
        list(sight.regency_codes),
        before[0] if before else None,
        before[1] if before else None,
        open_only,
        most,
    )
    return [Dispute(**dict(row)) for row in rows]


async def count_open(tx: Tx, now: datetime) -> tuple[int, int]:
    """How many disputes are open, and how many of them should have been answered by now."""
    row = await tx.fetchrow(
        "select count(*) as open, count(*) filter (where due_at <= $1) as overdue from dispute where outcome is null",
        now,
    )
    return row["open"], row["overdue"]
