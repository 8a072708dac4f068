"""Forgets what was asked about numbers as soon as nothing needs it any more."""

from datetime import timedelta

from services.payout.store import quotes
from shared.kernel.clock import Clock
from shared.runtime.database import Database
from shared.runtime.loops import again_and_again

_EVERY_SECONDS = 900.0
# The limit on questions looks back an hour.
_ASKED_FOR = timedelta(hours=2)
# Somebody who comes back with an old quote is told that it has expired, not that it never was.
_QUOTES_FOR = timedelta(days=1)


class Forgetting:
    """Any number of replicas may run it: what one removed, another does not find."""

    def __init__(self, database: Database, clock: Clock, *, owners_for: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._owners_for = owners_for

    async def run(self) -> None:
        """Forget every quarter of an hour until cancelled."""
        await again_and_again(self.forget, _EVERY_SECONDS)

    async def forget(self) -> int:
        """Forget once; returns how many rows went."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            return await quotes.forget(
                tx,
                # As long as the owner's name is known: whoever erases the member finds the name by the question.
                inquiries_before=now - max(self._owners_for, _ASKED_FOR),
                owners_before=now - self._owners_for,
                quotes_before=now - _QUOTES_FOR,
            )
