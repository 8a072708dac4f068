"""Deposits written, compared, locked and moved from state to state."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.deposit.domain.likeness import SAME_WITHIN, Earlier
from services.deposit.domain.states import State, Why
from services.deposit.store.rows import (
    DEPOSIT_COLUMNS,
    Deposit,
    NewDeposit,
    Stored,
    VoidedAhead,
    as_deposit,
    why_of,
)
from shared.runtime.database import Tx

# What the same member had weighed near each new deposit comes back with it, in the same statement: one step down the
# index that the insert has just been to. The last four of those two hours are enough to ask a person.
_INSERT = """
with new as (
    insert into deposit (deposit_id, member_id, price_list_id, recorder_id, tablet_id, replaces_deposit_id,
        weighed_at, clock_offset_ms, state, why, channel, waste_bank_id, subdistrict_code, fingerprint, lines,
        received_at, state_since)
    select *, $16::timestamptz, $16::timestamptz
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[],
        $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bytea[], $15::json[])
    on conflict (deposit_id) do nothing
    returning deposit_id, member_id, weighed_at
)
select new.deposit_id, near.deposit_id as near_id, near.lines
from new left join lateral (
    select d.deposit_id, d.lines::text as lines from deposit d
    where d.member_id = new.member_id
        and d.weighed_at between new.weighed_at - $17::interval and new.weighed_at + $17::interval
        and d.state not in ('voided', 'rejected')
    order by d.weighed_at desc limit 4
) as near on true
"""
_CARRY = """
update deposit set carried_by_id = carried.by_id from unnest($1::uuid[], $2::uuid[]) as carried (deposit_id, by_id)
where deposit.deposit_id = carried.deposit_id
"""
_FILL = """
update deposit set member_id = $2, price_list_id = $3, recorder_id = $4, tablet_id = $5, replaces_deposit_id = $6,
    weighed_at = $7, clock_offset_ms = $8, state = $9, why = $10, channel = $11, waste_bank_id = $12,
    subdistrict_code = $13, fingerprint = $14, lines = $15, carried_by_id = $16, received_at = $17, state_since = $17,
    replaced_by_deposit_id = case when $9 = 'voided' then replaced_by_deposit_id end
where deposit_id = $1
"""
_LOCK = f"select {DEPOSIT_COLUMNS} from deposit where deposit_id = $1 for update"  # noqa: S608 - columns of ours
_RELEASE = f"""
update deposit set state = 'recorded', why = null, state_since = $2
where member_id = any($1::uuid[]) and state in ('waiting_for_member', 'quarantined')
    and (state = 'waiting_for_member' or why = 'unknown_member')
returning {DEPOSIT_COLUMNS}
"""  # noqa: S608 - columns of ours
_OVERDUE = f"""
update deposit set state = 'quarantined', why = 'unknown_member', state_since = $2
where deposit_id in (
    select deposit_id from deposit where state = 'waiting_for_member' and state_since <= $1
    order by state_since, deposit_id limit $3 for update skip locked
)
returning {DEPOSIT_COLUMNS}
"""  # noqa: S608 - columns of ours


class MetAnotherWriterError(asyncpg.SerializationError):  # type: ignore[misc]
    """Somebody else wrote the same id in this very moment; the whole transaction is to be tried again."""


async def insert_new(
    tx: Tx, rows: Sequence[NewDeposit], received_at: datetime
) -> dict[UUID, tuple[Earlier, ...]]:
    """Write those whose id is new; returns their ids, each with what its member had weighed near it before.

    The rows are in id order and each id stands once. Waits for another transaction that is writing the same id.
    """
    columns = list(zip(*rows, strict=True))
    carried = columns.pop()
    found = await tx.fetch(_INSERT, *columns, received_at, SAME_WITHIN)
    new: dict[UUID, tuple[Earlier, ...]] = {row[0]: () for row in found}
    if new and any(carried):
        # Almost nothing is carried: what comes the usual way does not pay for a column more.
        by = [(row.deposit_id, row.carried_by_id) for row in rows if row.deposit_id in new]
        await tx.execute(_CARRY, *(list(column) for column in zip(*by, strict=True)))
    for row in found:
        if row[1] is not None:
            new[row[0]] += (Earlier(row[1], row[2]),)
    return new


async def fill_voided_ahead(tx: Tx, row: NewDeposit, received_at: datetime) -> None:
    """Give a void that came ahead the content of the deposit that it waited for."""
    await tx.execute(_FILL, *row, received_at)


async def stored(tx: Tx, deposit_ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """What is stored of these ids, by id."""
    rows = await tx.fetch(
        "select deposit_id, fingerprint, state, why from deposit where deposit_id = any($1::uuid[])",
        list(deposit_ids),
    )
    return {
        row["deposit_id"]: Stored(row["fingerprint"], State(row["state"]), why_of(row["why"])) for row in rows
    }


async def lock(tx: Tx, deposit_id: UUID) -> Deposit | VoidedAhead | None:
    """One deposit, locked until the transaction ends."""
    row = await tx.fetchrow(_LOCK, deposit_id)
    if row is None:
        return None
    if row["state"] == State.VOIDED_AHEAD:
        return VoidedAhead(deposit_id, row["replaced_by_deposit_id"])
    return as_deposit(row)


async def void_ahead(tx: Tx, deposit_id: UUID, at: datetime, replaced_by: UUID | None) -> bool:
    """Note a void of a deposit that is not known. False if the id has become known meanwhile."""
    row = await tx.fetchrow(
        "insert into deposit (deposit_id, state, received_at, state_since, replaced_by_deposit_id) "
        "values ($1, 'voided_ahead', $2, $2, $3) on conflict (deposit_id) do nothing returning deposit_id",
        deposit_id,
        at,
        replaced_by,
    )
    return row is not None


async def move(
    tx: Tx,
    deposit_id: UUID,
    state: State,
    at: datetime,
    *,
    why: Why | None = None,
    subdistrict_code: str | None = None,
    replaced_by: UUID | None = None,
) -> None:
    """Set the state of one locked deposit; what is not given stays, except the reason for quarantine."""
    await tx.execute(
        "update deposit set state = $2, state_since = $3, why = $4, subdistrict_code = coalesce($5, subdistrict_code), "
        "replaced_by_deposit_id = coalesce($6, replaced_by_deposit_id) where deposit_id = $1",
        deposit_id,
        state,
        at,
        why,
        subdistrict_code,
        replaced_by,
    )


async def release_waiting(tx: Tx, member_ids: Sequence[UUID], at: datetime) -> list[Deposit]:
    """Record what was set aside only because these members were not known."""
    return _in_id_order(await tx.fetch(_RELEASE, list(member_ids), at))


async def quarantine_overdue(tx: Tx, waiting_since: datetime, at: datetime, limit: int) -> list[Deposit]:
    """Put into quarantine what has waited for its member since that instant or longer, oldest first."""
    return _in_id_order(await tx.fetch(_OVERDUE, waiting_since, at, limit))


def _in_id_order(rows: Sequence[asyncpg.Record]) -> list[Deposit]:
    return sorted((as_deposit(row) for row in rows), key=lambda deposit: deposit.deposit_id)
