"""Member ids that were given up, and whom they mean now. Chains are kept flat."""

from datetime import datetime
from uuid import UUID

from shared.runtime.database import Tx

# Two merges of one chain at the same time would each miss the other's row; there are few enough to take turns.
_LOCK = "select pg_advisory_xact_lock(hashtext('timbang member_alias'))"
_HOLD = "select pg_advisory_xact_lock_shared(hashtext('timbang member_alias'))"


async def lock_aliases(tx: Tx) -> None:
    """Let nobody else merge until this transaction ends."""
    await tx.execute(_LOCK)


async def hold_aliases(tx: Tx) -> None:
    """Let nobody merge until this transaction ends; a merge then sees what it has written."""
    await tx.execute(_HOLD)


async def survivor(tx: Tx, member_id: UUID) -> UUID:
    """Whom an id means now."""
    found: UUID | None = await tx.fetchval(
        "select into_member_id from member_alias where member_id = $1", member_id
    )
    return found or member_id


async def same(tx: Tx, one: UUID, other: UUID) -> bool:
    """Whether two ids mean one person."""
    return one == other or await survivor(tx, one) == await survivor(tx, other)


async def give_up(tx: Tx, member_id: UUID, into: UUID, at: datetime) -> None:
    """Let an id, and every one that was merged into it before, mean another from now on."""
    await tx.execute("update member_alias set into_member_id = $2 where into_member_id = $1", member_id, into)
    await tx.execute(
        "insert into member_alias (member_id, into_member_id, merged_at) values ($1, $2, $3)",
        member_id,
        into,
        at,
    )
