"""Somebody left: what deposit keeps that tells who they were is forgotten."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.deposit.workflows import pickups_forgetting
from shared.runtime.database import Tx


async def forget_members(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    """Clear what is stored of these members in words: addresses, texts. Again changes nothing; ids and figures stay."""
    if member_ids:
        await pickups_forgetting.forget_members(tx, member_ids, now)
