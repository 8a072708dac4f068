"""Members, as ids with places and days; nothing here names anybody.

Merges are kept flat: an id that was given up points at the one that counts, in whatever order a chain of them comes.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.adoption.store.rows import put_once
from shared.runtime.database import Tx


class Member(NamedTuple):
    """An enrolment."""

    member_id: UUID
    subdistrict_code: str
    kind: str
    has_phone: bool
    enrolled_on: date


class Merge(NamedTuple):
    """An id that was given up, the one it means now, and where and when that was decided."""

    member_id: UUID
    into_member_id: UUID
    subdistrict_code: str
    merged_on: date


class Move(NamedTuple):
    """A member of another sub-district from a day on."""

    event_id: UUID
    member_id: UUID
    from_subdistrict_code: str
    subdistrict_code: str
    moved_on: date


class Erasure(NamedTuple):
    """A member who is none any more from a day on."""

    member_id: UUID
    subdistrict_code: str
    erased_on: date


class Opening(NamedTuple):
    """A balance that came from paper."""

    transfer_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    amount_rupiah: int
    posted_on: date


async def add_members(tx: Tx, members: Sequence[Member]) -> int:
    """Count members once each. Returns, as all that follow, what `put_once` does."""
    return await put_once(tx, "member", "uuid text text boolean date", members)


async def lock_merges(tx: Tx) -> None:
    """Let nobody else merge until this transaction ends."""
    await tx.execute("lock table member_alias in share row exclusive mode")


async def survivor(tx: Tx, member_id: UUID) -> UUID:
    """Whom an id means now."""
    found: UUID | None = await tx.fetchval(
        "select into_member_id from member_alias where member_id = $1", member_id
    )
    return found or member_id


async def merge(tx: Tx, merge: Merge) -> None:
    """Count a member no longer who was somebody's second enrolment, and let every id that meant it mean the other."""
    await tx.execute(
        "update member_alias set into_member_id = $2 where into_member_id = $1",
        merge.member_id,
        merge.into_member_id,
    )
    await tx.execute(
        "insert into member_alias (member_id, into_member_id, subdistrict_code, merged_on) values ($1, $2, $3, $4)",
        *merge,
    )


async def move(tx: Tx, moves: Sequence[Move]) -> int:
    """Note moves, once each."""
    return await put_once(tx, "member_move", "uuid uuid text text date", moves)


async def erase(tx: Tx, erasures: Sequence[Erasure]) -> int:
    """Note who is no member any more."""
    return await put_once(tx, "member_erasure", "uuid text date", erasures)


async def open_balances(tx: Tx, openings: Sequence[Opening]) -> int:
    """Note what stood in passbooks, once each."""
    return await put_once(tx, "opening_balance", "uuid uuid text text bigint date", openings)
