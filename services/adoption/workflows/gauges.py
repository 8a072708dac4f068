"""Business figures for alerts. Published by one process only, and taken away when it stops being the one."""

from datetime import datetime
from typing import Any

from prometheus_client import Gauge

from services.adoption.store import standing as store
from shared.kernel import wib
from shared.runtime.database import Tx

OWED = Gauge("timbang_credit_owed_rupiah", "Posted credit of all members: what the programme owes", [])
HELD = Gauge("timbang_credit_held_rupiah", "Credit set aside for redemptions that are under way", [])
FLOAT = Gauge("timbang_provider_float_rupiah", "Money at a biller, counted from the events", ["provider"])
REGISTERED = Gauge("timbang_members_registered", "Members enrolled so far", ["subdistrict_code"])
ACTIVE = Gauge("timbang_members_active", "Members with a deposit in the last 90 days", ["subdistrict_code"])
TARGET_RATIO = Gauge(
    "timbang_target_ratio",
    "Actual by target of this quarter; absent where there is no target",
    ["subdistrict_code", "measure"],
)
DEPOSITS_TODAY = Gauge("timbang_deposits_today", "Deposits weighed today (WIB)", ["subdistrict_code"])
GRAMS_TODAY = Gauge("timbang_grams_today", "Grams weighed and valued today (WIB)", ["subdistrict_code"])
OLDEST_REDEMPTION = Gauge(
    "timbang_oldest_open_redemption_timestamp_seconds",
    "When the oldest unfinished redemption was asked for; 0 if none",
)
WAITING = Gauge("timbang_deposits_waiting", "Deposits that wait for a person", ["reason"])
OLDEST_WAITING = Gauge(
    "timbang_oldest_waiting_deposit_timestamp_seconds",
    "Since when the oldest deposit waits; 0 if none",
    ["reason"],
)
TABLETS_LATE = Gauge("timbang_tablets_late", "Tablets in use that were not heard of for 24 hours")
DISPUTES_OPEN = Gauge("timbang_disputes_open", "Disputes that are not answered yet", ["about"])
DISPUTES_OVERDUE = Gauge("timbang_disputes_overdue", "Of these, past the day that was promised", ["about"])
PICKUPS_OPEN = Gauge(
    "timbang_pickups_open", "Pick-ups that were asked for and are neither done nor given up", []
)
PICKUPS_OVERDUE = Gauge("timbang_pickups_overdue", "Of these, past the day on which somebody was to come", [])
BAGS_OPEN = Gauge("timbang_bags_open", "Labelled bags that wait to be weighed", [])
OLDEST_BAG = Gauge(
    "timbang_oldest_open_bag_timestamp_seconds", "When the oldest of these was left; 0 if none", []
)
TABLET_QUEUE = Gauge(
    "timbang_tablets_queued", "Records that tablets said they still have to send, by their newest reports", []
)
OLDEST_QUEUED = Gauge(
    "timbang_oldest_tablet_record_timestamp_seconds", "When the oldest of these was written; 0 if none", []
)
PUBLISHED_AT = Gauge(
    "timbang_business_figures_timestamp_seconds", "When these figures were counted; 0 if elsewhere"
)

_MEASURES = {
    "registered_members": "registered_percent",
    "active_members": "active_percent",
    "weight_kg": "weight_percent",
    "deposits": "deposits_percent",
}
_BY_LABEL = (
    FLOAT,
    REGISTERED,
    ACTIVE,
    TARGET_RATIO,
    DEPOSITS_TODAY,
    GRAMS_TODAY,
    WAITING,
    OLDEST_WAITING,
    DISPUTES_OPEN,
    DISPUTES_OVERDUE,
)
_SINGLE = (
    OWED,
    HELD,
    TABLETS_LATE,
    OLDEST_REDEMPTION,
    PICKUPS_OPEN,
    PICKUPS_OVERDUE,
    BAGS_OPEN,
    OLDEST_BAG,
    TABLET_QUEUE,
    OLDEST_QUEUED,
    PUBLISHED_AT,
)
_REASONS = ("flagged", "quarantined")
_ABOUT = ("deposit", "redemption")


async def publish(tx: Tx, now: datetime) -> None:
    """Count and publish. Every labelled gauge is made anew, so that nothing of yesterday lingers."""
    today = wib.day(now)
    found = await store.gauges(tx, wib.quarter(today), today)
    for gauge in _BY_LABEL:
        gauge.clear()
    OWED.set(found["owed_rupiah"])
    HELD.set(found["held_rupiah"])
    TABLETS_LATE.set(found["tablets_late"] or 0)
    oldest = found["oldest_open_redemption"]
    OLDEST_REDEMPTION.set(oldest.timestamp() if oldest else 0)
    for row in found["floats"]:
        FLOAT.labels(row["provider"]).set(row["float_rupiah"])
    for row in found["standing"]:
        code = row["subdistrict_code"]
        REGISTERED.labels(code).set(row["registered_members"])
        ACTIVE.labels(code).set(row["active_members"])
        DEPOSITS_TODAY.labels(code).set(0)
        GRAMS_TODAY.labels(code).set(0)
        for measure, column in _MEASURES.items():
            if row[column] is not None:
                TARGET_RATIO.labels(code, measure).set(float(row[column]) / 100)
    for row in found["today"]:
        DEPOSITS_TODAY.labels(row["subdistrict_code"]).set(row["deposits"])
        GRAMS_TODAY.labels(row["subdistrict_code"]).set(row["grams"])
    waiting = {row["reason"]: row for row in found["waiting"]}
    for reason in _REASONS:
        row = waiting.get(reason)
        WAITING.labels(reason).set(row["deposits"] if row else 0)
        OLDEST_WAITING.labels(reason).set(row["oldest"].timestamp() if row else 0)
    _publish_field_day(found)
    PUBLISHED_AT.set(now.timestamp())


def _publish_field_day(found: dict[str, Any]) -> None:
    disputes = {row["about"]: row for row in found["disputes"]}
    for about in _ABOUT:
        row = disputes.get(about)
        DISPUTES_OPEN.labels(about).set(row["disputes"] if row else 0)
        DISPUTES_OVERDUE.labels(about).set(row["overdue"] if row else 0)
    PICKUPS_OPEN.set(found["pickups"]["pickups"])
    PICKUPS_OVERDUE.set(found["pickups"]["overdue"])
    BAGS_OPEN.set(found["bags"]["bags"])
    oldest = found["bags"]["oldest"]
    OLDEST_BAG.set(oldest.timestamp() if oldest else 0)
    TABLET_QUEUE.set(found["tablets"]["queued"])
    oldest = found["tablets"]["oldest"]
    OLDEST_QUEUED.set(oldest.timestamp() if oldest else 0)


def withdraw() -> None:
    """Publish nothing: another process does."""
    for gauge in _BY_LABEL:
        gauge.clear()
    for gauge in _SINGLE:
        gauge.set(0)
