"""Reads what a biller sells and what we have left there, at the pace that the biller allows."""

from datetime import datetime, timedelta

import structlog

from services.payout.domain.offers import Offer
from services.payout.providers.base import Biller, BillerSilentError
from services.payout.store import offers
from services.payout.workflows import metrics
from shared.kernel.clock import Clock
from shared.runtime.database import Database
from shared.runtime.loops import again_and_again

log = structlog.get_logger()

_LOOK_SECONDS = 1.0


class PriceReader:
    """One of all replicas reads at a time; the turn is a row, so that a restart does not ask too early."""

    def __init__(
        self, database: Database, biller: Biller, clock: Clock, *, every: timedelta, retry: timedelta
    ) -> None:
        self._database = database
        self._biller = biller
        self._clock = clock
        self._every = every
        self._retry = retry

    async def run(self) -> None:
        """Read until cancelled."""
        await again_and_again(self.look, _LOOK_SECONDS)

    async def look(self) -> bool:
        """Read if it is time and our turn; True if prices were taken up. Old prices stay until new ones are read."""
        name = self._biller.name
        async with self._database.connection() as reading:
            if not await offers.reading_due(reading, name, self._clock.now()):
                return False
        async with self._database.transaction() as tx:
            if not await offers.take_reading_turn(tx, name, self._clock.now(), self._every):
                return False
        balance = await self._read_balance()
        due_at = await self._offers_due_at()
        read = await self._read_offers() if due_at <= self._clock.now() else None
        now = self._clock.now()
        async with self._database.transaction() as tx:
            if balance is not None:
                await offers.note_balance(tx, name, balance, now)
            if read:
                await offers.save_offers(tx, name, read, now)
            elif read is not None or balance is None:
                await offers.read_again_at(tx, name, now + self._retry)
            else:
                await offers.read_again_at(tx, name, due_at)
        return bool(read)

    async def _offers_due_at(self) -> datetime:
        """A float that changed is read at once; the price list only when its own time has come.

        That is a moment after the turn's: counted from when the biller had answered.
        """
        async with self._database.connection() as reading:
            read_at = await offers.offers_read_at(reading, self._biller.name)
        return self._clock.now() if read_at is None else read_at + self._every

    async def _read_offers(self) -> list[Offer]:
        name = self._biller.name
        try:
            read = await self._biller.offers()
        except BillerSilentError as error:
            metrics.PRICE_READINGS.labels(name, "failed").inc()
            log.warning("price_list_not_read", provider=name, error=str(error))
            return []
        metrics.PRICE_READINGS.labels(name, "read").inc()
        return read

    async def _read_balance(self) -> int | None:
        try:
            return await self._biller.balance_rupiah()
        except BillerSilentError as error:
            log.warning("float_not_read", provider=self._biller.name, error=str(error))
            return None
