"""What payout hears: what wallet did with the credit behind a redemption, and who was merged or has left."""

from services.payout.workflows.crediting import CreditEvent, hear_credit
from services.payout.workflows.people import hear_erasures, hear_merges
from shared.contracts import (
    CreditHeld,
    CreditRefused,
    CreditReleased,
    CreditSettled,
    MemberErased,
    MembersMerged,
)
from shared.contracts.credits import CREDITS_TOPIC
from shared.contracts.people import PEOPLE_TOPIC
from shared.kernel.clock import Clock
from shared.runtime.database import Tx
from shared.runtime.hearing import Hearing


def hearing(clock: Clock) -> Hearing:
    """The topics and the handlers."""

    async def on_credit(tx: Tx, events: list[CreditEvent]) -> None:
        await hear_credit(tx, events, clock.now())

    async def on_merge(tx: Tx, events: list[MembersMerged]) -> None:
        await hear_merges(tx, events, clock.now())

    async def on_erasure(tx: Tx, events: list[MemberErased]) -> None:
        await hear_erasures(tx, events, clock.now())

    heard = (CreditHeld, CreditRefused, CreditSettled, CreditReleased)
    return Hearing(
        group="payout",
        topics=(CREDITS_TOPIC, PEOPLE_TOPIC),
        handlers={
            **dict.fromkeys(heard, on_credit),
            MembersMerged: on_merge,
            MemberErased: on_erasure,
        },
    )
