"""Queries about tablets: which there are, the code with which one is enrolled, when one was last seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.identity.domain.people import Tablet
from shared.runtime.database import Tx

_COLUMNS = (
    "id, label, waste_bank_id, secret_hash, registered_at, enrolled_at, revoked_at, last_seen_at, public_key"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A tablet that is to be enrolled, and what its code is worth."""

    tablet: Tablet
    code_hash: bytes
    until: datetime
    wrong_tries: int


async def seed_tablets(tx: Tx, tablets: Sequence[Tablet]) -> None:
    """Store tablets with their secrets. One that is there gets a secret if it has none, and stays as it is."""
    await tx.execute(
        """
        insert into tablet as t (id, label, waste_bank_id, secret_hash)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
        on conflict (id) do update set secret_hash = excluded.secret_hash where t.secret_hash is null
        """,
        [tablet.id for tablet in tablets],
        [tablet.label for tablet in tablets],
        [tablet.waste_bank_id for tablet in tablets],
        [tablet.secret_hash for tablet in tablets],
    )


async def register_tablet(
    tx: Tx, tablet: Tablet, by: UUID, head: str, code_hash: bytes, until: datetime
) -> bool:
    """Store a tablet that waits for its code; False if another waits under the same head."""
    done: str = await tx.execute(
        """
        insert into tablet (id, label, waste_bank_id, registered_at, registered_by, code_head, code_hash, code_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
        """,
        tablet.id,
        tablet.label,
        tablet.waste_bank_id,
        tablet.registered_at,
        by,
        head,
        code_hash,
        until,
    )
    return done.endswith("1")


async def lock_waiting(tx: Tx, head: str) -> Waiting | None:
    """The tablet that waits under the head of a code, locked, or None."""
    row = await tx.fetchrow(
        f"select {_COLUMNS}, code_hash, code_until, code_tries from tablet where code_head = $1 for update",  # noqa: S608
        head,
    )
    if row is None:
        return None
    return Waiting(_as_tablet(row), row["code_hash"], row["code_until"], row["code_tries"])


async def count_code_try(tx: Tx, tablet_id: UUID) -> None:
    """Another wrong code for this tablet."""
    await tx.execute("update tablet set code_tries = code_tries + 1 where id = $1", tablet_id)


async def enrol_tablet(
    tx: Tx, tablet_id: UUID, secret_hash: bytes, public_key: bytes | None, now: datetime
) -> None:
    """The code was right: it is spent, and the tablet has a secret and, if it signs, a key of its own."""
    await tx.execute(
        """
        update tablet set secret_hash = $2, public_key = $3, enrolled_at = $4, last_seen_at = $4, code_head = null,
                          code_hash = null, code_until = null
        where id = $1
        """,
        tablet_id,
        secret_hash,
        public_key,
        now,
    )


async def find_tablet(tx: Tx, tablet_id: UUID) -> Tablet | None:
    """One tablet, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from tablet where id = $1", tablet_id)  # noqa: S608 - our columns
    return None if row is None else _as_tablet(row)


async def lock_tablet(tx: Tx, tablet_id: UUID) -> Tablet | None:
    """As `find_tablet`, locked until the transaction ends."""
    row = await tx.fetchrow(f"select {_COLUMNS} from tablet where id = $1 for update", tablet_id)  # noqa: S608
    return None if row is None else _as_tablet(row)


async def list_tablets(tx: Tx) -> list[Tablet]:
    """Every tablet, revoked ones as well, in the order of their names. A programme has hundreds, not thousands."""
    rows = await tx.fetch(f"select {_COLUMNS} from tablet order by label, id")  # noqa: S608 - our columns
    return [_as_tablet(row) for row in rows]


async def revoke_tablet(tx: Tx, tablet_id: UUID, now: datetime) -> None:
    """From now on the tablet, and any code that waits for it, opens nothing."""
    await tx.execute(
        "update tablet set revoked_at = $2, code_head = null, code_hash = null, code_until = null where id = $1",
        tablet_id,
        now,
    )


async def seen(tx: Tx, tablet_id: UUID, now: datetime) -> None:
    """The tablet was there."""
    await tx.execute("update tablet set last_seen_at = $2 where id = $1", tablet_id, now)


def _as_tablet(row: asyncpg.Record) -> Tablet:
    names = _COLUMNS.split(", ")
    return Tablet(**{name: row[name] for name in names})
