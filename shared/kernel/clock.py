"""Time as something that is handed in, so that rules and tests can choose it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Whoever knows what time it is."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...
