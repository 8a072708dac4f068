"""What a person looks at: the events so far, a time range, the rollout file; and what panels have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles
from typing import Any

from tests.journeys.grafana_recount import Cell, Recount

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What a panel is drawn from: the events, the time range that is looked at, and the rollout file."""

    events: Recount
    since: datetime
    until: datetime
    subdistricts: list[dict[str, Any]]

    @property
    def quarter(self) -> str:
        day = wib(self.until)
        return f"{day.year}-Q{(day.month - 1) // 3 + 1}"

    @property
    def bounds(self) -> tuple[date, date]:
        day = wib(self.until)
        first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return first, (first + timedelta(days=95)).replace(day=1)

    def in_quarter(self, cells: Mapping[Cell, int], code: str) -> int:
        first, end = self.bounds
        return sum(figure for (place, day), figure in cells.items() if place == code and first <= day < end)

    def in_range(self, day: date) -> bool:
        return self.since <= starts_at(day) <= self.until

    def name(self, code: str) -> str:
        return next(
            (str(each["name"]) for each in self.subdistricts if each["kemendagri_code"] == code), code
        )

    def registered(self, code: str) -> int:
        return self.events.members(self.bounds[1])[code]

    def active(self, code: str) -> int:
        as_of = min(wib(datetime.now(UTC)), self.bounds[1] - timedelta(days=1))
        return self.events.active_members(as_of)[code]


def wib(instant: datetime) -> date:
    return (instant.astimezone(UTC) + timedelta(hours=7)).date()


def starts_at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7)


def quantile(ordered: list[float], part: float) -> float:
    """As SQL's percentile_cont: between the two neighbours."""
    if len(ordered) == 1:
        return ordered[0]
    return quantiles(ordered, n=100, method="inclusive")[round(part * 100) - 1]
