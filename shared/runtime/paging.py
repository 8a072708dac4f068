"""How every list is read a page at a time: `limit` and `cursor` are asked, a list and `next_cursor` are answered.

A cursor is a word that says nothing to who carries it from one page to the next; it is where the page ended, by
whatever the list is ordered. One that no page of that list gave out is refused, everywhere in the same words.
"""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from shared.runtime.problems import Problem

LIMIT_MAX = 200
LIMIT = 50
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How much a page holds at most")]

# The last row of a page, in a list that is ordered by an instant and then by id.
_End = tuple[datetime, UUID]
RowT = TypeVar("RowT")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER_BYTES, _ID_BYTES = 8, 16
_WORDS = re.compile(r"[A-Za-z0-9_-]+")


def page_of(
    found: Sequence[RowT], limit: int, end: Callable[[RowT], _End | UUID | int | str]
) -> tuple[Sequence[RowT], str | None]:
    """A page and its `next_cursor`, of one row more than fits; `end` says by what the list is ordered."""
    shown = found[:limit]
    return shown, cursor_of(end(shown[-1])) if len(found) > limit else None


def cursor_of(end: _End | UUID | int | str) -> str:
    """Where a page ended, as the next request names it."""
    match end:
        case UUID():
            raw = end.bytes
        case int():
            raw = end.to_bytes(_NUMBER_BYTES, signed=True)
        case str():
            raw = end.encode()
        case (at, last_id):
            raw = _microseconds(at).to_bytes(_NUMBER_BYTES, signed=True) + last_id.bytes
    return urlsafe_b64encode(raw).decode().rstrip("=")


def end_of(cursor: str | None) -> _End | None:
    """Where a list by instant and id goes on; None begins. This and the next three raise Problem for a wrong cursor."""
    raw = _read(cursor, _NUMBER_BYTES + _ID_BYTES)
    if raw is None:
        return None
    try:
        at = _EPOCH + timedelta(microseconds=int.from_bytes(raw[:_NUMBER_BYTES], signed=True))
    except OverflowError as error:
        raise unknown_cursor() from error
    return at, UUID(bytes=raw[_NUMBER_BYTES:])


def id_of(cursor: str | None) -> UUID | None:
    """Where a list by id goes on; None begins."""
    raw = _read(cursor, _ID_BYTES)
    return None if raw is None else UUID(bytes=raw)


def number_of(cursor: str | None) -> int | None:
    """Where a list by a number, never below 0, goes on; None begins."""
    raw = _read(cursor, _NUMBER_BYTES)
    number = None if raw is None else int.from_bytes(raw, signed=True)
    if number is not None and number < 0:
        raise unknown_cursor()
    return number


def word_of(cursor: str | None) -> str | None:
    """Where a list by a code goes on; None begins."""
    raw = _read(cursor)
    try:
        word = None if raw is None else raw.decode()
    except UnicodeDecodeError as error:
        raise unknown_cursor() from error
    if word is not None and not word.isprintable():
        raise unknown_cursor()
    return word


def unknown_cursor() -> Problem:
    """The refusal of a cursor that no page gave out."""
    problem = Problem("invalid_request")
    problem.errors = [
        {"field": "query.cursor", "rule": "cursor", "words": "penanda halaman ini bukan dari kami"}
    ]
    return problem


def _read(cursor: str | None, length: int | None = None) -> bytes | None:
    if not cursor:
        return None
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (ValueError, binascii.Error) as error:
        raise unknown_cursor() from error
    if not _WORDS.fullmatch(cursor) or len(raw) != (length or len(raw)):
        raise unknown_cursor()
    return raw


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
