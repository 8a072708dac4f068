"""Nobody signs in any more as a member who was merged away or left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.identity.store import people
from shared.runtime.database import Tx


async def close_access(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    """Take back the members' code, PIN, devices and sessions."""
    del now
    await people.delete_credentials(tx, member_ids)
