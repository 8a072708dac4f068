"""Queries about sign-ins with codes, card numbers and phone numbers of nobody: counted as if they were somebody's."""

from datetime import datetime

from shared.runtime.database import Tx

_FORGOTTEN_AT_ONCE = 20


async def lock_stray(tx: Tx, mark: bytes, now: datetime) -> tuple[int, datetime | None]:
    """A counter, made if there is none, locked until the transaction ends: (wrong tries, locked until)."""
    await tx.execute(
        "insert into stray_guess (mark, tried_at) values ($1, $2) on conflict do nothing", mark, now
    )
    row = await tx.fetchrow(
        "select wrong_tries, locked_until from stray_guess where mark = $1 for update", mark
    )
    return row["wrong_tries"], row["locked_until"]


async def set_stray(
    tx: Tx, mark: bytes, wrong_tries: int, locked_until: datetime | None, now: datetime
) -> None:
    """Write a counter down."""
    await tx.execute(
        "update stray_guess set wrong_tries = $2, locked_until = $3, tried_at = $4 where mark = $1",
        mark,
        wrong_tries,
        locked_until,
        now,
    )


async def forget_strays(tx: Tx, before: datetime) -> None:
    """Delete some of those that were not tried since; every try takes more of them along than it adds."""
    await tx.execute(
        """
        delete from stray_guess where mark in (
            select mark from stray_guess where tried_at < $1 order by tried_at limit $2 for update skip locked)
        """,
        before,
        _FORGOTTEN_AT_ONCE,
    )
