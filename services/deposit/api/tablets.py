"""The doors for tablets that say how they are doing, and for those who look after them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from prometheus_client import Counter, Histogram
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.deposit.api.callers import bank_in_area
from services.deposit.api.means import Means
from services.deposit.domain.weighing import clock_offset_ms
from services.deposit.workflows.tablets import Report, keep_report, list_tablets
from services.deposit.workflows.weighings import Moment
from shared.kernel.roles import Role
from shared.kernel.words import Slug as BankId
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.paging import LIMIT, Cursor, Limit, cursor_of, id_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

REPORTS = Counter("timbang_tablet_reports", "Reports of tablets")
QUEUE = Histogram(
    "timbang_tablet_queue_length", "What tablets have still to send", buckets=(0, 1, 10, 50, 200, 500, 2_000)
)
CLOCK = Histogram(
    "timbang_tablet_clock_off_seconds",
    "How far the clocks of tablets are off, either way",
    buckets=(1, 5, 60, 300, 3_600, 86_400),
)


class TabletReport(BaseModel):
    """How a tablet is doing, by its own clock."""

    model_config = ConfigDict(frozen=True)

    waste_bank_id: BankId
    reported_at: Annotated[Moment, Field(description="The tablet's clock now; how far it is off is noted")]
    app_version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+_-]{0,31}$")]
    queue_length: Annotated[int, Field(ge=0, le=1_000_000)]
    oldest_queued_at: Moment | None = None
    battery_percent: Annotated[int | None, Field(ge=0, le=100)] = None
    storage_free_mib: Annotated[int | None, Field(ge=0, le=100_000_000)] = None


class ReportAnswer(BaseModel):
    """By how much the tablet's clock is ahead of ours (negative: behind), in milliseconds."""

    clock_offset_ms: int


class TabletView(BaseModel):
    """The last report of a tablet; `last_seen_at` is by our clock."""

    tablet_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    last_seen_at: datetime
    reported_at: datetime
    app_version: str
    queue_length: int
    oldest_queued_at: datetime | None
    clock_offset_ms: int
    battery_percent: int | None
    storage_free_mib: int | None


class TabletPage(BaseModel):
    """Some tablets; `next_cursor` is absent after the last."""

    tablets: list[TabletView]
    next_cursor: str | None


def router(means: Means) -> APIRouter:
    """`POST /tablets:report` and `GET /tablets`."""
    doors = APIRouter(prefix="/v1", tags=["tablets"])
    database, rollout, clock = means.database, means.rollout, means.clock

    @doors.post("/tablets:report", summary="A tablet says how it is doing")
    async def report(
        body: TabletReport, who: Annotated[Caller, Depends(allow(Role.OPERATOR))]
    ) -> ReportAnswer:
        """Only from a tablet that the token names. The last report is kept; the same one again changes nothing."""
        if who.tablet_id is None:
            raise Problem("tablet_needed")
        now = clock.now()
        offset = clock_offset_ms(body.reported_at, now)
        kept = Report(
            who.tablet_id,
            body.waste_bank_id,
            bank_in_area(who, body.waste_bank_id, rollout.current),
            who.subject,
            body.reported_at,
            now,
            body.app_version,
            body.queue_length,
            body.oldest_queued_at,
            offset,
            body.battery_percent,
            body.storage_free_mib,
        )
        async with database.transaction() as tx:
            new = await keep_report(tx, kept)
        if new:
            REPORTS.inc()
            QUEUE.observe(body.queue_length)
            CLOCK.observe(abs(offset) / 1_000)
        return ReportAnswer(clock_offset_ms=offset)

    @doors.get("/tablets", summary="How the tablets of an area are doing")
    async def list_all(
        who: Annotated[Caller, Depends(allow(Role.PROGRAMME, Role.OFFICE))],
        waste_bank_id: Annotated[Slug | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> TabletPage:
        """The last report of each tablet in the caller's sub-districts and regencies."""
        async with database.reading() as tx:
            found, following = await list_tablets(
                tx, who.subdistrict_codes, who.regency_codes, waste_bank_id, id_of(cursor), limit
            )
        return TabletPage(
            tablets=[_view(each) for each in found],
            next_cursor=None if following is None else cursor_of(following),
        )

    return doors


def _view(report: Report) -> TabletView:
    values = report._asdict()
    del values["reporter_id"]
    return TabletView(last_seen_at=values.pop("heard_at"), **values)
