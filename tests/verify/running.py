"""All invariants in one go: wait for quiet, read every book, compare; and again if something moved meanwhile."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
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
from tests.verify.topics import Topics, read_topics

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


@dataclass(frozen=True)
class _Facts:
    """Everything that was read in one look. `leaks` says where personal data stands, `searched` where it was sought."""

    redeeming: redemptions.Redeeming
    book: ledger.Ledger
    merged: families.Families
    taken: depositing.Depositing
    sent: Mapping[str, travel.Sent]
    published: figures.Figures
    trails: Mapping[str, audit.Trail]
    topics: Topics
    leaks: Sequence[str]
    searched: str


async def _look(
    places: Places,
    found: Mapping[str, Hearer],
    at_quiet: Standing,
    acknowledged: Collection[UUID],
    on_purpose: OnPurpose,
    recount_seconds: float,
) -> list[Finding]:
    checks = deposits.DepositChecks()
    with Scratch(places.run) as scratch:
        facts = await _read(places, scratch, checks, recount_seconds)

        def compare() -> list[Finding]:
            checks.compare(facts.taken, facts.topics, acknowledged)
            of_deposits = checks.findings(facts.taken, len(acknowledged))
            purses, trails = facts.topics.purses, facts.trails
            return [
                ledger.check_journals(facts.book),
                ledger.check_owed(facts.book, purses),
                of_deposits["I3"],
                redemptions.check_sold_once(facts.redeeming),
                redemptions.check_holds(facts.redeeming, purses, facts.merged),
                travel.check_outboxes(facts.sent),
                travel.check_heard(facts.sent, facts.topics.unreadable, found, at_quiet, on_purpose.refused),
                travel.check_topics(facts.sent, facts.topics, on_purpose.strays),
                of_deposits["I9"],
                of_deposits["I10"],
                figures.check_figures(facts.published),
                audit.check_audits(trails, None if places.run is None else places.run / audit.HEADS),
                canary.check_canary(facts.leaks, facts.searched),
            ]

        return await asyncio.to_thread(compare)


async def _read(
    places: Places, scratch: Scratch, checks: deposits.DepositChecks, recount_seconds: float
) -> _Facts:
    """The archives first and then the topics, so that all that was sent is there; the topics beside the databases."""
    books = _Books()
    reading: asyncio.Task[Topics] | None = None
    try:
        await books.open(places.databases)
        of = books.connections
        redeeming = await redemptions.fetch_redeeming(of["payout"], of["wallet"], places.sandbox_file)
        sent = {
            name: await travel.fetch_sent(scratch, held, places.topic_prefix) for name, held in of.items()
        }
        reading = asyncio.create_task(read_topics(scratch, places.bootstrap_servers, places.topic_prefix))
        book = await ledger.fetch_ledger(of["wallet"])
        merged = await families.fetch_families(of["wallet"])
        taken = await depositing.fetch_depositing(
            scratch, of["deposit"], of["valuation"], of["wallet"], checks.recompute
        )
        published = await figures.fetch_figures(of, places, recount_seconds)
        trails = await audit.fetch_trails(of)
        columns, leaks = await canary.search_databases(of)
        erased, kept = await canary.search_the_erased(of)
        topics = await reading
    finally:
        if reading is not None:
            reading.cancel()
            await asyncio.wait([reading])
        await books.close()
    pages, more = await canary.search_metrics(places.doors)
    files, most = await asyncio.to_thread(canary.search_files, places.files())
    searched = (
        f"{columns} columns, {sum(topics.records.values())} records, {pages} pages of metrics, {files} files, "
        f"{erased} erased members"
    )
    return _Facts(
        redeeming=redeeming,
        book=book,
        merged=merged,
        taken=taken,
        sent=sent,
        published=published,
        trails=trails,
        topics=topics,
        leaks=[*leaks, *kept, *topics.leaks, *more, *most],
        searched=searched,
    )
