"""What deposit hears: members become known."""

from services.deposit.workflows.members import register_members
from shared.contracts import MemberRegistered
from shared.contracts.people import PEOPLE_TOPIC
from shared.kernel.clock import Clock
from shared.runtime.database import Tx
from shared.runtime.hearing import Hearing


def hearing(clock: Clock) -> Hearing:
    """The topics and the handlers."""

    async def on_member_registered(tx: Tx, events: list[MemberRegistered]) -> None:
        await register_members(tx, events, clock.now())

    return Hearing(group="deposit", topics=(PEOPLE_TOPIC,), handlers={MemberRegistered: on_member_registered})
