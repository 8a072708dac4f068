"""Keeps figures folded and members counted, and takes no larger share of the machine for it as deposits pile up."""

import time
from datetime import date

from services.adoption.store import figures as store
from shared.runtime.database import Tx

# Counting members reads every deposit of 90 days: it may take this share of the time and no more.
SHARE_OF_TIME = 0.01


class Upkeep:
    """What one process has folded and not yet counted. A new process begins by counting every quarter."""

    def __init__(self) -> None:
        self._days: set[date] = set()
        self._counted_on: date | None = None
        self._merges = self._merges_counted = 0
        self._rests_until = float("-inf")

    async def fold(self, tx: Tx) -> bool:
        """Fold what consumers added; True if there may be more."""
        folded = await store.fold(tx)
        self._days |= folded.days
        self._merges = folded.merges
        return folded.additions >= store.ROWS_A_FOLD

    def is_due(self, today: date) -> bool:
        """Whether the members should be counted now: something changed, or a new WIB day has begun."""
        return time.monotonic() > self._rests_until and (
            bool(self._days) or self._merges != self._merges_counted or self._counted_on != today
        )

    async def count(self, tx: Tx, today: date) -> None:
        """Count the members of the quarters that may have changed."""
        begun = time.monotonic()
        # A merge may join people of any day.
        merges = self._merges
        days = None if self._counted_on != today or merges != self._merges_counted else self._days
        await store.count_participation(tx, today, days)
        # Only now: a count that failed is owed still. One that is rolled back at commit comes with the next deposit.
        self._days, self._counted_on, self._merges_counted = set(), today, merges
        took = time.monotonic() - begun
        self._rests_until = begun + took / SHARE_OF_TIME
