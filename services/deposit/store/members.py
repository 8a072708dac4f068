"""The members that deposit has heard of: registered, merged, moved, gone; and those only seen mentioned."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx

_KNOWN = """
select member_id, erased_at is not null as erased from member
where member_id = any($1::uuid[]) and registered_at is not null
"""
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
_MOVE = """
insert into member (member_id, registered_at, waste_bank_id, subdistrict_code, moved_at)
select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::timestamptz[])
on conflict (member_id) do update set
    registered_at = coalesce(member.registered_at, excluded.registered_at),
    waste_bank_id = excluded.waste_bank_id,
    subdistrict_code = excluded.subdistrict_code,
    moved_at = excluded.moved_at
where member.moved_at is null or (member.moved_at, member.waste_bank_id) < (excluded.moved_at, excluded.waste_bank_id)
"""
_MERGES = "select pg_advisory_xact_lock(hashtext('timbang merges'))"
_MEANT = "select coalesce((select into_member_id from member_alias where member_id = $1), $1)"
_ERASE = """
update member set erased_at = coalesce(erased_at, $2)
where member_id = any(array(
    select unnest($1::uuid[]) union select member_id from member_alias where into_member_id = any($1::uuid[])))
returning member_id
"""
_FAMILY = """
with survivor as (
    select coalesce((select into_member_id from member_alias where member_id = $1), $1) as member_id
)
select member_id from survivor
union all select a.member_id from member_alias a join survivor s on a.into_member_id = s.member_id
"""
_MEANINGS = """
select asked.member_id, coalesce(alias.into_member_id, asked.member_id) as meant
from unnest($1::uuid[]) as asked (member_id) left join member_alias alias using (member_id)
"""


class Known(NamedTuple):
    """Which members are registered, and which of those have left."""

    known: set[UUID]
    erased: set[UUID]


class Home(NamedTuple):
    """Where a member belongs. Without a place as long as only a mention of them was heard."""

    waste_bank_id: str | None
    subdistrict_code: str | None
    erased: bool


async def known_members(tx: Tx, member_ids: Iterable[UUID]) -> Known:
    """Which of these members are registered."""
    rows = await tx.fetch(_KNOWN, list(member_ids))
    return Known({row[0] for row in rows}, {row[0] for row in rows if row[1]})


async def mention_members(tx: Tx, member_ids: Iterable[UUID]) -> Known:
    """Hold members that are not known against a registration that is under way; returns who is registered after all."""
    ordered = sorted(member_ids)
    await tx.execute(_MENTION, ordered)
    rows = await tx.fetch(
        "select member_id, registered_at, erased_at from member where member_id = any($1::uuid[]) "
        "order by member_id for share",
        ordered,
    )
    registered = [row for row in rows if row["registered_at"] is not None]
    return Known(
        {row["member_id"] for row in registered},
        {row["member_id"] for row in registered if row["erased_at"] is not None},
    )


async def register_members(tx: Tx, rows: Sequence[tuple[UUID, datetime, str | None, str | None]]) -> None:
    """Note that members are registered: id, since when, waste bank, sub-district; in id order, each once.

    The place may be missing where something else that was heard proves that they are.
    """
    await tx.execute(_REGISTER, *zip(*rows, strict=True))


async def move_members(tx: Tx, rows: Sequence[tuple[UUID, datetime, str, str, datetime]]) -> None:
    """Note where members belong: id, heard when, waste bank, sub-district, moved when; in id order, each once."""
    await tx.execute(_MOVE, *zip(*rows, strict=True))


async def hold_merges(tx: Tx) -> None:
    """Merges are rare and build on one another: one transaction at a time works on them."""
    await tx.execute(_MERGES)


async def meant_by(tx: Tx, member_id: UUID) -> UUID:
    """Whom an id means now: itself, or the one into whom it was merged."""
    found: UUID = await tx.fetchval(_MEANT, member_id)
    return found


async def meanings(tx: Tx, member_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Whom each of these ids means now."""
    return {row["member_id"]: row["meant"] for row in await tx.fetch(_MEANINGS, list(set(member_ids)))}


async def add_alias(tx: Tx, member_id: UUID, into_member_id: UUID) -> None:
    """An id means another member from now on, and so does every id that meant it."""
    await tx.execute(
        "update member_alias set into_member_id = $2 where into_member_id = $1", member_id, into_member_id
    )
    await tx.execute(
        "insert into member_alias (member_id, into_member_id) values ($1, $2)", member_id, into_member_id
    )


async def erase_members(tx: Tx, member_ids: Sequence[UUID], at: datetime) -> list[UUID]:
    """Note that members have left, with every id that means them; returns all those ids."""
    return sorted(row[0] for row in await tx.fetch(_ERASE, list(member_ids), at))


async def family(tx: Tx, member_id: UUID) -> list[UUID]:
    """Every id that means the same member as this one, the surviving id first."""
    return [row[0] for row in await tx.fetch(_FAMILY, member_id)]


async def home_of(tx: Tx, member_id: UUID) -> Home | None:
    """Where the member of exactly this id belongs; None if nobody knows of them."""
    row = await tx.fetchrow(
        "select waste_bank_id, subdistrict_code, erased_at is not null as erased from member "
        "where member_id = $1 and registered_at is not null",
        member_id,
    )
    return None if row is None else Home(*row)
