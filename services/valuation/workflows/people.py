"""Members who turned out to be one person: what any of their ids brought is theirs to see."""

from collections.abc import Sequence

from services.valuation.store import people
from shared.contracts import MembersMerged
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError


async def merge_members(tx: Tx, events: Sequence[MembersMerged]) -> None:
    """Remember whom ids mean, in whatever order it is heard; the ids in what was valued never change.

    Raises UnacceptableEventError for a merge in a circle, or of an id that was merged into another person before.
    """
    await people.lock_aliases(tx)
    for event in events:
        given_up = event.member_id
        now, into = await people.survivor(tx, given_up), await people.survivor(tx, event.into_member_id)
        if now == into and now != given_up:
            continue
        if now == into:
            raise UnacceptableEventError(
                f"member {event.into_member_id} was merged into {given_up}: a circle"
            )
        if now != given_up:
            raise UnacceptableEventError(f"member {given_up} was merged into {now} before")
        await people.give_up(tx, given_up, into, event.merged_at)
