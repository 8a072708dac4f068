"""The ledger's gauges: published by one process at a time, so that nobody adds two copies of one figure up."""

import asyncio
import time

import structlog
from prometheus_client import Gauge

from services.wallet.workflows.reading import LedgerCheck, Totals, check_ledger, ledger_totals, waiting_facts
from shared.runtime.database import Database, still_there, take_lock
from shared.runtime.loops import again_and_again
from shared.runtime.rollout import RolloutWatcher

log = structlog.get_logger()

# Whoever holds it publishes; PostgreSQL frees it when the connection ends, however it ends.
WATCH_LOCK = 7_465_404
# Summing everything up again may take this share of the time, so that a large ledger is not slowed down by its check.
SHARE_OF_TIME = 0.01

# Gauges with a label show nothing until a process sets them: one that only waits must not publish a cover ratio of 0.
_PROGRAMME = ("programme",)
IMBALANCE = Gauge(
    "wallet_ledger_imbalance_rupiah", "Differences in the ledger; anything but 0 is a defect", _PROGRAMME
)
COVER = Gauge("wallet_cover_ratio", "Float at billers and cash boxes against credit owed", _PROGRAMME)
HELD = Gauge("wallet_credit_held_rupiah", "Set aside for open redemptions", _PROGRAMME)
CONTRADICTIONS = Gauge("wallet_contradictions", "Facts that waited and turned out to contradict", _PROGRAMME)
TOMBSTONES = Gauge("wallet_waiting_facts", "Facts that wait for what they are about", _PROGRAMME)
CHECKED_AT = Gauge(
    "wallet_ledger_checked_timestamp_seconds", "When all entries were last summed up", _PROGRAMME
)
OWED = Gauge("wallet_credit_owed_rupiah", "What members may claim", ["subdistrict"])
CAP = Gauge("wallet_credit_owed_cap_rupiah", "What the rollout file allows to be owed", ["subdistrict"])
_ALL = (IMBALANCE, COVER, HELD, CONTRADICTIONS, TOMBSTONES, CHECKED_AT, OWED, CAP)
_NAME = "timbang"


class LedgerWatch:
    """Publishes until it is cancelled. Survives the loss of PostgreSQL and of its lock."""

    def __init__(self, database: Database, rollout: RolloutWatcher, check_seconds: float) -> None:
        self._database = database
        self._rollout = rollout
        self._check_seconds = check_seconds
        self._last: LedgerCheck | None = None
        self._next_full_at = float("-inf")

    async def run(self) -> None:
        """Wait for the lock, then publish; from the start again whenever the database breaks off."""
        await again_and_again(self._publish_while_locked, self._check_seconds)

    async def _publish_while_locked(self) -> None:
        connection = await self._database.dedicated()
        try:
            while not await take_lock(connection, WATCH_LOCK):  # noqa: ASYNC110 - a lock
                await asyncio.sleep(self._check_seconds)
            while True:
                await self.publish()
                await asyncio.sleep(self._check_seconds)
                await still_there(connection)
        finally:
            for gauge in _ALL:
                gauge.clear()
            connection.terminate()

    async def publish(self) -> None:
        """Compute and publish once; the full check only if its last one is long enough ago."""
        if time.monotonic() >= self._next_full_at:
            begun = time.monotonic()
            async with self._database.reading() as tx:
                self._last = await check_ledger(tx)
            self._next_full_at = time.monotonic() + (time.monotonic() - begun) / SHARE_OF_TIME
            CHECKED_AT.labels(_NAME).set_to_current_time()
            wrong = {name: figure for name, figure in self._last.differences.items() if figure}
            if wrong:
                log.error("ledger_differs", **wrong)
        async with self._database.reading() as tx:
            totals = await ledger_totals(tx)
            waiting = await waiting_facts(tx)
        found = sum(self._last.differences.values()) if self._last else 0
        IMBALANCE.labels(_NAME).set(max(found, totals.imbalance_rupiah))
        CONTRADICTIONS.labels(_NAME).set(waiting.contradicted)
        TOMBSTONES.labels(_NAME).set(waiting.waiting)
        self._publish_credit(totals)

    def _publish_credit(self, totals: Totals) -> None:
        HELD.labels(_NAME).set(totals.held_rupiah)
        ratio = totals.cover_ratio
        COVER.labels(_NAME).set(float("nan") if ratio is None else ratio)
        for code, owed in totals.owed_by_subdistrict.items():
            OWED.labels(code).set(owed)
            CAP.labels(code).set(self._rollout.current.caps_for(code).credit_owed_rupiah)
