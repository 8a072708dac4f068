"""What the next deposits cost when ten thousand are stored, a hundred thousand, a million: the bar is a flat row."""

import statistics
from collections.abc import Callable

from tests.load.processes import UPKEEP
from tests.load.road import Road
from tests.load.yardsticks import fixed_work_seconds

SAMPLE_DEPOSITS = 20_000
SAMPLES = 3


class Growth:
    """Collects `row`: by number of stored deposits, the CPU-seconds that 10,000 more of them cost, by process.

    The cost is also given in units of a fixed piece of work, measured right before and after: a machine that others
    use as well makes both dearer. Autovacuum works in bursts, a large table seldom and long: what PostgreSQL's upkeep
    cost is therefore averaged over all that was stored since the size before.
    """

    def __init__(self, road: Road, say: Callable[[str], None]) -> None:
        self.row: dict[str, dict[str, float]] = {}
        self._road = road
        self._say = say
        self._measured_deposits = 0
        self._measured_upkeep_seconds = 0.0

    async def measure(self, size: int) -> None:
        """Store up to a size, then three samples; the median by fixed work stands for the size."""
        if self._road.deposits < size:
            await self._road.drive(deposits=size - self._road.deposits)
        size = max(size, self._road.deposits)
        drives, work = [], [await fixed_work_seconds()]
        for _ in range(SAMPLES):
            drives.append(await self._road.drive(deposits=SAMPLE_DEPOSITS))
            work.append(await fixed_work_seconds())
        upkeep = self._upkeep_per_10000()
        samples: list[dict[str, float]] = []
        for number, drive in enumerate(drives):
            cost = drive.cpu_seconds_per_10000() | {UPKEEP: upkeep}
            spent, limit = sum(cost.values()), statistics.mean(work[number : number + 2])
            samples.append(
                {
                    "all": round(spent, 3),
                    "fixed_work_seconds": round(limit, 3),
                    "all_to_fixed_work": round(spent / limit, 3),
                    **cost,
                }
            )
            self._say(
                f"at {size} stored: {spent:.2f} CPU-seconds for 10,000 deposits ({upkeep:.2f} of them upkeep), "
                f"{spent / limit:.2f} x fixed work, {drive.per_second:.0f}/s"
            )
        self.row[str(size)] = sorted(samples, key=lambda sample: sample["all_to_fixed_work"])[SAMPLES // 2]

    def _upkeep_per_10000(self) -> float:
        deposits = self._road.deposits - self._measured_deposits
        seconds = self._road.upkeep_seconds - self._measured_upkeep_seconds
        self._measured_deposits, self._measured_upkeep_seconds = (
            self._road.deposits,
            self._road.upkeep_seconds,
        )
        return round(seconds * 10_000 / deposits, 3)
