"""What is read of deposits: one by one with its flag, those that wait, those that were paid by another list, all."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.valuation.domain.area import Area
from services.valuation.domain.exceptions import Used
from services.valuation.domain.pricing import PricedLine, Share
from shared.runtime.database import Tx

_DETAIL = """
select v.deposit_id, v.member_id, v.price_list_id, v.list_in_force_id, v.weighed_at, v.heard_at, v.gross_rupiah,
       v.net_rupiah, v.price_difference_rupiah, v.grams, v.state, v.waste_bank_id, v.subdistrict_code,
       v.lines::text, v.deductions::text, v.exceptions::text, v.approved_by, v.voided_at, v.void_reason,
       f.recorder_id, f.shown_price_list_id, f.reasons, f.lines::text as recorded_lines, f.flagged_at, f.closed_at,
       f.decided_by, f.decision, f.note as decided_reason, f.carried_by_id
from valuation v left join flag f using (deposit_id)
"""
_IN_AREA = """
(v.waste_bank_id = any($1::text[]) or v.subdistrict_code = any($2::text[])
 or left(v.subdistrict_code, 5) = any($3::text[]))
"""


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """A flagged deposit's line, as the tablet recorded it."""

    item_code: str
    grade: str
    unit: str
    quantity: int
    shown_rupiah: int


@dataclass(frozen=True, slots=True)
class FlagDetail:
    """Why a deposit waits, or waited, and who decided what."""

    recorder_id: UUID
    shown_price_list_id: UUID
    reasons: tuple[str, ...]
    lines: tuple[RecordedLine, ...]
    flagged_at: datetime
    closed_at: datetime | None
    decided_by: UUID | None
    decision: str | None
    decided_reason: str | None
    carried_by_id: UUID | None

    def was_handled_by(self, person_id: UUID) -> bool:
        """Whether this person recorded the deposit or carried it here: a second person is somebody else."""
        return person_id in {self.recorder_id, self.carried_by_id}


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything known of one deposit. Amounts are empty until it is valued."""

    deposit_id: UUID
    member_id: UUID
    state: str
    waste_bank_id: str
    subdistrict_code: str
    weighed_at: datetime
    heard_at: datetime
    price_list_id: UUID | None
    list_in_force_id: UUID | None
    lines: tuple[PricedLine, ...]
    gross_rupiah: int | None
    deductions: tuple[Share, ...]
    net_rupiah: int | None
    price_difference_rupiah: int
    grams: int | None
    approved_by: UUID | None
    voided_at: datetime | None
    void_reason: str | None
    flag: FlagDetail | None
    exceptions: tuple[Used, ...] = ()


async def find(tx: Tx, deposit_id: UUID, *, lock: bool = False) -> Stored | None:
    """One deposit, locked against other writers if asked; None if it was never heard of."""
    if lock:
        # Apart: a statement that waited sees the row anew, but the flag beside it as it was when the waiting began.
        await tx.execute("select from valuation where deposit_id = $1 for update", deposit_id)
    row = await tx.fetchrow(f"{_DETAIL} where v.deposit_id = $1", deposit_id)
    return None if row is None else _stored(row)


async def open_flags(
    tx: Tx,
    area: Area,
    waste_bank_id: str | None,
    subdistrict_code: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Stored]:
    """Deposits of an area that wait for a second person, the longest first; of one waste bank or sub-district of it."""
    rows = await tx.fetch(
        f"{_DETAIL} where f.closed_at is null and f.deposit_id is not null and {_IN_AREA} "
        "and ($4::text is null or v.waste_bank_id = $4) and ($5::text is null or v.subdistrict_code = $5) "
        "and ($6::timestamptz is null or (f.flagged_at, f.deposit_id) > ($6, $7)) "
        "order by f.flagged_at, f.deposit_id limit $8",
        *area.as_lists,
        waste_bank_id,
        subdistrict_code,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [_stored(row) for row in rows]


async def price_differences(
    tx: Tx, area: Area, after: tuple[datetime, UUID] | None, limit: int
) -> list[Stored]:
    """Valued deposits of an area that paid another value than the list in force at weighing, by weighing."""
    rows = await tx.fetch(
        f"{_DETAIL} where v.price_difference_rupiah <> 0 and v.state = 'valued' and {_IN_AREA} "
        "and ($4::timestamptz is null or (v.weighed_at, v.deposit_id) > ($4, $5)) "
        "order by v.weighed_at, v.deposit_id limit $6",
        *area.as_lists,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [_stored(row) for row in rows]


async def every_valued(tx: Tx) -> AsyncIterator[Stored]:
    """Everything that was ever valued, voided since or not, without holding all of it in memory."""
    async for row in tx.cursor(f"{_DETAIL} where v.lines is not null", prefetch=1000):
        yield _stored(row)


def _stored(row: asyncpg.Record) -> Stored:
    values: dict[str, Any] = dict(row)
    flag_names = (
        "recorder_id",
        "shown_price_list_id",
        "flagged_at",
        "closed_at",
        "decided_by",
        "decision",
        "decided_reason",
        "carried_by_id",
    )
    flag = {name: values.pop(name) for name in flag_names}
    recorded, reasons = values.pop("recorded_lines"), values.pop("reasons")
    values["lines"] = tuple(PricedLine(*line) for line in json.loads(values["lines"] or "[]"))
    values["deductions"] = tuple(Share(*share) for share in json.loads(values["deductions"] or "[]"))
    values["exceptions"] = tuple(
        Used(of, UUID(each)) for of, each in json.loads(values["exceptions"] or "[]")
    )
    values["flag"] = None
    if recorded is not None:
        lines = tuple(RecordedLine(*line) for line in json.loads(recorded))
        values["flag"] = FlagDetail(**flag, reasons=tuple(reasons), lines=lines)
    return Stored(**values)
