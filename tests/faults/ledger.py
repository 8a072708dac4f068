"""What the ledger says of the deposits that tablets remember, read from the wallet's own tables."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from shared.kernel.ids import derived_uuid

# Looked up by the id that is derived from the deposit: cheap enough to ask often.
_CREDITED = "select cause_id from transfer where id = any($1::uuid[])"
# Counted over the whole table, by cause: finds what a derived id could hide.
_COUNTED = """
select asked.deposit_id, count(transfer.id) as credits
from unnest($1::uuid[]) as asked (deposit_id)
left join transfer on transfer.kind = 'credit' and transfer.cause_id = asked.deposit_id
group by asked.deposit_id
"""
_AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True)
class Credits:
    """How often the asked deposits are credited: each should be exactly once."""

    once: int
    missing: list[UUID]
    double: list[UUID]


async def count_credits(wallet_url: str, deposit_ids: Collection[str]) -> Credits:
    """Count the credits of every id."""
    connection = await asyncpg.connect(wallet_url, timeout=10)
    try:
        rows = await connection.fetch(_COUNTED, [UUID(one) for one in deposit_ids])
    finally:
        await connection.close()
    return Credits(
        once=sum(row["credits"] == 1 for row in rows),
        missing=[row["deposit_id"] for row in rows if row["credits"] == 0],
        double=[row["deposit_id"] for row in rows if row["credits"] > 1],
    )


async def not_credited(connection: asyncpg.Connection, deposit_ids: Collection[UUID]) -> set[UUID]:
    """Those that have no credit yet."""
    ids = [derived_uuid(one, "credit") for one in deposit_ids]
    return set(deposit_ids) - {row["cause_id"] for row in await connection.fetch(_CREDITED, ids)}


async def until_credited(wallet_url: str, deposit_ids: Collection[str], seconds: float) -> float:
    """Wait until all of them are credited; returns the seconds. TimeoutError says how many are not."""
    missing = {UUID(one) for one in deposit_ids}
    begun = time.monotonic()
    connection: asyncpg.Connection | None = None
    while missing and time.monotonic() - begun < seconds:
        try:
            connection = connection or await asyncpg.connect(wallet_url, timeout=5)
            missing = await not_credited(connection, missing)
        except _AWAY:
            if connection is not None:
                connection.terminate()
            connection = None
        if missing:
            await asyncio.sleep(0.1)
    if connection is not None:
        connection.terminate()
    if missing:
        some = sorted(map(str, missing))[:3]
        message = (
            f"{len(missing)} of {len(deposit_ids)} deposits were not credited within {seconds} s: {some}"
        )
        raise TimeoutError(message)
    return time.monotonic() - begun
