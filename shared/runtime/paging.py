"""How doors name where a list goes on: a word that says nothing to who carries it from one page to the next."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from shared.runtime.problems import Problem

# The last row of a page, in a list that is ordered by an instant and then by id.
_End = tuple[datetime, UUID]
Cursor = Annotated[
    str | None,
    Query(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="What the page before gives to go on with"),
]
Limit = Annotated[int, Query(ge=1, le=200)]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cursor_of(end: _End) -> str:
    """Where a page ended, as the next request names it."""
    at, last_id = end
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    return urlsafe_b64encode(microseconds.to_bytes(8, signed=True) + last_id.bytes).decode().rstrip("=")


def end_of(cursor: str | None) -> _End | None:
    """What a cursor says; None begins at the beginning. Raises Problem for one that we did not make."""
    if not cursor:
        return None
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        microseconds = int.from_bytes(raw[:8], signed=True)
        return _EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw[8:])
    except (ValueError, binascii.Error, OverflowError) as error:
        raise unknown_cursor() from error


def unknown_cursor() -> Problem:
    """The refusal of a cursor that no page gave out."""
    problem = Problem("invalid_request")
    problem.errors = [
        {"field": "query.cursor", "rule": "cursor", "words": "penanda halaman ini bukan dari kami"}
    ]
    return problem
