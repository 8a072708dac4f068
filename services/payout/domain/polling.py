"""When to ask a biller again: soon at first, then hourly, never more often than it allows, never for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# A biller forgets a reference after 90 days, and asking then buys: we stop long before.
HARD_STOP = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class PollPlan:
    """Pauses after the first, second, … answer; then `hourly` for ever. No pause is shorter than `least`."""

    pauses: Sequence[timedelta]
    hourly: timedelta = timedelta(hours=1)
    least: timedelta = timedelta(seconds=60)
    jitter: float = 0.1

    def next_at(self, asks: int, now: datetime, chance: float) -> datetime:
        """When to ask next after `asks` calls (at least 1). `chance` in [0, 1) spreads the hourly ones."""
        if asks <= len(self.pauses):
            pause = self.pauses[max(asks, 1) - 1]
        else:
            pause = self.hourly * (1 + self.jitter * (2 * chance - 1))
        return now + max(pause, self.least)

    def soonest(self, last_asked_at: datetime | None, now: datetime) -> datetime:
        """When a hint, such as a webhook, may be confirmed: now, or a pause after the last call."""
        return now if last_asked_at is None else max(now, last_asked_at + self.least)


def may_still_ask(first_asked_at: datetime | None, now: datetime) -> bool:
    """Whether the biller certainly still knows the reference."""
    return first_asked_at is None or now - first_asked_at < HARD_STOP
