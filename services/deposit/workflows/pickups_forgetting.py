"""What a member who left had told about where they live and what they complained of is forgotten."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from services.deposit.domain.pickups import PickupState
from services.deposit.store import disputes, pickups
from services.deposit.workflows.pickups_booking import end
from shared.runtime.database import Tx


async def forget_members(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    """Empty addresses, notes and words of these members; calls that were still to come are cancelled. Repeatable.

    `member_ids` are all ids that mean them. The caller has locked those members.
    """
    found = await pickups.with_words_of(tx, member_ids)
    for waste_bank_id, of_bank in groupby(found, key=lambda each: each.waste_bank_id):
        await pickups.lock_bank(tx, waste_bank_id)
        for each in of_bank:
            now_there = await pickups.one(tx, each.pickup_id)
            if now_there is not None and now_there.state is PickupState.SCHEDULED:
                await end(tx, now_there, "by_member", None, now)
            await pickups.forget(tx, each.pickup_id)
    await disputes.forget(tx, member_ids)
