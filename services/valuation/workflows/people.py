"""Members who turned out to be one person: what any of their ids brought is theirs to see, and is priced as theirs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.valuation.domain.bounds import EMPTY_DAY, out_of_bounds
from services.valuation.domain.pricing import Reason, Worth, price
from services.valuation.store import exceptions, people, reading, valuations
from services.valuation.store.lists import PriceBooks
from services.valuation.store.reading import Stored
from services.valuation.workflows.telling import approved_fact
from shared.contracts import MembersMerged
from shared.kernel import wib
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError
from shared.runtime.outbox import say

NOTE = "merged"


async def merge_members(
    tx: Tx, events: Sequence[MembersMerged], books: PriceBooks, rollout: Rollout, now: datetime
) -> None:
    """Remember whom ids mean, in whatever order it is heard; the ids in what was valued never change.

    A deposit that waits only because its exception is for another id of its member is valued now, as it would have
    been after the merge. Raises UnacceptableEventError for a merge in a circle, or of an id that was merged before.
    """
    await people.lock_aliases(tx)
    for event in events:
        given_up = event.member_id
        meant, into = await people.survivor(tx, given_up), await people.survivor(tx, event.into_member_id)
        if meant == into and meant != given_up:
            continue
        if meant == into:
            raise UnacceptableEventError(
                f"member {event.into_member_id} was merged into {given_up}: a circle"
            )
        if meant != given_up:
            raise UnacceptableEventError(f"member {given_up} was merged into {meant} before")
        await people.give_up(tx, given_up, into, event.merged_at)
        for deposit_id, decided in await exceptions.meant_for(tx, into):
            await _value_by_exception(tx, deposit_id, decided, books, rollout, now)


async def _value_by_exception(
    tx: Tx,
    deposit_id: UUID,
    decided: frozenset[UUID],
    books: PriceBooks,
    rollout: Rollout,
    now: datetime,
) -> None:
    """Value a flagged deposit if what its tablet showed is what an exception says that was decided before it came."""
    stored = await reading.find(tx, deposit_id, lock=True)
    if stored is None or stored.state != "flagged":
        return
    worth = await _worth(tx, stored, decided, books)
    if worth is None or not await _fits_its_day(tx, stored, worth, rollout):
        return
    await valuations.approve(tx, deposit_id, worth, None, now, NOTE)
    await say(tx, [approved_fact(stored, worth, None, now)])


async def _worth(tx: Tx, stored: Stored, decided: frozenset[UUID], books: PriceBooks) -> Worth | None:
    book, flag = await books.newest(tx), stored.flag
    in_force = book.in_force(stored.waste_bank_id, stored.weighed_at)
    shown = None if flag is None else book.list_of(flag.shown_price_list_id)
    if flag is None or shown is None or in_force is None:
        return None
    known = tuple(
        each
        for each in book.exceptions_for(stored.waste_bank_id, stored.member_id, stored.weighed_at)
        if each.id in decided
    )
    worth = price(flag.lines, shown, in_force, known)
    return None if isinstance(worth, Reason) or not worth.as_shown else worth


async def _fits_its_day(tx: Tx, stored: Stored, worth: Worth, rollout: Rollout) -> bool:
    """Add it to its day unless it breaks a bound there; then it waits on, for a person."""
    caps = rollout.caps_for(stored.subdistrict_code)
    day = (str(stored.member_id), wib.day(stored.weighed_at))
    more = EMPTY_DAY.plus(worth)
    full = await valuations.add_to_days(tx, {day: more}, EMPTY_DAY)
    reasons = out_of_bounds(worth, full[day].minus(more), caps)
    if reasons:
        await valuations.take_from_days(tx, {day: more})
    return not reasons
