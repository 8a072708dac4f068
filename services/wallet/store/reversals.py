"""Reversals that were heard before the credit that they take back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx


class WaitingReversal(NamedTuple):
    """One row of `waiting_reversal`, in the order of its columns; `credit_id` is the id the credit will have."""

    credit_id: UUID
    deposit_id: UUID
    member_id: UUID
    net_rupiah: int
    waste_bank_id: str
    subdistrict_code: str
    weighed_at: datetime
    reason: str
    fingerprint: bytes


WAITING_FINGERPRINTS = "select credit_id, fingerprint from waiting_reversal where credit_id = any($1::uuid[])"
WAITING = f"""
select {", ".join(WaitingReversal._fields)} from waiting_reversal
where credit_id = any($1::uuid[]) and obeyed_at is null and contradiction is null
"""  # noqa: S608 - our own columns
OBEYED = "update waiting_reversal set obeyed_at = clock_timestamp() where credit_id = any($1::uuid[])"
CONTRADICTED = "update waiting_reversal set contradiction = $2 where credit_id = any($1::uuid[])"


async def fingerprints(tx: Tx, credit_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The fingerprints of reversals that wait, or once waited, for those credits."""
    return {row[0]: row[1] for row in await tx.fetch(WAITING_FINGERPRINTS, credit_ids)}


async def waiting(tx: Tx, credit_ids: Sequence[UUID]) -> list[WaitingReversal]:
    """The reversals that wait for those credits."""
    return [WaitingReversal(*row) for row in await tx.fetch(WAITING, credit_ids)]


async def keep(tx: Tx, reversals: Sequence[WaitingReversal]) -> None:
    """Let reversals wait."""
    if reversals:
        await tx.copy_records_to_table("waiting_reversal", records=reversals, columns=WaitingReversal._fields)


async def mark_obeyed(tx: Tx, credit_ids: Sequence[UUID]) -> None:
    """Note that they were obeyed."""
    if credit_ids:
        await tx.execute(OBEYED, credit_ids)


async def mark_contradicted(tx: Tx, credit_ids: Sequence[UUID], contradiction: str) -> None:
    """Note that they speak of another credit than the one that came; they are never obeyed."""
    if credit_ids:
        await tx.execute(CONTRADICTED, credit_ids, contradiction)
