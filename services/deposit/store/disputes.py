"""Disputes written, answered, and read by whom they concern. The words of both sides are sealed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.runtime.database import Tx

_COLUMNS = """dispute_id, member_id, deposit_id, waste_bank_id, subdistrict_code, complaint, words, opened_at,
    opened_by, assisted, due_at, outcome, answer_words, answered_at, answered_by, correction_deposit_id"""
_INSERT = f"""
insert into dispute ({_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict do nothing returning dispute_id
"""  # noqa: S608 - columns of ours
_ANSWER = """
update dispute set outcome = $2, answer_words = $3, answered_at = $4, answered_by = $5, correction_deposit_id = $6
where dispute_id = $1
"""
_PAGE = f"""
select {_COLUMNS} from dispute
where ($1::uuid[] is null or member_id = any($1))
    and ($2::text[] is null or waste_bank_id = any($2)
         or subdistrict_code = any($3::text[]) or left(subdistrict_code, 5) = any($3::text[]))
    and ($4::boolean is null
         or ((answered_at is not null), due_at, dispute_id) > ($4, $5::timestamptz, $6::uuid))
    and ($7::boolean is null or (answered_at is null) = $7)
order by (answered_at is not null), due_at, dispute_id limit $8
"""  # noqa: S608 - columns of ours
_OPEN = """
select subdistrict_code, count(*) as open, count(*) filter (where due_at <= $1) as overdue
from dispute where answered_at is null group by subdistrict_code
"""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A stored dispute; the words are sealed, and empty once their member was erased."""

    dispute_id: UUID
    member_id: UUID
    deposit_id: UUID | None
    waste_bank_id: str
    subdistrict_code: str
    complaint: str
    words: bytes | None
    opened_at: datetime
    opened_by: UUID
    assisted: bool
    due_at: datetime
    outcome: str | None = None
    answer_words: bytes | None = None
    answered_at: datetime | None = None
    answered_by: UUID | None = None
    correction_deposit_id: UUID | None = None


class DisputePlace(NamedTuple):
    """Where a page ended."""

    answered: bool
    due_at: datetime
    dispute_id: UUID


@dataclass(frozen=True, slots=True)
class DisputesWanted:
    """Which disputes: of these members, or of an area (banks by name; sub-districts or regencies)."""

    member_ids: Sequence[UUID] | None = None
    waste_bank_ids: Sequence[str] | None = None
    areas: Sequence[str] = ()
    open_only: bool | None = None
    after: DisputePlace | None = None
    limit: int = 50


async def insert(tx: Tx, dispute: Dispute) -> bool:
    """Write a new dispute; False if its id is taken, or the deposit has an open dispute already."""
    row = await tx.fetchrow(_INSERT, *(getattr(dispute, name) for name in Dispute.__slots__))
    return row is not None


async def lock(tx: Tx, dispute_id: UUID) -> Dispute | None:
    """One dispute, locked until the transaction ends."""
    row = await tx.fetchrow(
        f"select {_COLUMNS} from dispute where dispute_id = $1 for update",  # noqa: S608
        dispute_id,
    )
    return None if row is None else _as_dispute(row)


async def one(tx: Tx, dispute_id: UUID) -> Dispute | None:
    """A dispute as it stands, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from dispute where dispute_id = $1", dispute_id)  # noqa: S608
    return None if row is None else _as_dispute(row)


async def answer(tx: Tx, dispute: Dispute) -> None:
    """Write how a locked dispute ended."""
    await tx.execute(
        _ANSWER,
        dispute.dispute_id,
        dispute.outcome,
        dispute.answer_words,
        dispute.answered_at,
        dispute.answered_by,
        dispute.correction_deposit_id,
    )


async def page(tx: Tx, wanted: DisputesWanted) -> list[Dispute]:
    """One more than a page, if there are so many: open ones first, by the day on which they are due."""
    rows = await tx.fetch(
        _PAGE,
        None if wanted.member_ids is None else list(wanted.member_ids),
        None if wanted.waste_bank_ids is None else list(wanted.waste_bank_ids),
        list(wanted.areas),
        *(wanted.after or (None, None, None)),
        wanted.open_only,
        wanted.limit + 1,
    )
    return [_as_dispute(row) for row in rows]


async def open_by_subdistrict(tx: Tx, now: datetime) -> list[tuple[str, int, int]]:
    """For each sub-district with open disputes: how many, and how many of them are late."""
    return [tuple(row) for row in await tx.fetch(_OPEN, now)]


async def forget(tx: Tx, member_ids: Iterable[UUID]) -> None:
    """Empty the words of both sides in the disputes of these members."""
    await tx.execute(
        "update dispute set words = null, answer_words = null "
        "where member_id = any($1::uuid[]) and num_nonnulls(words, answer_words) > 0",
        list(member_ids),
    )


def _as_dispute(row: Any) -> Dispute:
    return Dispute(**dict(row))
