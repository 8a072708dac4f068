"""Members, counted for the WIB day of their enrolment."""

from services.adoption.store import people as store
from services.adoption.workflows.keeping import keep
from shared.contracts import MemberRegistered
from shared.kernel import wib
from shared.runtime.database import Tx


async def count_registered(tx: Tx, events: list[MemberRegistered]) -> None:
    """A member counts where they were enrolled, from that day on."""
    await keep(tx, events)
    await store.add_members(
        tx,
        [event.member_id for event in events],
        [event.subdistrict_code for event in events],
        [event.kind for event in events],
        [event.has_phone for event in events],
        [wib.day(event.enrolled_at) for event in events],
    )
