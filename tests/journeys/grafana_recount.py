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
    banks: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def hear(self, type_name: str, payload: dict[str, Any]) -> None:
        """One event, however often and in whatever order."""
        name = kind(type_name)
        self.facts[name].setdefault(payload[_subject(name, payload)], payload)
        if name == "deposit.recorded":
            tablet, heard = payload["tablet_id"], instant(payload["recorded_at"])
            self.last_heard[tablet] = max(self.last_heard.get(tablet, heard), heard)
            self._seen(tablet, heard, payload["waste_bank_id"])

    def _seen(self, tablet: str, heard: datetime, bank: str) -> None:
        if tablet not in self.banks or heard > self.banks[tablet][0]:
            self.banks[tablet] = heard, bank

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
            (each["subdistrict_code"], self.person(each["member_id"]))
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

    def person(self, member_id: str) -> str:
        """The id that counts today for somebody who was enrolled under that one."""
        merges = self.facts["people.members_merged"]
        while member_id in merges:
            member_id = merges[member_id]["into_member_id"]
        return member_id

    def registered_by_cell(self) -> Counter[Cell]:
        """Enrolments by place and day; a second one of the same person never counts."""
        return Counter(
            (each["subdistrict_code"], wib_day(each["enrolled_at"]))
            for each in self.facts["people.member_registered"].values()
            if each["member_id"] not in self.facts["people.members_merged"]
        )

    def members(self, end: date) -> Counter[str]:
        """Who was a member right before a day, where they lived: told person by person."""
        moves: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for each in self.facts["people.member_moved"].values():
            if wib_day(each["moved_at"]) < end:
                moves[each["member_id"]].append(each)
        gone = {
            about
            for about, each in self.facts["people.member_erased"].items()
            if wib_day(each["erased_at"]) < end
        }
        found: Counter[str] = Counter()
        for about, each in self.facts["people.member_registered"].items():
            if (
                about in self.facts["people.members_merged"]
                or about in gone
                or wib_day(each["enrolled_at"]) >= end
            ):
                continue
            last = max(moves[about], key=lambda move: instant(move["moved_at"]), default=each)
            found[last["subdistrict_code"]] += 1
        return found

    # The field's day ----------------------------------------------------------------------------------------------

    def pickups(self) -> dict[str, Counter[Cell]]:
        """By what happened to them: requested, done, cancelled by whom, given up, and every visit that was missed."""
        done, cancelled = self.facts["pickup.done"], self.facts["pickup.cancelled"]
        found: dict[str, Counter[Cell]] = defaultdict(Counter)
        for about, each in self.all_pickups().items():
            found["requested"][each["subdistrict_code"], wib_day(each["requested_at"])] += 1
            if about in done:
                found["done"][each["subdistrict_code"], wib_day(done[about]["done_at"])] += 1
            elif about in cancelled:
                why = {"by_member": "cancelled_by_member", "by_waste_bank": "cancelled_by_waste_bank"}
                name = why.get(cancelled[about]["why"], "given_up")
                found[name][each["subdistrict_code"], wib_day(cancelled[about]["cancelled_at"])] += 1
            visits = self.visits(about)
            given_up = about in cancelled and about not in done and cancelled[about]["why"] == "missed"
            for day in visits if given_up else visits[:-1]:
                found["missed"][each["subdistrict_code"], day] += 1
        return found

    def visits(self, pickup_id: str) -> list[date]:
        """The days on which somebody was to come, in the order of the attempts."""
        said = [each for each in self.facts["pickup.scheduled"].values() if each["pickup_id"] == pickup_id]
        days = {each["attempt"]: date.fromisoformat(each["scheduled_on"]) for each in said}
        return [days[attempt] for attempt in sorted(days)]

    def all_pickups(self) -> dict[str, dict[str, Any]]:
        """One event, whichever, for each pick-up."""
        return {
            each["pickup_id"]: each
            for name, facts in self.facts.items()
            if name.startswith("pickup.")
            for each in facts.values()
        }

    def open_pickups(self) -> list[str]:
        over = self.facts["pickup.done"].keys() | self.facts["pickup.cancelled"].keys()
        return [about for about in self.all_pickups() if about not in over]

    def disputes(self) -> list[tuple[str, dict[str, Any], dict[str, Any] | None]]:
        """(about what, any event of it, its answer)."""
        found = []
        for about, prefix in (("deposit", ""), ("redemption", "redemption_")):
            opened, answered = self.facts[f"dispute.{prefix}opened"], self.facts[f"dispute.{prefix}answered"]
            found += [(about, each, answered.get(key)) for key, each in {**answered, **opened}.items()]
        return found

    def answer_hours(self) -> dict[tuple[str, str, date], list[float]]:
        """How long answers took, by sub-district, about what, and day of the answer; sorted."""
        hours: dict[tuple[str, str, date], list[float]] = defaultdict(list)
        for about, each, answer in self.disputes():
            if answer is not None:
                took = instant(answer["answered_at"]) - instant(answer["opened_at"])
                hours[each["subdistrict_code"], about, wib_day(answer["answered_at"])].append(
                    took.total_seconds() / 3600
                )
        return {cell: sorted(values) for cell, values in hours.items()}

    def lots(self) -> list[dict[str, Any]]:
        return self._counting("bank.waste_sold", "bank.waste_sale_voided")

    def closings(self) -> list[dict[str, Any]]:
        """Of each bank's day the last closing that no other one replaces."""
        said = self.facts["bank.day_closed"].values()
        replaced = {each.get("replaces_closing_id") for each in said}
        last: dict[tuple[str, str], dict[str, Any]] = {}
        for each in sorted(said, key=lambda one: (instant(one["closed_at"]), one["closing_id"])):
            if each["closing_id"] not in replaced:
                last[each["waste_bank_id"], each["day_on"]] = each
        return list(last.values())

    def bags(self) -> dict[str, dict[str, Any]]:
        return {bag: each for each in self.facts["bank.bags_received"].values() for bag in each["bag_ids"]}

    def bag_ends(self) -> tuple[dict[str, datetime], set[str]]:
        """Which bags were weighed and when, by the last that was said of each; and which were discarded."""
        turns = [*self.facts["bank.bag_weighed"].values(), *self.facts["bank.bag_reopened"].values()]
        last = {each["bag_id"]: each for each in sorted(turns, key=lambda one: int(one["turn"]))}
        weighed = {bag: instant(each["weighed_at"]) for bag, each in last.items() if "weighed_at" in each}
        return weighed, set(self.facts["bank.bag_discarded"])

    def tablets(self) -> dict[str, dict[str, Any]]:
        """The newest report of each."""
        newest: dict[str, dict[str, Any]] = {}
        for each in sorted(
            self.facts["bank.tablet_reported"].values(),
            key=lambda one: (instant(one["reported_at"]), one["event_id"]),
        ):
            newest[each["tablet_id"]] = each
        return newest

    def bank_of_tablet(self, tablet: str) -> str:
        """Where it was heard of last: by a deposit, or by its newest report."""
        found = [self.banks[tablet]] if tablet in self.banks else []
        report = self.tablets().get(tablet)
        if report is not None:
            found.append((instant(report["recorded_at"]), report["waste_bank_id"]))
        return max(found)[1]

    def opening_rupiah(self) -> int:
        return sum(each["amount_rupiah"] for each in self.facts["credit.opening_balance_posted"].values())

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
        return sum(self.credited_by_cell().values()) + self.opening_rupiah() - settled + returned

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


# What a fact is about: the first of these that it names, unless its kind says otherwise.
_SUBJECTS = ("change_id", "redemption_id", "deposit_id", "price_list_id", "member_id")
_OWN_SUBJECTS = {
    "people.member_moved": "event_id",
    "people.card_replaced": "card_id",
    "pickup.requested": "pickup_id",
    "pickup.scheduled": "event_id",
    "pickup.done": "pickup_id",
    "pickup.cancelled": "pickup_id",
    "dispute.opened": "dispute_id",
    "dispute.answered": "dispute_id",
    "dispute.redemption_opened": "dispute_id",
    "dispute.redemption_answered": "dispute_id",
    "bank.bags_received": "event_id",
    "bank.bag_weighed": "event_id",
    "bank.bag_reopened": "event_id",
    "bank.bag_discarded": "bag_id",
    "bank.waste_sold": "lot_id",
    "bank.waste_sale_voided": "lot_id",
    "bank.day_closed": "closing_id",
    "bank.tablet_reported": "event_id",
    "credit.opening_balance_posted": "transfer_id",
    "price.exception_approved": "exception_id",
}


def _subject(name: str, payload: dict[str, Any]) -> str:
    return _OWN_SUBJECTS.get(name) or next(
        key for key in _SUBJECTS if key in payload and (key != "price_list_id" or name.startswith("price"))
    )


def _cell(payload: dict[str, Any]) -> Cell:
    return payload["subdistrict_code"], wib_day(payload["weighed_at"])


def recount(events: Iterable[tuple[str, str | bytes]]) -> Recount:
    """From (type, JSON) pairs."""
    found = Recount()
    for type_name, text in events:
        found.hear(type_name, json.loads(text))
    return found
