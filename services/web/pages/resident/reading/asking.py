"""Asking several services at once: one that is silent leaves its part of the page empty and no more."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from services.web.clients import Silent

T = TypeVar("T")
# A part that does not come in this time is left out: whoever reads waits for the rest of the page.
PART_SECONDS = 5.0


async def or_none(answer: Awaitable[T]) -> T | None:
    """The answer, or None if the service is silent, or slower than a reader waits. A refusal is still raised."""
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await answer
    except (Silent, TimeoutError):
        return None


def instant(text: str) -> datetime:
    """An aware instant as the doors write it."""
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    """The same, where it may be absent."""
    return None if text is None else instant(text)
