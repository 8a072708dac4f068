"""Members become known, are merged, move and leave; and what waited for them counts.

Whatever identity says about a member proves that they are registered, so that the order of hearing does not matter.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.deposit.domain.states import Step
from services.deposit.store import bags, deposits, members, pickups
from services.deposit.workflows.bags_telling import say_settled
from services.deposit.workflows.forgetting import forget_members
from services.deposit.workflows.telling import Telling
from shared.contracts import CardReplaced, MemberErased, MemberMoved, MemberRegistered, MembersMerged
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError


async def register_members(tx: Tx, registered: Sequence[MemberRegistered], now: datetime) -> None:
    """Note the members and record what was set aside only because they were unknown. Again changes nothing."""
    first = {event.member_id: event for event in reversed(registered)}
    await members.register_members(
        tx,
        [
            (member_id, event.recorded_at, event.waste_bank_id, event.subdistrict_code)
            for member_id, event in sorted(first.items())
        ],
    )
    await pickups.note_kinds(tx, [(event.member_id, event.kind) for event in first.values()])
    await _release(tx, sorted(first), now)


async def move_members(tx: Tx, moved: Sequence[MemberMoved], now: datetime) -> None:
    """Members belong to other waste banks; the last move counts, in whatever order the moves are heard."""
    last: dict[UUID, MemberMoved] = {}
    for event in sorted(moved, key=lambda each: (each.moved_at, each.waste_bank_id)):
        last[event.member_id] = event
    await members.move_members(
        tx,
        [
            (member_id, event.recorded_at, event.waste_bank_id, event.subdistrict_code, event.moved_at)
            for member_id, event in sorted(last.items())
        ],
    )
    await _release(tx, sorted(last), now)


async def hear_of_cards(tx: Tx, replaced: Sequence[CardReplaced], now: datetime) -> None:
    """Cards are identity's business; that somebody has a new one only proves that they are registered."""
    await _prove(tx, {event.member_id: event.recorded_at for event in replaced}, now)


async def merge_members(tx: Tx, merged: Sequence[MembersMerged], now: datetime) -> None:
    """Ids that were given up mean the surviving member, for ever. Raises UnacceptableEventError for a contradiction."""
    await members.hold_merges(tx)
    both = {event.member_id: event.recorded_at for event in merged}
    await _prove(tx, {event.into_member_id: event.recorded_at for event in merged} | both, now)
    for event in merged:
        survivor = await members.meant_by(tx, event.into_member_id)
        meant = await members.meant_by(tx, event.member_id)
        if meant == survivor != event.member_id:
            continue
        if meant != event.member_id or survivor == event.member_id:
            raise UnacceptableEventError("a merge contradicts one that was heard before")
        await members.add_alias(tx, event.member_id, survivor)
        settled = await bags.settle_bags_of_members(tx, await members.family(tx, survivor))
        await say_settled(tx, settled, now)
        home = await members.home_of(tx, survivor)
        if home is not None and home.erased:
            await _forget(tx, [survivor], now)


async def erase_members(tx: Tx, erased: Sequence[MemberErased], now: datetime) -> None:
    """Members have left: what tells who they were is forgotten, and what still comes for them waits for a person."""
    await members.hold_merges(tx)
    await _prove(tx, {event.member_id: event.recorded_at for event in erased}, now)
    await _forget(tx, sorted({event.member_id for event in erased}), now)


async def _forget(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    await forget_members(tx, await members.erase_members(tx, member_ids, now), now)


async def _prove(tx: Tx, since: dict[UUID, datetime], now: datetime) -> None:
    await members.register_members(
        tx, [(member_id, at, None, None) for member_id, at in sorted(since.items())]
    )
    await _release(tx, since, now)


async def _release(tx: Tx, member_ids: Iterable[UUID], now: datetime) -> None:
    telling = Telling(now)
    for deposit in await deposits.release_waiting(tx, list(member_ids), now):
        telling.step(deposit.deposit_id, Step.RECORDED)
        telling.recorded(deposit)
    await telling.finish(tx)
