"""Queries about what was done to members, for themselves to read."""

from collections.abc import Sequence
from uuid import UUID

from services.identity.domain.people import Deed
from shared.runtime.database import Tx


async def deeds_about(tx: Tx, member_ids: Sequence[UUID], at_most: int) -> list[Deed]:
    """What was done to members, oldest first, the newest `at_most` of it."""
    rows = await tx.fetch(
        """
        select at, action, actor_role from (
            select seq, at, action, actor_role from audit where subject_id = any($1::text[])
            order by seq desc limit $2
        ) as newest order by seq
        """,
        [str(member_id) for member_id in member_ids],
        at_most,
    )
    return [Deed(**row) for row in rows]


async def can_sign_in(tx: Tx, member_id: UUID) -> bool:
    """Whether the member has a code with a PIN."""
    found: bool = await tx.fetchval("select exists (select from credential where subject_id = $1)", member_id)
    return found
