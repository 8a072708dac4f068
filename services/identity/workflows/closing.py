"""Nobody signs in any more as a member who was merged away or left, and their tokens are refused at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.identity.domain.sessions import Ending
from services.identity.store import credentials, devices, pins, sessions
from shared.runtime.database import Tx


async def close_access(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    """Take back the members' PIN, codes, devices and sessions."""
    for member_id in member_ids:
        await credentials.delete_credential(tx, member_id)
        still_open = await sessions.open_sessions(tx, now, subject_id=member_id)
        await sessions.end_sessions(tx, still_open, Ending.MEMBER_GONE, now)
    await pins.delete_pin_codes(tx, list(member_ids))
    await devices.delete_devices(tx, list(member_ids))


async def forget_access(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    """As `close_access`, and forget when and where they signed in."""
    await close_access(tx, member_ids, now)
    await sessions.delete_sessions(tx, member_ids)
    await pins.delete_resets(tx, list(member_ids))
