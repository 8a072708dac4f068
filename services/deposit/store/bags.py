"""Bags that wait at a waste bank, and which deposits say that they weighed them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx

# Everybody who names bags first makes their rows and locks them in id order: what one transaction says of a bag is
# seen by the next, whichever came first.
_NAME = "insert into bag (bag_id) select unnest($1::uuid[]) on conflict (bag_id) do nothing"
_COLUMNS = """bag_id, member_id, waste_bank_id, subdistrict_code, label, received_at, recorded_at, received_by,
    tablet_id, weighed_by_deposit_id, discarded_at, discard_reason"""
_LOCK = f"select {_COLUMNS} from bag where bag_id = any($1::uuid[]) order by bag_id for update"  # noqa: S608 - ours
_FILL = """
update bag set member_id = given.member_id, waste_bank_id = given.waste_bank_id,
    subdistrict_code = given.subdistrict_code, label = given.label, received_at = given.received_at,
    recorded_at = given.recorded_at, received_by = given.received_by, tablet_id = given.tablet_id,
    weighed_by_deposit_id = null
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
    $8::uuid[], $9::uuid[]) as given (bag_id, member_id, waste_bank_id, subdistrict_code, label, received_at,
    recorded_at, received_by, tablet_id)
where bag.bag_id = given.bag_id and bag.received_at is null
"""
_WEIGH = """
insert into bag_weighing (bag_id, deposit_id) select * from unnest($1::uuid[], $2::uuid[])
on conflict (bag_id, deposit_id) do nothing
"""
# Of a bag that was no more than named nothing is said, so that nothing is returned.
_SETTLE = """
with changed as (
update bag set weighed_by_deposit_id = first.deposit_id, turn = turn + (bag.received_at is not null)::int
from (
    select b.bag_id, (
        select w.deposit_id from bag_weighing w join deposit d using (deposit_id)
        left join member_alias a on a.member_id = d.member_id
        where w.bag_id = b.bag_id and d.state not in ('voided', 'rejected', 'voided_ahead')
            and (b.received_at is null or (d.waste_bank_id = b.waste_bank_id
                and coalesce(a.into_member_id, d.member_id) = coalesce(m.into_member_id, b.member_id)))
        order by w.bag_weighing_id limit 1
    ) as deposit_id
    from bag b left join member_alias m on m.member_id = b.member_id
    where b.bag_id = any($1::uuid[])
) as first
where bag.bag_id = first.bag_id and bag.weighed_by_deposit_id is distinct from first.deposit_id
returning bag.bag_id, bag.member_id, bag.waste_bank_id, bag.subdistrict_code, bag.received_at, bag.turn,
    first.deposit_id
)
select changed.*, d.weighed_at from changed left join deposit d using (deposit_id)
where changed.received_at is not null order by changed.bag_id
"""
_SAME_LABEL = """
select asked.bag_id from unnest($1::uuid[], $2::text[], $3::text[]) as asked (bag_id, waste_bank_id, label)
where exists (
    select from bag where bag.waste_bank_id = asked.waste_bank_id and bag.label = asked.label
        and bag.bag_id <> asked.bag_id and bag.weighed_by_deposit_id is null and bag.discarded_at is null)
"""
_OPEN = f"""
select found.* from unnest($1::text[]) as wanted (waste_bank) cross join lateral (
    select {_COLUMNS} from bag
    where waste_bank_id = wanted.waste_bank and weighed_by_deposit_id is null and discarded_at is null
        and ($2::timestamptz is null or (received_at, bag_id) > ($2, $3::uuid))
    order by received_at, bag_id limit $4
) as found
order by received_at, bag_id limit $4
"""  # noqa: S608 - columns of ours


class Bag(NamedTuple):
    """A bag as it stands. All but its id is empty as long as it was no more than named."""

    bag_id: UUID
    member_id: UUID | None
    waste_bank_id: str | None
    subdistrict_code: str | None
    label: str | None
    received_at: datetime | None
    recorded_at: datetime | None
    received_by: UUID | None
    tablet_id: UUID | None
    weighed_by_deposit_id: UUID | None
    discarded_at: datetime | None
    discard_reason: str | None


class Settled(NamedTuple):
    """A received bag of which it has changed who weighed it: a deposit and when, or nobody any more."""

    bag_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    received_at: datetime
    turn: int
    deposit_id: UUID | None
    weighed_at: datetime | None


class NewBag(NamedTuple):
    """A labelled bag that came in."""

    bag_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    label: str
    received_at: datetime
    recorded_at: datetime
    received_by: UUID
    tablet_id: UUID


async def lock_bags(tx: Tx, bag_ids: Sequence[UUID]) -> dict[UUID, Bag]:
    """The bags, locked until the transaction ends; one that nobody heard of is made, with nothing but its id."""
    await tx.execute(_NAME, sorted(set(bag_ids)))
    return {row["bag_id"]: Bag(*row) for row in await tx.fetch(_LOCK, list(set(bag_ids)))}


async def fill_bags(tx: Tx, rows: Sequence[NewBag]) -> None:
    """Say what locked bags are that were no more than named. Who weighed them is found anew by settling them."""
    await tx.execute(_FILL, *zip(*rows, strict=True))


async def note_weighings(tx: Tx, pairs: Sequence[tuple[UUID, UUID]]) -> list[Settled]:
    """Deposits say that they weighed locked bags: (bag, deposit), in the order in which they count."""
    await tx.execute(_WEIGH, *zip(*pairs, strict=True))
    return await settle_bags(tx, list({bag_id for bag_id, _ in pairs}))


async def settle_bags(tx: Tx, bag_ids: Sequence[UUID]) -> list[Settled]:
    """Find anew which deposit weighed each of these locked bags; returns those for which it is another, or none."""
    return [Settled(*row) for row in await tx.fetch(_SETTLE, list(bag_ids))]


async def settle_bags_of(tx: Tx, deposit_id: UUID) -> list[Settled]:
    """A deposit does not count any more: the bags that it weighed wait again, or another deposit weighed them."""
    bag_ids = await bags_of(tx, deposit_id)
    if not bag_ids:
        return []
    await lock_bags(tx, bag_ids)
    return await settle_bags(tx, bag_ids)


async def settle_bags_of_members(tx: Tx, member_ids: Sequence[UUID]) -> list[Settled]:
    """These ids mean one member from now on: what was weighed for one may have been a bag of another."""
    rows = await tx.fetch(
        "select bag_id from bag where member_id = any($1::uuid[]) order by bag_id", list(member_ids)
    )
    bag_ids = [row[0] for row in rows]
    if not bag_ids:
        return []
    await lock_bags(tx, bag_ids)
    return await settle_bags(tx, bag_ids)


async def bags_of(tx: Tx, deposit_id: UUID) -> list[UUID]:
    """The bags that a deposit says it weighed."""
    rows = await tx.fetch(
        "select bag_id from bag_weighing where deposit_id = $1 order by bag_weighing_id", deposit_id
    )
    return [row[0] for row in rows]


async def discard(tx: Tx, bag_id: UUID, at: datetime, by_id: UUID, reason: str) -> int:
    """A locked bag will not be weighed; returns its turn."""
    turn: int = await tx.fetchval(
        "update bag set discarded_at = $2, discarded_by = $3, discard_reason = $4, turn = turn + 1 "
        "where bag_id = $1 returning turn",
        bag_id,
        at,
        by_id,
        reason,
    )
    return turn


async def with_label_in_use(tx: Tx, bags: Sequence[tuple[UUID, str, str]]) -> set[UUID]:
    """Which of these (bag, waste bank, label) carry the label of another bag that waits at the same waste bank."""
    return {row[0] for row in await tx.fetch(_SAME_LABEL, *zip(*bags, strict=True))}


async def open_bags(
    tx: Tx, waste_bank_ids: Sequence[str], after: tuple[datetime, UUID] | None, limit: int
) -> list[Bag]:
    """One more than a page of what waits to be weighed, the longest waiting first."""
    rows = await tx.fetch(_OPEN, list(waste_bank_ids), *(after or (None, None)), limit + 1)
    return [Bag(*row) for row in rows]
