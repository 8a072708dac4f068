"""The real clock, the one place where a service reads the time."""

from datetime import UTC, datetime


class WallClock:
    """What time it is now. Rules and tests are handed a `Clock`; only main.py hands out this one."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)
