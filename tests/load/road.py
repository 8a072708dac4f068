"""The whole road under load: tablets sync batches, and the clock stops when the last credit is committed."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.ledger import until_credited
from tests.load.processes import UPKEEP, Meter, difference
from tests.load.tablets import Tablet
from tests.system import System

BATCH_SIZE = 100
DRAIN_SECONDS = 600.0
# Nothing is missing any more: this is only the time to look up hundreds of thousands.
CHECK_SECONDS = 60.0


@dataclass(frozen=True)
class Drive:
    """One measured stretch. `cpu_seconds` is by process and covers exactly `seconds`."""

    deposits: int
    accepted_seconds: float
    seconds: float
    cpu_seconds: dict[str, float]

    @property
    def per_second(self) -> float:
        """Deposits a second from the first request to the last credit."""
        return self.deposits / self.seconds

    def cpu_seconds_per_10000(self) -> dict[str, float]:
        """CPU-seconds for ten thousand deposits, by process."""
        return {name: round(used * 10_000 / self.deposits, 3) for name, used in self.cpu_seconds.items()}


class Road:
    """Sends batches for a time or a number, then waits until every one of them is credited.

    `deposits` were stored so far, and `upkeep_seconds` is what PostgreSQL spent meanwhile on other things than clients.
    """

    def __init__(self, system: System, tablets: Sequence[Tablet]) -> None:
        self._system = system
        self._tablets = tablets
        self._meter = Meter(system.pids)
        self.deposits = 0
        self.upkeep_seconds = 0.0

    async def drive(self, *, seconds: float = 0.0, deposits: int = 0) -> Drive:
        """Run until the time is over or that many deposits were accepted, then until the last credit is committed."""
        used_before, begun = self._meter.read(), time.perf_counter()
        until = begun + seconds if seconds else float("inf")
        each = -(-deposits // (len(self._tablets) * BATCH_SIZE)) if deposits else 1 << 60
        accepted = await asyncio.gather(*[_sync(tablet, until, each) for tablet in self._tablets])
        accepted_seconds = time.perf_counter() - begun
        ids = [deposit_id for of_tablet in accepted for deposit_id in of_tablet]
        # The newest are credited last, give or take a batch; then all of them are looked up.
        newest = [deposit_id for of_tablet in accepted for deposit_id in of_tablet[-5 * BATCH_SIZE :]]
        await until_credited(self._system.databases["wallet"], newest, DRAIN_SECONDS)
        took = time.perf_counter() - begun
        used = difference(self._meter.read(), used_before)
        await until_credited(self._system.databases["wallet"], ids, CHECK_SECONDS)
        self.deposits += len(ids)
        self.upkeep_seconds += used[UPKEEP]
        return Drive(len(ids), accepted_seconds, took, used)


async def _sync(tablet: Tablet, until: float, batches: int) -> list[str]:
    """Send one batch after the other; returns the ids that were recorded."""
    recorded: list[str] = []
    for _ in range(batches):
        if time.perf_counter() > until:
            break
        body, shown = tablet.batch(BATCH_SIZE)
        status, answer = await tablet.connection.post("/v1/deposits:batch", body)
        outcomes = [item["status"] for item in json.loads(answer)["results"]] if status == 200 else []
        if outcomes.count("recorded") != len(shown):
            message = f"status {status}, {answer[:600]!r}"
            raise RuntimeError(message)
        recorded.extend(shown)
    return recorded
