"""What the services publish for dashboards and alerts is what the databases count."""

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.verify.findings import Differences, Finding
from tests.verify.places import Places

# Gauges are counted every fifteen seconds; two rounds and a little are enough for the slowest.
RECOUNT_SECONDS = 45.0
LOOK_SECONDS = 1.0
TODAY = "(now() at time zone 'UTC' + interval '7 hours')::date"
BAG_WAITS = "weighed_by_deposit_id is null and discarded_at is null"
WEIGHED_TODAY = f"(weighed_at at time zone 'UTC' + interval '7 hours')::date = {TODAY}"

Key = tuple[str, str, str]
"""Service, sample, and the value of its one label; `*` sums the sample over all its labels."""

# (service that publishes, sample, label or "*") <- (whose database, query of label and figure)
_COUNTED: tuple[tuple[str, str, str, str], ...] = (
    (
        "wallet",
        "wallet_credit_owed_rupiah",
        "wallet",
        "select '*', coalesce(sum(posted_rupiah), 0) from account where kind = 'member_credit'",
    ),
    (
        "wallet",
        "wallet_credit_held_rupiah",
        "wallet",
        "select '*', coalesce(sum(amount_rupiah), 0) from hold where state = 'held'",
    ),
    ("wallet", "wallet_ledger_imbalance_rupiah", "wallet", "select '*', 0"),
    (
        "adoption",
        "timbang_credit_owed_rupiah",
        "wallet",
        "select '*', coalesce(sum(posted_rupiah), 0) from account where kind = 'member_credit'",
    ),
    (
        "adoption",
        "timbang_credit_held_rupiah",
        "wallet",
        "select '*', coalesce(sum(amount_rupiah), 0) from hold where state = 'held'",
    ),
    (
        "adoption",
        "timbang_provider_float_rupiah",
        "wallet",
        "select owner, -posted_rupiah from account where kind = 'provider_float'",
    ),
    (
        "adoption",
        "timbang_members_registered",
        "identity",
        "select subdistrict_code, count(*) from member where merged_into_id is null and erased_at is null group by 1",
    ),
    (
        "adoption",
        "timbang_deposits_today",
        "deposit",
        f"select subdistrict_code, count(*) from deposit where state = 'recorded' and {WEIGHED_TODAY} group by 1",
    ),
    (
        "adoption",
        "timbang_grams_today",
        "valuation",
        f"select subdistrict_code, sum(grams) from valuation where state = 'valued' and {WEIGHED_TODAY} group by 1",
    ),
    (
        "adoption",
        "timbang_deposits_waiting",
        "deposit",
        "select 'quarantined', count(*) from deposit where state = 'quarantined'",
    ),
    (
        "adoption",
        "timbang_deposits_waiting",
        "valuation",
        "select 'flagged', count(*) from flag where closed_at is null",
    ),
    *(
        (
            "adoption",
            "timbang_disputes_open",
            service,
            f"select '{about}', count(*) from dispute where answered_at is null",
        )
        for service, about in (("deposit", "deposit"), ("payout", "redemption"))
    ),
    (
        "adoption",
        "timbang_pickups_open",
        "deposit",
        "select '*', count(*) from pickup where done_at is null and cancelled_at is null",
    ),
    (
        "adoption",
        "timbang_bags_open",
        "deposit",
        f"select '*', count(*) from bag where received_at is not null and {BAG_WAITS}",
    ),
    (
        "adoption",
        "timbang_tablets_queued",
        "deposit",
        "select '*', coalesce(sum(queue_length), 0) from tablet",
    ),
    (
        "payout",
        "timbang_redemptions_in_state",
        "payout",
        "select state, count(*) from redemption group by 1",
    ),
)


# One process of adoption publishes; in the others this is 0, and so are the figures that have no label.
_COUNTED_ELSEWHERE: Key = ("adoption", "timbang_business_figures_timestamp_seconds", "*")


@dataclass(frozen=True)
class Figures:
    """What was counted, and what the doors published of it. A sample that no door publishes is absent.

    `silent` are the services whose door did not answer.
    """

    counted: Mapping[Key, float]
    published: Mapping[Key, float]
    silent: frozenset[str] = frozenset()


async def fetch_figures(
    connections: Mapping[str, asyncpg.Connection], places: Places, recount_seconds: float
) -> Figures:
    """Count, then look at the doors until they agree or have had so long to count again themselves."""
    counted = await _count(connections, places.sandbox_file)
    deadline = time.monotonic() + recount_seconds
    while True:
        figures = Figures(counted, *await _published(places.doors))
        if check_figures(figures).holds or time.monotonic() > deadline:
            return figures
        await asyncio.sleep(LOOK_SECONDS)


async def _count(
    connections: Mapping[str, asyncpg.Connection], sandbox_file: Path | None
) -> dict[Key, float]:
    counted: dict[Key, float] = {}
    for service, sample, database, query in _COUNTED:
        for label, figure in await connections[database].fetch(query):
            counted[service, sample, label] = float(figure)
    if sandbox_file is not None:
        book = sqlite3.connect(f"file:{sandbox_file}?mode=ro", uri=True, timeout=10)
        try:
            rows = book.execute(
                "select balance_rupiah from float_entry order by entry_id desc limit 1"
            ).fetchall()
        finally:
            book.close()
        counted["sandbox", "sandbox_float_rupiah", "*"] = float(rows[0][0]) if rows else 0.0
    return counted


async def _published(doors: Mapping[str, str]) -> tuple[dict[Key, float], frozenset[str]]:
    wanted = {(service, sample) for service, sample, _, _ in _COUNTED}
    wanted |= {("sandbox", "sandbox_float_rupiah"), _COUNTED_ELSEWHERE[:2]}
    found: defaultdict[Key, float] = defaultdict(float)
    silent = set()
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        for service in sorted({service for service, _ in wanted} & doors.keys()):
            try:
                page: Any = await client.get(f"{doors[service]}/metrics")
            except httpx.TransportError:
                silent.add(service)
                continue
            for family in text_string_to_metric_families(page.text):
                for sample in family.samples:
                    if (service, sample.name) in wanted:
                        found[service, sample.name, "*"] += sample.value
                        for label in sample.labels.values():
                            found[service, sample.name, label] += sample.value
    if not found.pop(_COUNTED_ELSEWHERE, 1.0):
        found = defaultdict(float, {k: v for k, v in found.items() if k[0] != _COUNTED_ELSEWHERE[0]})
    return dict(found), frozenset(silent)


def check_figures(figures: Figures) -> Finding:
    """I11."""
    found = Differences()
    compared = 0
    for service in sorted(figures.silent):
        found.add(f"{service}'s door does not answer, so what it publishes could not be compared")
    for (service, sample, label), figure in sorted(figures.counted.items()):
        if (service, sample, "*") not in figures.published:
            continue  # this process does not publish it, such as a door whose consumers run elsewhere
        published = figures.published.get((service, sample, label))
        if published is None:
            if label in _ENDED or not figure:
                continue
            published = 0.0
        compared += 1
        if published != figure:
            found.add(f"{service} publishes {sample} {label} as {published:.0f}, counted are {figure:.0f}")
    return found.finding(
        "I11",
        "figures that services publish are what the databases count",
        f"{compared} figures of the doors",
    )


_ENDED = frozenset({"settled", "released", "refused", "reversed", "late_success"})
"""Redemptions that have ended are not published by state."""
