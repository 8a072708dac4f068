"""Who was merged into whom, who left, and what is forgotten then."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.runtime.database import Tx

_SURVIVOR = "select into_member_id from member_alias where member_id = $1"
_FAMILY = """
with survivor as (
    select coalesce((select into_member_id from member_alias where member_id = $1), $1::uuid) as member_id
)
select member_id, true as survives from survivor
union all
select a.member_id, false from member_alias a join survivor s on a.into_member_id = s.member_id
"""
_BELOW = """
with recursive below as (
    select unnest($1::uuid[]) as member_id
    union
    select a.member_id from member_alias a join below b on a.merged_into_id = b.member_id
)
select member_id from below
"""
_OF_THEM = "(select redemption_id from redemption where member_id = any($1::uuid[]))"
_FORGET = (
    # What PLN said about a meter is kept by meter; whose meters they were is known by what was asked.
    """
    delete from meter_owner where fingerprint in (
        select fingerprint from inquiry where member_id = any($1::uuid[])
        union select target_fingerprint from quote where member_id = any($1::uuid[])
        union select target_fingerprint from redemption where member_id = any($1::uuid[]))
    """,
    "delete from inquiry where member_id = any($1::uuid[])",
    "delete from quote where member_id = any($1::uuid[])",
    f"delete from hint where reference in (select reference from attempt where redemption_id in {_OF_THEM})",  # noqa: S608
    f"update step set note = null where decided_by is not null and redemption_id in {_OF_THEM}",  # noqa: S608
    "update dispute set words_sealed = null, answer_sealed = null where member_id = any($1::uuid[])",
    """
    update redemption
    set target_sealed = null, target_fingerprint = null, owner_sealed = null, serial_sealed = null, next_ask_at = null
    where member_id = any($1::uuid[]) and state in ('refused', 'settled', 'released', 'late_success', 'reversed')
    """,
)


@dataclass(frozen=True, slots=True)
class Family:
    """One person: the id that they have today, and with it every id that was merged into it."""

    survivor: UUID
    members: frozenset[UUID]


async def family_of(tx: Tx, member_id: UUID) -> Family:
    """Everybody that this id means; somebody who was never merged is a family of one."""
    rows = await tx.fetch(_FAMILY, member_id)
    [survivor] = [row["member_id"] for row in rows if row["survives"]]
    return Family(survivor, frozenset(row["member_id"] for row in rows))


async def has_left(tx: Tx, members: Collection[UUID]) -> bool:
    """Whether one of them was erased."""
    found = await tx.fetchval(
        "select exists (select 1 from erased_member where member_id = any($1::uuid[]))", list(members)
    )
    return bool(found)


async def lock_people(tx: Tx) -> None:
    """One change of who is who at a time, in all replicas: two merges of a chain must see each other."""
    await tx.execute("select pg_advisory_xact_lock(hashtext('timbang payout people'))")


async def lock_members(tx: Tx, member_ids: Iterable[UUID]) -> None:
    """Wait for whatever the doors have in hand for these members, and keep it out until the commit."""
    for member_id in sorted(set(member_ids)):
        await tx.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", member_id)


async def merged_into(tx: Tx, member_id: UUID) -> UUID | None:
    """Into whom an id was merged, as it was said."""
    found: UUID | None = await tx.fetchval(
        "select merged_into_id from member_alias where member_id = $1", member_id
    )
    return found


async def merge(tx: Tx, member_id: UUID, into_member_id: UUID) -> bool:
    """Note a merge and keep every chain flat; False if it would make a circle."""
    survivor = await tx.fetchval(_SURVIVOR, into_member_id) or into_member_id
    if survivor == member_id:
        return False
    await tx.execute(
        "insert into member_alias (member_id, into_member_id, merged_into_id) values ($1, $2, $3)",
        member_id,
        survivor,
        into_member_id,
    )
    await tx.execute(
        "update member_alias set into_member_id = $2 where into_member_id = $1", member_id, survivor
    )
    return True


async def merged_below(tx: Tx, member_ids: Collection[UUID]) -> list[UUID]:
    """These ids and all that were merged into them, at any remove."""
    return [row["member_id"] for row in await tx.fetch(_BELOW, list(member_ids))]


async def forget(tx: Tx, member_ids: Collection[UUID], now: datetime) -> None:
    """Remove what tells who they were. What has not ended yet is marked, and forgotten when it ends."""
    ids = list(member_ids)
    await tx.execute(
        "insert into erased_member select unnest($1::uuid[]), $2 on conflict (member_id) do nothing", ids, now
    )
    # In the order of their ids, as everybody locks several of them.
    await tx.execute(
        "select 1 from redemption where member_id = any($1::uuid[]) order by redemption_id for update", ids
    )
    await tx.execute(
        "update redemption set erased_at = $2 where member_id = any($1::uuid[]) and erased_at is null",
        ids,
        now,
    )
    for statement in _FORGET:
        await tx.execute(statement, ids)
