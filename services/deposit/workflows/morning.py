"""What a tablet must know to work a day without a signal, put together from those who own it.

Each owner has a delta door of its own with a cursor of its own. One who does not answer is left out, and its cursor
stays where it was: the next morning brings what this one missed. Nothing fails as a whole.
"""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from shared.runtime.other_doors import OtherDoor, OtherDoorError

PART_CURSOR_MAX = 4_000
# How OtherDoor says that the other side could not read what it was asked; here only the cursor can be to blame.
_UNREADABLE = "status 422"

PartCursor = Annotated[str, Field(max_length=PART_CURSOR_MAX)]
Things = list[dict[str, Any]]


class Delta(BaseModel):
    """What an owner's delta door answers. `next_cursor` is absent where nothing was ever said."""

    changed: Things
    gone: Things
    next_cursor: PartCursor | None
    more: bool


class Part(NamedTuple):
    """One owner's part. `whole`: the tablet forgets what it had of this part and starts anew with what is here."""

    available: bool
    whole: bool
    changed: Things
    gone: Things
    more: bool
    cursor: str | None


class Cursors(NamedTuple):
    """Where a tablet is with each owner; None is the beginning."""

    members: str | None = None
    prices: str | None = None
    pickups: str | None = None


@dataclass(frozen=True, slots=True)
class Owners:
    """The doors of the two services that own a part of the morning."""

    members: OtherDoor
    prices: OtherDoor


Read = Callable[[str | None], Awaitable[Delta]]
_cursors = TypeAdapter(tuple[PartCursor | None, PartCursor | None, PartCursor | None])


async def gather_morning(
    owners: Owners, waste_bank_id: str, token: str, cursors: Cursors
) -> tuple[Part, Part]:
    """Ask both owners at the same time, with the caller's own token: (members, prices)."""

    def asking(door: OtherDoor, path: str) -> Read:
        async def read(cursor: str | None) -> Delta:
            asked = {"waste_bank_id": waste_bank_id} | ({} if cursor is None else {"cursor": cursor})
            return Delta.model_validate(await door.read(path, token, asked))

        return read

    members, prices = await asyncio.gather(
        read_part(asking(owners.members, "/v1/members:changes"), cursors.members),
        read_part(asking(owners.prices, "/v1/prices:changes"), cursors.prices),
    )
    return members, prices


async def read_part(read: Read, cursor: str | None) -> Part:
    """One owner's part; marked unavailable if the owner does not answer. A cursor it does not know starts anew."""
    whole = cursor is None
    try:
        try:
            delta = await read(cursor)
        except OtherDoorError as error:
            if whole or str(error) != _UNREADABLE:
                raise
            whole, delta = True, await read(None)
    except (OtherDoorError, ValidationError):
        return Part(available=False, whole=False, changed=[], gone=[], more=False, cursor=cursor)
    return Part(
        available=True,
        whole=whole,
        changed=delta.changed,
        gone=delta.gone,
        more=delta.more,
        cursor=delta.next_cursor or cursor,
    )


def write_cursors(cursors: Cursors) -> str:
    """All cursors as one, which says nothing to a tablet."""
    return urlsafe_b64encode(json.dumps(cursors, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursors(text: str | None) -> Cursors | None:
    """The cursors of a morning before; None if this is not one of ours."""
    if not text:
        return Cursors()
    try:
        return Cursors(*_cursors.validate_json(urlsafe_b64decode(text + "=" * (-len(text) % 4))))
    except ValueError:
        return None
