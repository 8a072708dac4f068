"""What deposit hears: members become known, are merged, move, get new cards and leave."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from services.deposit.workflows.members import (
    erase_members,
    hear_of_cards,
    merge_members,
    move_members,
    register_members,
)
from shared.contracts import CardReplaced, MemberErased, MemberMoved, MemberRegistered, MembersMerged
from shared.contracts.people import PEOPLE_TOPIC
from shared.kernel.clock import Clock
from shared.runtime.database import Tx
from shared.runtime.hearing import Hearing


def hearing(clock: Clock) -> Hearing:
    """The topics and the handlers."""

    def at_once(
        work: Callable[[Tx, list[Any], datetime], Awaitable[None]],
    ) -> Callable[[Tx, list[Any]], Awaitable[None]]:
        async def handle(tx: Tx, events: list[Any]) -> None:
            await work(tx, events, clock.now())

        return handle

    return Hearing(
        group="deposit",
        topics=(PEOPLE_TOPIC,),
        handlers={
            MemberRegistered: at_once(register_members),
            MembersMerged: at_once(merge_members),
            MemberMoved: at_once(move_members),
            CardReplaced: at_once(hear_of_cards),
            MemberErased: at_once(erase_members),
        },
    )
