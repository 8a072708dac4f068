"""Asking several services at once: one that is silent leaves its part of the page empty and no more."""

from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from services.web.clients import Silent

T = TypeVar("T")


async def or_none(answer: Awaitable[T]) -> T | None:
    """The answer, or None if the service is silent. A refusal is still raised."""
    try:
        return await answer
    except Silent:
        return None


def instant(text: str) -> datetime:
    """An aware instant as the doors write it."""
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    """The same, where it may be absent."""
    return None if text is None else instant(text)
