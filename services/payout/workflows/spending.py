"""Who spends, and how much may still be spent today: one person counts once, under however many ids."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.payout.domain.refusals import Refusal
from services.payout.store import people, redemptions
from services.payout.store.people import Family
from services.payout.workflows.refusing import Refused, refused
from shared.kernel import wib
from shared.kernel.rollout import Caps
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who asks: the id in their token, and the counter's tablet that they sign in at, if it is one."""

    member_id: UUID
    tablet_id: UUID | None = None


async def enter(tx: Tx, buyer: Buyer) -> Family | Refused:
    """Let one request of a person at a time in; nobody who has left."""
    family = await people.family_of(tx, buyer.member_id)
    await redemptions.lock_member(tx, family.survivor)
    if await people.has_left(tx, {family.survivor, buyer.member_id}):
        return refused(Refusal.MEMBERSHIP_ENDED)
    return family


async def check_caps(
    tx: Tx, family: Family, buyer: Buyer, amount_rupiah: int, caps: Caps, now: datetime
) -> Refused | None:
    """Refuse what would pass today's cap, or today's lower one at a counter's tablet."""
    spent, at_counters = await redemptions.spent_since(tx, family.members, wib.start_of_day(wib.day(now)))
    cap = caps.redemption_rupiah_a_day
    if amount_rupiah > cap - spent:
        return refused(Refusal.OVER_DAILY_CAP, cap_rupiah=cap, left_rupiah=max(cap - spent, 0))
    lower = caps.counter_rupiah_a_day
    if buyer.tablet_id is not None and lower is not None and amount_rupiah > lower - at_counters:
        return refused(Refusal.OVER_COUNTER_CAP, cap_rupiah=lower, left_rupiah=max(lower - at_counters, 0))
    return None
