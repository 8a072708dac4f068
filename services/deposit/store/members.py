"""The members that deposit has heard of, and those that it has only seen mentioned."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from shared.runtime.database import Tx

_MENTION = """
insert into member (member_id) select unnest($1::uuid[]) on conflict (member_id) do nothing
"""
_REGISTER = """
insert into member (member_id, registered_at, waste_bank_id, subdistrict_code)
select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[])
on conflict (member_id) do update set
    registered_at = coalesce(member.registered_at, excluded.registered_at),
    waste_bank_id = coalesce(member.waste_bank_id, excluded.waste_bank_id),
    subdistrict_code = coalesce(member.subdistrict_code, excluded.subdistrict_code)
"""


async def known_members(tx: Tx, member_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these members are registered."""
    rows = await tx.fetch(
        "select member_id from member where member_id = any($1::uuid[]) and registered_at is not null",
        list(member_ids),
    )
    return {row[0] for row in rows}


async def mention_members(tx: Tx, member_ids: Iterable[UUID]) -> set[UUID]:
    """Hold members that are not known against a registration that is under way; returns who is registered after all."""
    ordered = sorted(member_ids)
    await tx.execute(_MENTION, ordered)
    rows = await tx.fetch(
        "select member_id, registered_at from member where member_id = any($1::uuid[]) order by member_id for share",
        ordered,
    )
    return {row["member_id"] for row in rows if row["registered_at"] is not None}


async def register_members(tx: Tx, rows: Sequence[tuple[UUID, datetime, str, str]]) -> None:
    """Note that members are registered: id, since when, waste bank, sub-district; in id order, each once."""
    await tx.execute(_REGISTER, *zip(*rows, strict=True))
