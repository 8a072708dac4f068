"""Members become known, and what waited for them counts."""

from collections.abc import Sequence
from datetime import datetime

from services.deposit.domain.states import Step
from services.deposit.store import deposits, members
from services.deposit.workflows.telling import Telling
from shared.contracts import MemberRegistered
from shared.runtime.database import Tx


async def register_members(tx: Tx, registered: Sequence[MemberRegistered], now: datetime) -> None:
    """Note the members and record what was set aside only because they were unknown. Again changes nothing."""
    first = {event.member_id: event for event in reversed(registered)}
    rows = [
        (
            member_id,
            first[member_id].recorded_at,
            first[member_id].waste_bank_id,
            first[member_id].subdistrict_code,
        )
        for member_id in sorted(first)
    ]
    await members.register_members(tx, rows)
    telling = Telling(now)
    for deposit in await deposits.release_waiting(tx, [row[0] for row in rows], now):
        telling.step(deposit.deposit_id, Step.RECORDED)
        telling.recorded(deposit)
    await telling.finish(tx)
