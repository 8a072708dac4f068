"""Waiting for something to come true, with a deadline and words for the case that it does not."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.demo.diary import ExpectationError

T = TypeVar("T")
LOOK_SECONDS = 0.1
LOOK_SECONDS_MAX = 1.0


async def until(look: Callable[[], Awaitable[T | None]], sentence: str, seconds: float) -> T:
    """Look again and again until the answer is not None (or False). Raises ExpectationError with the sentence."""
    deadline = time.monotonic() + seconds
    pause = LOOK_SECONDS
    while True:
        found = await look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise ExpectationError(f"{sentence} (not within {seconds:.0f} s)")
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, LOOK_SECONDS_MAX)
