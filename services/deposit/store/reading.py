"""Pages of deposits. However many are stored, a page costs the same: every list walks along an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.deposit.domain.states import State
from services.deposit.store.rows import DEPOSIT_COLUMNS, Deposit, as_deposit
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deposits; None means any. `limit` is the length of a page."""

    waste_bank_ids: frozenset[str] | None = None
    # Left out where `waste_bank_ids` is None.
    not_at: frozenset[str] = frozenset()
    member_id: UUID | None = None
    weighed_from: datetime | None = None
    weighed_before: datetime | None = None
    state: State | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


_FILTERS = """
    and ($1::timestamptz is null or weighed_at >= $1) and ($2::timestamptz is null or weighed_at < $2)
    and ($3::text is null or state = $3) and state <> 'voided_ahead'
    and ($4::timestamptz is null or (weighed_at, deposit_id) < ($4, $5::uuid))
    order by weighed_at desc, deposit_id desc limit $6
"""
# A walk along the index of each id that means the member, merged.
_OF_MEMBERS = f"""
select found.* from unnest($7::uuid[]) as wanted (member) cross join lateral (
    select {DEPOSIT_COLUMNS} from deposit where member_id = wanted.member
        and ($8::text[] is null or waste_bank_id = any($8)) and waste_bank_id <> all($9::text[]) {_FILTERS}
) as found
order by weighed_at desc, deposit_id desc limit $6
"""  # noqa: S608 - columns of ours
_ALL_OF_MEMBERS = f"""
select {DEPOSIT_COLUMNS} from deposit where member_id = any($1::uuid[]) and state <> 'voided_ahead'
order by weighed_at desc, deposit_id desc
"""  # noqa: S608 - columns of ours
# A walk along each waste bank's own index, merged: no list ever sorts the whole table.
_OF_WASTE_BANKS = f"""
select found.* from unnest($7::text[]) as wanted (waste_bank) cross join lateral (
    select {DEPOSIT_COLUMNS} from deposit where waste_bank_id = wanted.waste_bank {_FILTERS}
) as found
order by weighed_at desc, deposit_id desc limit $6
"""  # noqa: S608 - columns of ours
_WASTE_BANKS = """
with recursive bank as (
    (select waste_bank_id from deposit where waste_bank_id is not null order by waste_bank_id limit 1)
    union all
    select (select d.waste_bank_id from deposit d where d.waste_bank_id > bank.waste_bank_id
            order by d.waste_bank_id limit 1)
    from bank where bank.waste_bank_id is not null
)
select waste_bank_id from bank where waste_bank_id is not null
"""
_QUARANTINE = f"""
select {DEPOSIT_COLUMNS} from deposit
where state = 'quarantined' and ($1::text[] is null or waste_bank_id = any($1)) and waste_bank_id <> all($5::text[])
    and ($2::timestamptz is null or (state_since, deposit_id) > ($2, $3::uuid))
order by state_since, deposit_id limit $4
"""  # noqa: S608 - columns of ours
_ONE = f"select {DEPOSIT_COLUMNS} from deposit where deposit_id = $1 and state <> 'voided_ahead'"  # noqa: S608


async def page(tx: Tx, wanted: Wanted, member_ids: Sequence[UUID] | None) -> list[Deposit]:
    """One more than a page, if there are so many; the latest weighing first. Every id of a wanted member is given."""
    after = wanted.after or (None, None)
    common = (wanted.weighed_from, wanted.weighed_before, wanted.state, *after, wanted.limit + 1)
    banks = None if wanted.waste_bank_ids is None else sorted(wanted.waste_bank_ids)
    if member_ids is not None:
        rows = await tx.fetch(_OF_MEMBERS, *common, list(member_ids), banks, sorted(wanted.not_at))
    else:
        if banks is None:
            found = [row[0] for row in await tx.fetch(_WASTE_BANKS)]
            banks = [bank for bank in found if bank not in wanted.not_at]
        rows = await tx.fetch(_OF_WASTE_BANKS, *common, banks)
    return [as_deposit(row) for row in rows]


def place_of(deposit: Deposit) -> tuple[datetime, UUID]:
    """Where a page that ends with this deposit ends."""
    return deposit.weighed_at, deposit.deposit_id


async def quarantine(tx: Tx, wanted: Wanted) -> list[Deposit]:
    """One more than a page of what is in quarantine, the longest waiting first."""
    after = wanted.after or (None, None)
    banks = None if wanted.waste_bank_ids is None else sorted(wanted.waste_bank_ids)
    rows = await tx.fetch(_QUARANTINE, banks, *after, wanted.limit + 1, sorted(wanted.not_at))
    return [as_deposit(row) for row in rows]


async def all_of_members(tx: Tx, member_ids: Sequence[UUID]) -> list[Deposit]:
    """Everything that names one of these ids, the latest weighing first."""
    return [as_deposit(row) for row in await tx.fetch(_ALL_OF_MEMBERS, list(member_ids))]


async def one(tx: Tx, deposit_id: UUID) -> Deposit | None:
    """A deposit as it stands; None if it is not known, or nothing is known but that it is void."""
    row = await tx.fetchrow(_ONE, deposit_id)
    return None if row is None else as_deposit(row)
