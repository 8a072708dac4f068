"""Recounts from the events alone what the reporting views must say. Shares no code with the service that counts."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

Cell = tuple[str, date]
SEVEN_HOURS = timedelta(hours=7)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def wib_day(text: str) -> date:
    return (instant(text) + SEVEN_HOURS).date()


def kind(type_name: str) -> str:
    """`id.timbang.deposit.recorded.v1` is `deposit.recorded`."""
    return type_name.removeprefix("id.timbang.").rpartition(".v")[0]


@dataclass
class Recount:
    """What happened, by kind of event and by what it is about."""

    facts: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    last_heard: dict[str, datetime] = field(default_factory=dict)

    def hear(self, type_name: str, payload: dict[str, Any]) -> None:
        """One event, however often and in whatever order."""
        name = kind(type_name)
        about = next(
            key
            for key in ("change_id", "redemption_id", "deposit_id", "price_list_id", "member_id")
            if key in payload and (key != "price_list_id" or name.startswith("price"))
        )
        self.facts[name].setdefault(payload[about], payload)
        if name == "deposit.recorded":
            tablet, heard = payload["tablet_id"], instant(payload["recorded_at"])
            self.last_heard[tablet] = max(self.last_heard.get(tablet, heard), heard)

    # Deposits -----------------------------------------------------------------------------------------------------

    def _counting(self, made: str, *cancelled: str) -> list[dict[str, Any]]:
        gone = {about for name in cancelled for about in self.facts[name]}
        return [payload for about, payload in self.facts[made].items() if about not in gone]

    def deposits(self) -> list[dict[str, Any]]:
        """Recorded and neither void nor turned down."""
        return self._counting("deposit.recorded", "deposit.voided", "deposit.rejected")

    def deposits_by_cell(self) -> Counter[Cell]:
        return Counter(_cell(each) for each in self.deposits())

    def voided_by_cell(self) -> Counter[Cell]:
        """Recorded, and void since."""
        over = {*self.facts["deposit.voided"], *self.facts["deposit.rejected"]}
        recorded = self.facts["deposit.recorded"]
        return Counter(_cell(recorded[about]) for about in over if about in recorded)

    def grams_by_class(self) -> Counter[tuple[str, date, str]]:
        grams: Counter[tuple[str, date, str]] = Counter()
        for each in self._counting("valuation.valued", "valuation.reversed"):
            for line in each["lines"]:
                grams[*_cell(each), line["waste_class"]] += line["reporting_grams"]
        return +grams

    def grams_by_cell(self) -> Counter[Cell]:
        grams: Counter[Cell] = Counter()
        for (code, day, _), weight in self.grams_by_class().items():
            grams[code, day] += weight
        return grams

    def credited_by_cell(self) -> Counter[Cell]:
        credited: Counter[Cell] = Counter()
        for each in self._counting("credit.posted", "credit.reversed"):
            credited[_cell(each)] += each["amount_rupiah"]
        return credited

    def active_members(self, last: date, days: int = 90) -> Counter[str]:
        pairs = {
            (each["subdistrict_code"], each["member_id"])
            for each in self.deposits()
            if last - timedelta(days=days) < wib_day(each["weighed_at"]) <= last
        }
        return Counter(code for code, _ in pairs)

    def waiting(self) -> Counter[tuple[str, str]]:
        """Deposits that a person must look at: (sub-district, why)."""
        over = {*self.facts["deposit.voided"], *self.facts["deposit.rejected"]}
        found: Counter[tuple[str, str]] = Counter()
        for name, reason, done in (
            ("valuation.flagged", "flagged", "valuation.valued"),
            ("deposit.quarantined", "quarantined", "deposit.recorded"),
        ):
            for about, payload in self.facts[name].items():
                if about not in over and about not in self.facts[done]:
                    found[payload["subdistrict_code"], reason] += 1
        return found

    # Members ------------------------------------------------------------------------------------------------------

    def registered_by_cell(self) -> Counter[Cell]:
        return Counter(
            (each["subdistrict_code"], wib_day(each["enrolled_at"]))
            for each in self.facts["people.member_registered"].values()
        )

    # Redemptions --------------------------------------------------------------------------------------------------

    def delivered(self) -> list[tuple[dict[str, Any], bool]]:
        """Products that were delivered and not taken back: (event, whether the credit was back already)."""
        on_time = self._counting("redemption.delivered", "redemption.reversed")
        late = self._counting("redemption.delivered_late", "redemption.reversed")
        return [(each, False) for each in on_time] + [(each, True) for each in late]

    def delivered_by_cell(self) -> Counter[Cell]:
        return Counter(
            (each["subdistrict_code"], wib_day(each["delivered_at"])) for each, _ in self.delivered()
        )

    def redeemed_by_cell(self) -> Counter[Cell]:
        redeemed: Counter[Cell] = Counter()
        for each, late in self.delivered():
            redeemed[each["subdistrict_code"], wib_day(each["delivered_at"])] += (
                0 if late else each["amount_rupiah"]
            )
        return +redeemed

    def late_by_cell(self) -> Counter[Cell]:
        return Counter(
            (each["subdistrict_code"], wib_day(each["delivered_at"]))
            for each, late in self.delivered()
            if late
        )

    def seconds_by_cell(self) -> dict[Cell, list[float]]:
        seconds: dict[Cell, list[float]] = defaultdict(list)
        for each, _ in self.delivered():
            took = instant(each["delivered_at"]) - instant(each["requested_at"])
            seconds[each["subdistrict_code"], wib_day(each["delivered_at"])].append(took.total_seconds())
        return {cell: sorted(values) for cell, values in seconds.items()}

    def open_redemptions(self) -> list[dict[str, Any]]:
        return self._counting(
            "redemption.requested",
            "redemption.delivered",
            "redemption.delivered_late",
            "redemption.reversed",
            "redemption.failed",
            "credit.refused",
        )

    # Money --------------------------------------------------------------------------------------------------------

    def owed_rupiah(self) -> int:
        settled: int = sum(each["amount_rupiah"] for each in self.facts["credit.settled"].values())
        returned: int = sum(
            each["amount_rupiah"]
            for each in self.facts["credit.released"].values()
            if each["why"] == "reversed"
        )
        return sum(self.credited_by_cell().values()) - settled + returned

    def held_rupiah(self) -> int:
        return sum(
            each["amount_rupiah"]
            for each in self._counting("credit.held", "credit.settled", "credit.released")
        )

    def floats(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for each in self.facts["redemption.float_changed"].values():
            found[each["provider"]] += each["amount_rupiah"]
        for each, _ in self.delivered():
            found[each["provider"]] -= each["cost_rupiah"]
        return found


def _cell(payload: dict[str, Any]) -> Cell:
    return payload["subdistrict_code"], wib_day(payload["weighed_at"])


def recount(events: Iterable[tuple[str, str | bytes]]) -> Recount:
    """From (type, JSON) pairs."""
    found = Recount()
    for type_name, text in events:
        found.hear(type_name, json.loads(text))
    return found
