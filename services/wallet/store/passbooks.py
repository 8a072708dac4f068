"""Passbook imports: proposed by one person, decided by another, kept as they were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from shared.runtime.database import Tx

INSERT_IMPORT = """
insert into passbook_import (import_id, waste_bank_id, subdistrict_code, state, total_rupiah, member_ids,
    amounts_rupiah, as_of, proposed_by, proposed_at)
values ($1, $2, $3, 'proposed', $4, $5, $6, $7, $8, $9)
on conflict (import_id) do nothing returning import_id
"""
_COLUMNS = """import_id, waste_bank_id, subdistrict_code, state, total_rupiah, member_ids, amounts_rupiah, as_of,
proposed_by, proposed_at, decided_by, decided_at"""
FIND_IMPORT = f"select {_COLUMNS} from passbook_import where import_id = $1"  # noqa: S608 - our own columns
LOCK_IMPORT = f"{FIND_IMPORT} for update"
DECIDE_IMPORT = "update passbook_import set state = $2, decided_by = $3, decided_at = $4 where import_id = $1"
IMPORTS = f"""
select {_COLUMNS} from passbook_import
where (waste_bank_id = any($1::text[]) or subdistrict_code = any($2::text[])
       or left(subdistrict_code, 5) = any($3::text[]))
  and ($4::timestamptz is null or (proposed_at, import_id) < ($4, $5))
order by proposed_at desc, import_id desc limit $6
"""  # noqa: S608 - our own columns
ABSORBED = "select into_member_id, member_id from member_alias where into_member_id = any($1::uuid[])"


@dataclass(frozen=True, slots=True)
class PassbookImport:
    """One import, whole. The three sequences belong together, one place a row."""

    import_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    state: str
    total_rupiah: int
    member_ids: Sequence[UUID]
    amounts_rupiah: Sequence[int]
    as_of: Sequence[date]
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None


async def insert(tx: Tx, new: PassbookImport) -> bool:
    """Keep a proposal; False if its id is taken."""
    inserted = await tx.fetchval(
        INSERT_IMPORT,
        new.import_id,
        new.waste_bank_id,
        new.subdistrict_code,
        new.total_rupiah,
        new.member_ids,
        new.amounts_rupiah,
        new.as_of,
        new.proposed_by,
        new.proposed_at,
    )
    return inserted is not None


async def find(tx: Tx, import_id: UUID, *, lock: bool = False) -> PassbookImport | None:
    """An import, locked against other deciders if asked; None if there is none."""
    row = await tx.fetchrow(LOCK_IMPORT if lock else FIND_IMPORT, import_id)
    return None if row is None else _import(row)


async def decide(tx: Tx, import_id: UUID, state: str, by: UUID, at: datetime) -> None:
    """Close a proposal that the transaction has locked."""
    await tx.execute(DECIDE_IMPORT, import_id, state, by, at)


async def imports(
    tx: Tx,
    banks: Collection[str],
    subdistricts: Collection[str],
    regencies: Collection[str],
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[PassbookImport]:
    """Imports of these waste banks, sub-districts or regencies, the newest first."""
    at, import_id = before or (None, None)
    rows = await tx.fetch(
        IMPORTS, sorted(banks), sorted(subdistricts), sorted(regencies), at, import_id, limit
    )
    return [_import(row) for row in rows]


async def absorbed(tx: Tx, survivors: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """(survivor, given up) of everybody who was merged into one of them."""
    return [(row[0], row[1]) for row in await tx.fetch(ABSORBED, list(survivors))]


def _import(row: asyncpg.Record) -> PassbookImport:
    return PassbookImport(*row)
