"""What valuation hears: deposits that were recorded or voided, and members who turned out to be one person."""

from collections.abc import Callable

from services.valuation.workflows.people import merge_members
from services.valuation.workflows.valuing import PriceBooks, value_deposits
from services.valuation.workflows.voiding import void_deposits
from shared.contracts import DepositRecorded, DepositVoided, MembersMerged
from shared.kernel.clock import Clock
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.hearing import Hearing


def hearing(books: PriceBooks, rollout: Callable[[], Rollout], clock: Clock) -> Hearing:
    """Listen to deposits and people; `rollout` gives the one in force, whose caps and age of lists decide."""

    async def on_deposit_recorded(tx: Tx, events: list[DepositRecorded]) -> None:
        await value_deposits(tx, events, books, rollout(), clock.now())

    async def on_deposit_voided(tx: Tx, events: list[DepositVoided]) -> None:
        await void_deposits(tx, events, clock.now())

    async def on_members_merged(tx: Tx, events: list[MembersMerged]) -> None:
        await merge_members(tx, events, books, rollout(), clock.now())

    return Hearing(
        group="valuation",
        topics=(DepositRecorded.TOPIC, MembersMerged.TOPIC),
        handlers={
            DepositRecorded: on_deposit_recorded,
            DepositVoided: on_deposit_voided,
            MembersMerged: on_members_merged,
        },
    )
