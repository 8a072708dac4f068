"""What identity says about people: two ids are one person, or a person has left and is to be forgotten."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.payout.store import people
from shared.contracts import MemberErased, MembersMerged
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError


async def hear_merges(tx: Tx, events: Sequence[MembersMerged], now: datetime) -> None:
    """Note who is who; whoever was merged into somebody who left has left too. Ids in old facts stay as they are.

    Raises UnacceptableEventError for an id that was merged into somebody else before, or into itself by a circle.
    """
    await people.lock_people(tx)
    for event in events:
        known = await people.merged_into(tx, event.member_id)
        if known is not None and known != event.into_member_id:
            raise UnacceptableEventError(f"{event.member_id} was merged into another member before")
        if known is None and not await people.merge(tx, event.member_id, event.into_member_id):
            raise UnacceptableEventError(f"{event.member_id} would be merged into itself")
        if await people.has_left(tx, [event.into_member_id]):
            await _forget(tx, [event.member_id], now)


async def hear_erasures(tx: Tx, events: Sequence[MemberErased], now: datetime) -> None:
    """Forget who they were, under every id that was merged into theirs; what has not ended, as soon as it ends."""
    await people.lock_people(tx)
    await _forget(tx, [event.member_id for event in events], now)


async def _forget(tx: Tx, member_ids: list[UUID], now: datetime) -> None:
    below = await people.merged_below(tx, member_ids)
    await people.lock_members(tx, below)
    await people.forget(tx, below, now)
