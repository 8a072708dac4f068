"""Adoption's door: the public figures of every sub-district, and the office's summary against the targets."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.adoption.workflows import summary
from shared.kernel import wib
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime.access import allow, anyone
from shared.runtime.database import Database
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

PERIOD_DAYS_MAX = 366
Day = Annotated[date, Field(ge=date(2020, 1, 1), lt=date(2100, 1, 1))]


class PublicSubdistrict(BaseModel):
    """A sub-district as anybody may see it. Null: not known, no target, or fewer than ten people."""

    subdistrict_code: str
    name: str
    region: str
    phase: str
    phase_since: date | None
    planned_opening_on: date | None
    quarter: str
    registered_members: int | None
    active_members: int | None
    deposits: int | None
    weight_kg: float | None
    registered_target: int | None
    active_target: int | None
    weight_kg_target: int | None


class Against(BaseModel):
    """An actual figure beside its target; null target and percent where none was set."""

    actual: float
    target: int | None
    percent: float | None


class SubdistrictSummary(BaseModel):
    """A sub-district to the office: sums of the period by day of weighing, and the quarter's targets."""

    subdistrict_code: str
    name: str
    phase: str
    phase_since: date | None
    members_registered: int
    depositors: int
    deposits: int
    voided_deposits: int
    weight_kg: float
    credited_rupiah: int
    redeemed_rupiah: int
    redemptions_delivered: int
    quarter: dict[str, Against]


class Summary(BaseModel):
    """The period, the quarter whose targets are shown, and every sub-district."""

    first_day: date
    last_day: date
    quarter: str
    subdistricts: list[SubdistrictSummary]


def router(database: Database, clock: Clock) -> APIRouter:
    """The routes of adoption."""
    routes = APIRouter(prefix="/v1", tags=["adoption"])

    @routes.get("/subdistricts", dependencies=[Depends(anyone)])
    async def read_subdistricts(response: Response) -> list[PublicSubdistrict]:
        """Where every sub-district stands this quarter."""
        async with database.reading() as tx:
            board = await summary.public_board(tx, clock.now())
        response.headers["Cache-Control"] = "public, max-age=60"
        return [_in_public(each) for each in board]

    @routes.get("/summary")
    async def read_summary(
        who: Annotated[Caller, Depends(allow(Role.OFFICE, Role.PROGRAMME))],
        first_day: Annotated[Day | None, Query(description="WIB; without it the quarter's first")] = None,
        last_day: Annotated[Day | None, Query(description="WIB; without it today")] = None,
    ) -> Summary:
        """Sums of the caller's sub-districts from the first day to the last, and the last day's quarter."""
        last = last_day or _today(clock.now())
        first = first_day or wib.quarter_bounds(wib.quarter(last))[0]
        if not timedelta() <= last - first <= timedelta(days=PERIOD_DAYS_MAX):
            raise Problem("period_out_of_bounds", days_max=PERIOD_DAYS_MAX)
        async with database.reading() as tx:
            found = await summary.office_summary(tx, first, last)
        return Summary(
            first_day=first,
            last_day=last,
            quarter=wib.quarter(last),
            subdistricts=[
                _for_office(row, sums)
                for row, sums in found
                if who.covers_subdistrict(row["subdistrict_code"])
            ],
        )

    return routes


def _today(now: datetime) -> date:
    return wib.day(now)


def _in_public(board: summary.Board) -> PublicSubdistrict:
    fields = PublicSubdistrict.model_fields.keys() & board.row.keys()
    return PublicSubdistrict(
        **{
            **{name: board.row[name] for name in fields},
            "registered_members": board.registered_members,
            "active_members": board.active_members,
            "deposits": board.deposits,
            "weight_kg": board.weight_kg,
        }
    )


def _for_office(row: Any, sums: Any) -> SubdistrictSummary:
    return SubdistrictSummary(
        subdistrict_code=row["subdistrict_code"],
        name=row["name"],
        phase=row["phase"],
        phase_since=row["phase_since"],
        members_registered=sums.members_registered,
        depositors=sums.depositors,
        deposits=sums.deposits,
        voided_deposits=sums.voided_deposits,
        weight_kg=sums.grams / 1000,
        credited_rupiah=sums.credited_rupiah,
        redeemed_rupiah=sums.redeemed_rupiah,
        redemptions_delivered=sums.redemptions_delivered,
        quarter={
            "registered_members": _against(
                row, "registered_members", "registered_target", "registered_percent"
            ),
            "active_members": _against(row, "active_members", "active_target", "active_percent"),
            "weight_kg": _against(row, "weight_kg", "weight_kg_target", "weight_percent"),
            "deposits": _against(row, "deposits", "deposits_target", "deposits_percent"),
        },
    )


def _against(row: Any, actual: str, target: str, percent: str) -> Against:
    return Against(
        actual=float(row[actual]),
        target=row[target],
        percent=None if row[percent] is None else round(float(row[percent]), 1),
    )
