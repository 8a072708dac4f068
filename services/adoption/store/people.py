"""Members, as ids with places and days; nothing here names anybody.

Merges are kept flat: an id that was given up points at the one that counts, in whatever order a chain of them comes.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx


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


class Opening(NamedTuple):
    """A balance that came from paper."""

    transfer_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    amount_rupiah: int
    posted_on: date


async def add_members(
    tx: Tx,
    member_ids: Sequence[UUID],
    subdistrict_codes: Sequence[str],
    kinds: Sequence[str],
    has_phone: Sequence[bool],
    enrolled_on: Sequence[date],
) -> None:
    """Count members once each."""
    await tx.execute(
        """
        insert into member (member_id, subdistrict_code, kind, has_phone, enrolled_on)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::date[])
        on conflict (member_id) do nothing
        """,
        member_ids,
        subdistrict_codes,
        kinds,
        has_phone,
        enrolled_on,
    )


async def merge(tx: Tx, merges: Sequence[Merge]) -> None:
    """Count members no longer who were somebody's second enrolment. They are rare: one after the other."""
    await tx.execute("lock table member_alias in share row exclusive mode")
    for each in merges:
        into = await tx.fetchval(
            "select into_member_id from member_alias where member_id = $1", each.into_member_id
        )
        await tx.execute(
            """
            insert into member_alias (member_id, into_member_id, subdistrict_code, merged_on)
            values ($1, $2, $3, $4) on conflict (member_id) do nothing
            """,
            each.member_id,
            into or each.into_member_id,
            each.subdistrict_code,
            each.merged_on,
        )
        await tx.execute(
            """
            update member_alias a set into_member_id = b.into_member_id from member_alias b
            where a.into_member_id = $1 and b.member_id = $1
            """,
            each.member_id,
        )


async def move(tx: Tx, moves: Sequence[Move]) -> None:
    """Note moves, once each."""
    await tx.execute(
        """
        insert into member_move (event_id, member_id, from_subdistrict_code, subdistrict_code, moved_on)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[])
        on conflict (event_id) do nothing
        """,
        *_columns(moves),
    )


async def erase(
    tx: Tx, member_ids: Sequence[UUID], subdistrict_codes: Sequence[str], days: Sequence[date]
) -> None:
    """Note who is no member any more."""
    await tx.execute(
        """
        insert into member_erasure (member_id, subdistrict_code, erased_on)
        select * from unnest($1::uuid[], $2::text[], $3::date[]) on conflict (member_id) do nothing
        """,
        member_ids,
        subdistrict_codes,
        days,
    )


async def open_balances(tx: Tx, openings: Sequence[Opening]) -> None:
    """Note what stood in passbooks, once each."""
    await tx.execute(
        """
        insert into opening_balance (transfer_id, member_id, waste_bank_id, subdistrict_code, amount_rupiah, posted_on)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::date[])
        on conflict (transfer_id) do nothing
        """,
        *_columns(openings),
    )


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
