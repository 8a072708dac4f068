"""The last report of each tablet."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx

_COLUMNS = """tablet_id, waste_bank_id, subdistrict_code, reporter_id, reported_at, heard_at, app_version,
    queue_length, oldest_queued_at, clock_offset_ms, battery_percent, storage_free_mib"""
_KEEP = f"""
insert into tablet ({_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (tablet_id) do update set
    waste_bank_id = excluded.waste_bank_id, subdistrict_code = excluded.subdistrict_code,
    reporter_id = excluded.reporter_id, reported_at = excluded.reported_at, heard_at = excluded.heard_at,
    app_version = excluded.app_version, queue_length = excluded.queue_length,
    oldest_queued_at = excluded.oldest_queued_at, clock_offset_ms = excluded.clock_offset_ms,
    battery_percent = excluded.battery_percent, storage_free_mib = excluded.storage_free_mib
where tablet.reported_at <> excluded.reported_at
returning tablet_id
"""  # noqa: S608 - columns of ours
_PAGE = f"""
select {_COLUMNS} from tablet
where (subdistrict_code = any($1::text[]) or left(subdistrict_code, 5) = any($2::text[]))
    and ($3::text is null or waste_bank_id = $3) and ($4::uuid is null or tablet_id > $4)
order by tablet_id limit $5
"""  # noqa: S608 - columns of ours


class Report(NamedTuple):
    """How a tablet was when it last reported; `heard_at` is by the server's clock."""

    tablet_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    reporter_id: UUID
    reported_at: datetime
    heard_at: datetime
    app_version: str
    queue_length: int
    oldest_queued_at: datetime | None
    clock_offset_ms: int
    battery_percent: int | None
    storage_free_mib: int | None


async def keep(tx: Tx, report: Report) -> bool:
    """Keep a report as the tablet's last one; False if it is the same one again."""
    return await tx.fetchval(_KEEP, *report) is not None


async def page(
    tx: Tx,
    subdistrict_codes: Iterable[str],
    regency_codes: Iterable[str],
    waste_bank_id: str | None,
    after: UUID | None,
    limit: int,
) -> list[Report]:
    """One more than a page of last reports within an area, in the order of the tablets' ids."""
    rows = await tx.fetch(
        _PAGE, sorted(subdistrict_codes), sorted(regency_codes), waste_bank_id, after, limit + 1
    )
    return [Report(*row) for row in rows]
