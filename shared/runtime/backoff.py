"""How long to wait before trying again: doubling, capped, and never in step with others."""

import asyncio
import random


class Backoff:
    """Waits between half and the whole of a pause that doubles with every call until it is reset."""

    def __init__(self, first_seconds: float, most_seconds: float) -> None:
        self._first_seconds = first_seconds
        self._most_seconds = most_seconds
        self.next = first_seconds

    async def sleep(self) -> None:
        """Wait, and wait longer the next time."""
        pause, self.next = self.next, min(self.next * 2, self._most_seconds)
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret

    def reset(self) -> None:
        """Begin again with the shortest pause: something worked."""
        self.next = self._first_seconds
