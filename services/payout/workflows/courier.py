"""The courier carries purchases to the billers: at once when credit is held, again when an answer was not final."""

import asyncio
import contextlib
import time

import structlog

from services.payout.domain.answers import BillerAnswer, Meaning
from services.payout.domain.reasons import Reason
from services.payout.providers.base import Biller
from services.payout.store import disputes, offers, redemptions
from services.payout.workflows import metrics
from services.payout.workflows.delivering import Ask, Pace, begin_asks, note_answer
from shared.kernel.clock import Clock
from shared.runtime.backoff import Backoff
from shared.runtime.database import TRANSIENT_ERRORS, Database
from shared.runtime.sealing import Sealer

log = structlog.get_logger()

# Longer than any call may take; a courier that has not come round by then hangs.
STUCK_SECONDS = 120.0
_COUNT_SECONDS = 10.0
_FINISH_SECONDS = 8.0
_NO_ANSWER = BillerAnswer(Meaning.UNKNOWN, "", Reason.NO_ANSWER)


class Courier:
    """Several may run against one database; each purchase is with one of them at a time."""

    def __init__(
        self,
        database: Database,
        billers: dict[str, Biller],
        clock: Clock,
        pace: Pace,
        sealer: Sealer,
        *,
        at_once: int,
        look_seconds: float,
        call_seconds: float,
    ) -> None:
        self._database = database
        self._billers = billers
        self._clock = clock
        self._pace = pace
        self._sealer = sealer
        self._at_once = at_once
        self._look_seconds = look_seconds
        self._call_seconds = call_seconds
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._progress_at: float | None = None
        self._counted_at = float("-inf")

    def wake(self) -> None:
        """Look now: something was committed."""
        self._woken.set()

    def stuck(self) -> str | None:
        """What is wrong if the courier runs and has not come round for two minutes."""
        if self._progress_at is None:
            return None
        idle_seconds = time.monotonic() - self._progress_at
        return (
            f"the courier has not come round for {idle_seconds:.0f} s"
            if idle_seconds > STUCK_SECONDS
            else None
        )

    async def run(self) -> None:
        """Carry until cancelled; then let the calls in hand finish, because their answers are worth waiting for."""
        backoff = Backoff(first_seconds=0.2, most_seconds=5)
        try:
            while True:
                self._progress_at = time.monotonic()
                try:
                    busy = await self._look()
                    await self._count()
                except TRANSIENT_ERRORS as error:
                    log.warning("courier_interrupted", error=type(error).__name__, retry_seconds=backoff.next)
                    await backoff.sleep()
                    continue
                backoff.reset()
                if not busy:
                    # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the wake-up.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._look_seconds):
                            await self._woken.wait()
                self._woken.clear()
        finally:
            await self._finish()

    async def _look(self) -> bool:
        """Begin what is due; True if there may be more."""
        free = self._at_once - len(self._under_way)
        if free <= 0:
            await asyncio.wait(
                self._under_way, timeout=self._look_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            return True
        # A look that finds nothing opens no transaction: a commit would wake everybody, this loop too.
        async with self._database.connection() as reading:
            if not await redemptions.anything_due(reading, self._clock.now()):
                return False
        good_until = time.monotonic() + self._pace.lease.total_seconds()
        async with self._database.transaction() as tx:
            asks = await begin_asks(tx, self._clock.now(), free, self._pace, self._sealer)
        for ask in asks:
            task = asyncio.create_task(self._carry(ask, good_until))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(asks) == free

    async def _carry(self, ask: Ask, good_until: float) -> None:
        """One call, and what it means. If the database stays away, the lease ends and the same reference is asked."""
        if time.monotonic() > good_until:
            # This process stood still, and another may have carried it to its end: buying now would be too late.
            return
        answer = _NO_ANSWER
        try:
            async with asyncio.timeout(self._call_seconds):
                answer = await self._billers[ask.provider].buy(ask.purchase)
        except TimeoutError:
            log.warning("biller_timed_out", provider=ask.provider, redemption_id=str(ask.redemption_id))
        except Exception:
            # Whatever broke, the purchase may have been made: it is not known, and it is asked again.
            log.exception(
                "biller_adapter_failed", provider=ask.provider, redemption_id=str(ask.redemption_id)
            )
        await self._note(ask, answer)

    async def _note(self, ask: Ask, answer: BillerAnswer) -> None:
        backoff = Backoff(first_seconds=0.1, most_seconds=2)
        deadline = time.monotonic() + self._pace.lease.total_seconds()
        while time.monotonic() < deadline:
            try:
                async with self._database.transaction() as tx:
                    await note_answer(tx, ask, answer, self._clock.now(), self._pace, self._sealer)
            except TRANSIENT_ERRORS as error:
                log.warning("answer_not_noted_yet", error=type(error).__name__)
                await backoff.sleep()
            except Exception:
                log.exception("answer_not_noted", redemption_id=str(ask.redemption_id))
                return
            else:
                return

    async def _count(self) -> None:
        if time.monotonic() - self._counted_at < _COUNT_SECONDS:
            return
        self._counted_at = time.monotonic()
        now = self._clock.now()
        async with self._database.connection() as reading:
            tallies = await redemptions.tallies(reading)
            balances = await offers.balances(reading)
            open_disputes, overdue = await disputes.count_open(reading, now)
        metrics.DISPUTES_OPEN.set(open_disputes)
        metrics.DISPUTES_OVERDUE.set(overdue)
        metrics.IN_STATE.clear()
        metrics.OLDEST_IN_STATE.clear()
        for tally in tallies:
            metrics.IN_STATE.labels(tally.state).set(tally.count)
            oldest = 0.0 if tally.oldest_at is None else (now - tally.oldest_at).total_seconds()
            metrics.OLDEST_IN_STATE.labels(tally.state).set(oldest)
        for balance in balances:
            metrics.FLOAT.labels(balance.provider).set(balance.balance_rupiah)

    async def _finish(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_FINISH_SECONDS)
        for task in self._under_way:
            task.cancel()
