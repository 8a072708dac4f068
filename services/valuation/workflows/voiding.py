"""Deposits that do not count any more: their price is taken back, or kept from ever being given."""

from collections.abc import Sequence
from datetime import datetime

from services.valuation.domain.bounds import EMPTY_DAY, DaySoFar
from services.valuation.store import valuations
from services.valuation.workflows.repetition import distinct_voids, refuse_changed_voids
from shared.contracts import DepositVoided, ValuationReversed
from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.runtime.database import Tx
from shared.runtime.outbox import say


async def void_deposits(tx: Tx, voided: Sequence[DepositVoided], now: datetime) -> None:
    """Take back the price of what was valued. A void that comes ahead of its deposit waits for it as a tombstone.

    Raises UnacceptableEventError if it is of another member, place or instant than the deposit, or was heard otherwise.
    """
    once = distinct_voids(voided)
    ahead = await valuations.insert_tombstones(
        tx,
        [
            (
                each.deposit_id,
                each.member_id,
                each.weighed_at,
                now,
                each.waste_bank_id,
                each.subdistrict_code,
                each.reason,
            )
            for each in once.values()
        ],
    )
    known = [(each.deposit_id, now, each.reason) for each in once.values() if each.deposit_id not in ahead]
    if not known:
        return
    now_void = await valuations.void(tx, known)
    await refuse_changed_voids(tx, [deposit_id for deposit_id, *_ in known], now_void, once)
    gone = [each for each in now_void if each.state_before == "valued"]
    if not gone:
        return
    days: dict[valuations.MemberDay, DaySoFar] = {}
    for each in gone:
        day = (str(each.place.member_id), wib.day(each.place.weighed_at))
        days[day] = days.get(day, EMPTY_DAY).minus(
            DaySoFar(-1, -(each.grams or 0), -(each.gross_rupiah or 0))
        )
    await valuations.take_from_days(tx, days)
    await say(tx, [_reversed(each, once[each.deposit_id].reason, now) for each in gone])


def _reversed(gone: valuations.Voided, reason: str, now: datetime) -> ValuationReversed:
    return ValuationReversed(
        event_id=uuid7(),
        recorded_at=now,
        deposit_id=gone.deposit_id,
        **gone.place._asdict(),
        net_rupiah=gone.net_rupiah or 0,
        reason=reason,
    )
