"""What deposit says about bags after they came in: weighed, waiting again, or never to be weighed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.deposit.store.bags import Bag, Settled
from shared.contracts import BagDiscarded, BagReopened, BagWeighed
from shared.kernel.ids import uuid7
from shared.runtime.database import Tx
from shared.runtime.outbox import say


async def say_settled(tx: Tx, settled: Sequence[Settled], now: datetime) -> None:
    """Say of each bag who weighed it now, or that nobody did."""
    if settled:
        await say(tx, [settled_fact(each, now) for each in settled])


def settled_fact(settled: Settled, now: datetime) -> BagWeighed | BagReopened:
    """What a change of who weighed a bag means."""
    bag = {
        "event_id": uuid7(),
        "recorded_at": now,
        "member_id": settled.member_id,
        "bag_id": settled.bag_id,
        "waste_bank_id": settled.waste_bank_id,
        "subdistrict_code": settled.subdistrict_code,
        "received_at": settled.received_at,
        "turn": settled.turn,
    }
    if settled.deposit_id is None:
        return BagReopened.model_validate(bag)
    weighing = {"deposit_id": settled.deposit_id, "weighed_at": settled.weighed_at}
    return BagWeighed.model_validate(bag | weighing)


def discarded_fact(bag: Bag, turn: int, by_id: UUID, at: datetime) -> BagDiscarded:
    """A bag that was received and will not be weighed."""
    return BagDiscarded.model_validate(
        {
            "event_id": uuid7(),
            "recorded_at": at,
            "member_id": bag.member_id,
            "bag_id": bag.bag_id,
            "waste_bank_id": bag.waste_bank_id,
            "subdistrict_code": bag.subdistrict_code,
            "received_at": bag.received_at,
            "turn": turn,
            "discarded_at": at,
            "discarded_by": by_id,
        }
    )
