"""Keeps every event once: the hot ones packed by the batch, the others a row each."""

from collections.abc import Sequence
from uuid import UUID

from services.adoption.store.rows import written
from shared.runtime.database import Tx


async def keep_pack(tx: Tx, type_name: str, event_ids: Sequence[UUID], payloads: Sequence[bytes]) -> None:
    """Keep events of one type that are known to be new."""
    await tx.execute(
        "insert into event_pack (type, event_count, event_ids, payloads) values ($1, $2, $3::uuid[], $4::bytea[])",
        type_name,
        len(event_ids),
        event_ids,
        payloads,
    )


async def keep_each(tx: Tx, type_name: str, event_ids: Sequence[UUID], payloads: Sequence[bytes]) -> int:
    """Keep events of one type; those that are kept already are left as they are. Returns how many were new."""
    status = await tx.execute(
        """
        insert into event (event_id, type, payload)
        select event_id, $1, payload from unnest($2::uuid[], $3::bytea[]) as given (event_id, payload)
        on conflict (event_id) do nothing
        """,
        type_name,
        event_ids,
        payloads,
    )
    return written(status)


async def kept(tx: Tx, event_ids: Sequence[UUID]) -> dict[UUID, tuple[str, bytes]]:
    """Type and payload of events that are kept a row each."""
    rows = await tx.fetch(
        "select event_id, type, payload from event where event_id = any($1::uuid[])", event_ids
    )
    return {row[0]: (row[1], row[2]) for row in rows}
