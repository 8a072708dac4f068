"""All invariants in one go: wait for quiet, read every book, compare; and again if something moved meanwhile."""

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from tests.verify import (
    audit,
    canary,
    depositing,
    deposits,
    families,
    figures,
    ledger,
    redemptions,
    travel,
)
from tests.verify.findings import Finding
from tests.verify.hearers import Hearer, hearers
from tests.verify.lag import Standing, standing
from tests.verify.places import Places
from tests.verify.quiet import wait_for_quiet
from tests.verify.scratch import Scratch
from tests.verify.topics import read_topics

ROUNDS = 3
# One query at a time and one process for it: whoever looks must not push aside what is looked at.
_SETTINGS = {"application_name": "verify", "jit": "off", "max_parallel_workers_per_gather": "0"}


@dataclass(frozen=True)
class OnPurpose:
    """What a test has put into the topics itself, so that it is not taken for a defect."""

    strays: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Report:
    """Every invariant with its figure. `restless` says what still moved, if the system never became quiet."""

    findings: tuple[Finding, ...]
    restless: str
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether every invariant stands."""
        return all(finding.holds for finding in self.findings)

    def lines(self) -> list[str]:
        """The report as a person reads it."""
        lines = [line for finding in self.findings for line in finding.lines()]
        if self.restless:
            lines.insert(
                0, f"The system did not become quiet: {self.restless}. Figures may be of the moment."
            )
        failed = [finding.name for finding in self.findings if not finding.holds]
        verdict = "every invariant holds" if not failed else f"NOT TRUE: {', '.join(failed)}"
        return [*lines, f"{verdict} ({self.seconds:.1f} s)"]


@dataclass
class _Books:
    """Open connections to the databases of one system."""

    connections: dict[str, asyncpg.Connection] = field(default_factory=dict)

    async def open(self, databases: Mapping[str, str]) -> None:
        for name, url in databases.items():
            self.connections[name] = await asyncpg.connect(url, timeout=10, server_settings=_SETTINGS)

    async def close(self) -> None:
        for connection in self.connections.values():
            await connection.close()


async def verify(
    places: Places,
    *,
    acknowledged: Collection[UUID] = (),
    on_purpose: OnPurpose | None = None,
    quiet_seconds: float = 60,
    recount_seconds: float = figures.RECOUNT_SECONDS,
) -> Report:
    """Check everything. `acknowledged` are deposit ids that a door said it had taken, remembered outside the system.

    Waits for quiet and, where published figures differ, for the next time that services count them.
    Raises asyncpg's, aiokafka's or sqlite3's errors if a book cannot be read: then nothing is known.
    """
    begun = time.monotonic()
    found = hearers()
    for last in (False,) * (ROUNDS - 1) + (True,):
        at_quiet, restless = await wait_for_quiet(places, found, quiet_seconds)
        findings = await _look(
            places, found, at_quiet, acknowledged, on_purpose or OnPurpose(), recount_seconds
        )
        after = await standing(places.bootstrap_servers, found, places.topic_prefix)
        moved = after.ends != at_quiet.ends
        if last or not moved or all(finding.holds for finding in findings):
            break
    return Report(tuple(findings), restless, time.monotonic() - begun)


async def _look(
    places: Places,
    found: Mapping[str, Hearer],
    at_quiet: Standing,
    acknowledged: Collection[UUID],
    on_purpose: OnPurpose,
    recount_seconds: float,
) -> list[Finding]:
    books = _Books()
    checks = deposits.DepositChecks()
    with Scratch(places.run) as scratch:
        try:
            await books.open(places.databases)
            of = books.connections
            redeeming = await redemptions.fetch_redeeming(of["payout"], of["wallet"], places.sandbox_file)
            book = await ledger.fetch_ledger(of["wallet"])
            merged = await families.fetch_families(of["wallet"])
            taken = await depositing.fetch_depositing(
                scratch, of["deposit"], of["valuation"], of["wallet"], checks.recompute
            )
            sent = {
                name: await travel.fetch_sent(scratch, held, places.topic_prefix) for name, held in of.items()
            }
            published = await figures.fetch_figures(of, places, recount_seconds)
            trails = await audit.fetch_trails(of)
            columns, leaks = await canary.search_databases(of)
            erased, kept = await canary.search_the_erased(of)
        finally:
            await books.close()
        topics = await read_topics(scratch, places.bootstrap_servers, places.topic_prefix)
        pages, more = await canary.search_metrics(places.doors)
        files, most = await asyncio.to_thread(canary.search_files, places.files())
        leaks += [*kept, *topics.leaks, *more, *most]
        records = sum(topics.records.values())
        searched = (
            f"{columns} columns, {records} records, {pages} pages of metrics, {files} files, "
            f"{erased} erased members"
        )

        def compare() -> list[Finding]:
            checks.compare(taken, topics, acknowledged)
            of_deposits = checks.findings(taken, len(acknowledged))
            return [
                ledger.check_journals(book),
                ledger.check_owed(book, topics.purses),
                of_deposits["I3"],
                redemptions.check_sold_once(redeeming),
                redemptions.check_holds(redeeming, topics.purses, merged),
                travel.check_outboxes(sent),
                travel.check_heard(sent, topics.unreadable, found, at_quiet, on_purpose.refused),
                travel.check_topics(sent, topics, on_purpose.strays),
                of_deposits["I9"],
                of_deposits["I10"],
                figures.check_figures(published),
                audit.check_audits(trails, None if places.run is None else places.run / audit.HEADS),
                canary.check_canary(leaks, searched),
            ]

        return await asyncio.to_thread(compare)
