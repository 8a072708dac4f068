"""What wallet hears, and which workflow obeys it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from services.wallet.workflows.deposits import post_credits, reverse_credits
from services.wallet.workflows.floats import change_floats
from services.wallet.workflows.people import mark_erased, merge_members, move_members
from services.wallet.workflows.redemptions import hold_credit, take_verdicts
from shared.contracts import (
    DepositValued,
    FloatChanged,
    MemberErased,
    MemberMoved,
    MembersMerged,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
    ValuationReversed,
)
from shared.contracts.people import PEOPLE_TOPIC
from shared.contracts.redemptions import REDEMPTIONS_TOPIC
from shared.contracts.valuations import VALUATIONS_TOPIC
from shared.kernel.clock import Clock
from shared.runtime.database import Tx
from shared.runtime.hearing import Handler, Hearing

Workflow = Callable[[Tx, list[Any], datetime], Awaitable[None]]


def hearing(clock: Clock) -> Hearing:
    """Valuations and redemptions, both keyed by the member, and what becomes of members."""

    def now(workflow: Workflow) -> Handler:
        async def handler(tx: Tx, events: list[Any]) -> None:
            await workflow(tx, events, clock.now())

        return handler

    return Hearing(
        group="wallet",
        topics=(VALUATIONS_TOPIC, REDEMPTIONS_TOPIC, PEOPLE_TOPIC),
        handlers={
            DepositValued: now(post_credits),
            ValuationReversed: now(reverse_credits),
            RedemptionRequested: now(hold_credit),
            RedemptionDelivered: now(take_verdicts),
            RedemptionDeliveredLate: now(take_verdicts),
            RedemptionFailed: now(take_verdicts),
            RedemptionReversed: now(take_verdicts),
            FloatChanged: change_floats,
            MembersMerged: merge_members,
            MemberMoved: move_members,
            MemberErased: mark_erased,
        },
    )
