"""What payout hears: what wallet did with the credit behind a redemption."""

from services.payout.workflows.crediting import CreditEvent, hear_credit
from shared.contracts import CreditHeld, CreditRefused, CreditReleased, CreditSettled
from shared.contracts.credits import CREDITS_TOPIC
from shared.kernel.clock import Clock
from shared.runtime.database import Tx
from shared.runtime.hearing import Hearing


def hearing(clock: Clock) -> Hearing:
    """The topic and the handlers."""

    async def on_credit(tx: Tx, events: list[CreditEvent]) -> None:
        await hear_credit(tx, events, clock.now())

    heard = (CreditHeld, CreditRefused, CreditSettled, CreditReleased)
    return Hearing(group="payout", topics=(CREDITS_TOPIC,), handlers=dict.fromkeys(heard, on_credit))
