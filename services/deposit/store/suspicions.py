"""Deposits that a person should look at together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx

_COLUMNS = """suspicion_id, kind, deposit_id, other_deposit_id, member_id, waste_bank_id, subdistrict_code, found_at,
    state, decided_at, decided_by, reason"""
_INSERT = """
insert into suspicion (suspicion_id, kind, deposit_id, other_deposit_id, member_id, waste_bank_id, subdistrict_code,
    found_at)
select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
    $8::timestamptz[])
on conflict (kind, deposit_id, other_deposit_id) do nothing
"""
_PAGE = f"""
select {_COLUMNS} from suspicion
where state = 'open' and ($1::text[] is null or waste_bank_id = any($1)) and waste_bank_id <> all($2::text[])
    and ($3::timestamptz is null or (found_at, suspicion_id) > ($3, $4::uuid))
order by found_at, suspicion_id limit $5
"""  # noqa: S608 - columns of ours
_OF = """
select deposit_id, other_deposit_id from suspicion
where deposit_id = any($1::uuid[]) and kind = 'same_weighing' order by suspicion_id
"""


class Suspicion(NamedTuple):
    """What was found, and what a person said about it."""

    suspicion_id: UUID
    kind: str
    deposit_id: UUID
    other_deposit_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    found_at: datetime
    state: str = "open"
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    reason: str | None = None


async def add(tx: Tx, found: Sequence[Suspicion]) -> None:
    """Note what was found; what is known already stays."""
    await tx.execute(_INSERT, *list(zip(*found, strict=True))[:8])


async def of_deposits(tx: Tx, deposit_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of which other deposit these were suspected to be the same weighing when they came."""
    rows = await tx.fetch(_OF, list(deposit_ids))
    return {row["deposit_id"]: row["other_deposit_id"] for row in reversed(rows)}


async def lock(tx: Tx, suspicion_id: UUID) -> Suspicion | None:
    """One of them, locked until the transaction ends."""
    row = await tx.fetchrow(
        f"select {_COLUMNS} from suspicion where suspicion_id = $1 for update",  # noqa: S608 - columns of ours
        suspicion_id,
    )
    return None if row is None else Suspicion(*row)


async def one(tx: Tx, suspicion_id: UUID) -> Suspicion | None:
    """One of them, as it stands."""
    row = await tx.fetchrow(
        f"select {_COLUMNS} from suspicion where suspicion_id = $1",  # noqa: S608 - columns of ours
        suspicion_id,
    )
    return None if row is None else Suspicion(*row)


async def decide(tx: Tx, suspicion_id: UUID, state: str, at: datetime, by_id: UUID, reason: str) -> None:
    """A person looked."""
    await tx.execute(
        "update suspicion set state = $2, decided_at = $3, decided_by = $4, reason = $5 where suspicion_id = $1",
        suspicion_id,
        state,
        at,
        by_id,
        reason,
    )


async def close_for(tx: Tx, deposit_id: UUID, at: datetime) -> None:
    """A deposit does not count any more, so it is nobody's double."""
    for column in ("deposit_id", "other_deposit_id"):
        await tx.execute(
            f"update suspicion set state = 'one_voided', decided_at = $2 where {column} = $1 and state = 'open'",  # noqa: S608 - a column of ours
            deposit_id,
            at,
        )


async def open_ones(
    tx: Tx,
    waste_bank_ids: Sequence[str] | None,
    not_at: Sequence[str],
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Suspicion]:
    """One more than a page of what waits for a person, the longest waiting first."""
    rows = await tx.fetch(_PAGE, waste_bank_ids, list(not_at), *(after or (None, None)), limit + 1)
    return [Suspicion(*row) for row in rows]
