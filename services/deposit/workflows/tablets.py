"""How tablets are doing: the last report of each is kept, each new one is told."""

from collections.abc import Iterable
from uuid import UUID

from services.deposit.store import tablets
from services.deposit.store.tablets import Report
from shared.contracts import TabletReported
from shared.kernel.ids import uuid7
from shared.runtime.database import Tx
from shared.runtime.outbox import say

__all__ = ["Report"]


async def keep_report(tx: Tx, report: Report) -> bool:
    """Keep and tell it; the same report again changes nothing and returns False."""
    if not await tablets.keep(tx, report):
        return False
    told = TabletReported(
        event_id=uuid7(),
        recorded_at=report.heard_at,
        waste_bank_id=report.waste_bank_id,
        subdistrict_code=report.subdistrict_code,
        tablet_id=report.tablet_id,
        reported_at=report.reported_at,
        app_version=report.app_version,
        queue_length=report.queue_length,
        oldest_queued_at=report.oldest_queued_at,
        clock_offset_ms=report.clock_offset_ms,
        battery_percent=report.battery_percent,
        storage_free_mib=report.storage_free_mib,
    )
    await say(tx, [told])
    return True


async def list_tablets(
    tx: Tx,
    subdistrict_codes: Iterable[str],
    regency_codes: Iterable[str],
    waste_bank_id: str | None,
    after: UUID | None,
    limit: int,
) -> tuple[list[Report], UUID | None]:
    """Last reports within an area, and where the next page begins; None after the last one."""
    found = await tablets.page(tx, subdistrict_codes, regency_codes, waste_bank_id, after, limit)
    if len(found) <= limit:
        return found, None
    return found[:limit], found[limit - 1].tablet_id
