"""Members that were merged into others, and members that have left."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.runtime.database import Tx

FAMILY = """
select $1::uuid as id, coalesce((select into_member_id from member_alias where member_id = $1), $1) as survivor
union all
select a.member_id, a.into_member_id from member_alias a
where a.into_member_id = coalesce((select into_member_id from member_alias where member_id = $1), $1)
"""
SURVIVORS = "select member_id, into_member_id from member_alias where member_id = any($1::uuid[])"
# The chain is kept flat: whoever was merged into the one that is given up now belongs to the new one too.
FLATTEN = "update member_alias set into_member_id = $2 where into_member_id = $1"
SAVE_ALIAS = """
insert into member_alias (member_id, into_member_id, merged_at, merged_by) values ($1, $2, $3, $4)
"""
CLOSE = "update account set merged_into = $2 where id = $1"
MOVE_OPEN_HOLDS = """
update hold set account_id = $2, member_id = coalesce(member_id, account_id)
where account_id = $1 and state = 'held'
"""
MARK_ERASED = """
update account set erased_at = coalesce(account.erased_at, erased.at)
from unnest($1::uuid[], $2::timestamptz[]) as erased (id, at) where account.id = erased.id
"""
# The last move counts, in whatever order they are heard.
PLACE = """
update account set subdistrict_code = $2, placed_at = $3
where id = $1 and (account.placed_at is null or account.placed_at < $3)
"""
CREDIT_OF_ERASED = """
select id, subdistrict_code, posted_rupiah, held_rupiah, erased_at from account
where erased_at is not null and (posted_rupiah <> 0 or held_rupiah <> 0) order by erased_at, id
"""
STANDING = """
select asked.id, coalesce(alias.into_member_id, asked.id), account.erased_at is not null
from unnest($1::uuid[]) as asked (id)
left join member_alias alias on alias.member_id = asked.id
left join account on account.id = coalesce(alias.into_member_id, asked.id)
"""


@dataclass(frozen=True, slots=True)
class Family:
    """Ids that mean one person: the one that stays, and those that were merged into it."""

    survivor: UUID
    absorbed: tuple[UUID, ...] = ()

    @property
    def ids(self) -> list[UUID]:
        """All of them."""
        return [self.survivor, *self.absorbed]


@dataclass(frozen=True, slots=True)
class ErasedCredit:
    """Credit that is still there, or came later, of a member who has left."""

    member_id: UUID
    subdistrict_code: str | None
    posted_rupiah: int
    held_rupiah: int
    erased_at: datetime


async def family(tx: Tx, member_id: UUID) -> Family:
    """Everybody whom an id means; one that was never merged is a family of its own."""
    rows = await tx.fetch(FAMILY, member_id)
    survivor = rows[0][1]
    return Family(survivor, tuple(sorted({row[0] for row in rows} - {survivor})))


async def survivors(tx: Tx, member_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Whom those that were given up mean now; the others are left out."""
    return {row[0]: row[1] for row in await tx.fetch(SURVIVORS, list(member_ids))}


async def standing(tx: Tx, member_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, bool]]:
    """Of each id: whom it means, and whether that one has left. An unknown one means itself."""
    return {row[0]: (row[1], row[2]) for row in await tx.fetch(STANDING, member_ids)}


async def give_up(tx: Tx, member_id: UUID, into: UUID, at: datetime, by: UUID) -> None:
    """Close an account that the transaction has locked and emptied; its open holds go with the credit."""
    await tx.execute(MOVE_OPEN_HOLDS, member_id, into)
    await tx.execute(CLOSE, member_id, into)
    await tx.execute(FLATTEN, member_id, into)
    await tx.execute(SAVE_ALIAS, member_id, into, at, by)


async def mark_erased(tx: Tx, erased: Mapping[UUID, datetime]) -> None:
    """Note who has left, on accounts that the transaction has locked; the first note stands."""
    await tx.execute(MARK_ERASED, list(erased), list(erased.values()))


async def place(tx: Tx, member_id: UUID, subdistrict_code: str, at: datetime) -> None:
    """Note to which sub-district a member belongs, on an account that the transaction has locked."""
    await tx.execute(PLACE, member_id, subdistrict_code, at)


async def credit_of_erased(tx: Tx) -> list[ErasedCredit]:
    """What is owed to members who have left."""
    return [ErasedCredit(*row) for row in await tx.fetch(CREDIT_OF_ERASED)]
