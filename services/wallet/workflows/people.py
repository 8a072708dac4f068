"""Members that turned out to be one person, and members who left: no rupiah of theirs is lost or moved twice."""

from collections.abc import Sequence

from services.wallet.domain.accounts import MERGES, AccountKind, MemberAccount, system_account
from services.wallet.domain.posting import SEPARATOR, Cause, Posting, TransferKind, fingerprint
from services.wallet.store import people
from services.wallet.store import posting as store
from shared.contracts import MemberErased, MemberMoved, MembersMerged
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError

_PASSAGE = system_account(AccountKind.ADJUSTMENTS, MERGES)


async def merge_members(tx: Tx, events: Sequence[MembersMerged]) -> None:
    """Move the credit and the open holds of each id that was given up to the one that stays, once.

    It needs no account to be known, and facts about the given-up id that come later act on the survivor. Raises
    UnacceptableEventError for a merge in a circle, or of an id that was merged into another person before.
    """
    for event in events:
        given_up, survivor = event.member_id, event.into_member_id
        if given_up == survivor:
            raise UnacceptableEventError(f"member {given_up} cannot be merged into itself")
        code = event.into_subdistrict_code
        accounts = await store.lock_members(tx, {given_up: code, survivor: code})
        source, target = accounts[given_up], accounts[survivor]
        if source.id == target.id and source.id != given_up:
            continue
        if source.id == target.id:
            raise UnacceptableEventError(f"member {survivor} was merged into {given_up} before: a circle")
        if source.id != given_up:
            raise UnacceptableEventError(f"member {given_up} was merged into {source.id} before")
        await _move(tx, event, source, target)


async def _move(tx: Tx, event: MembersMerged, source: MemberAccount, target: MemberAccount) -> None:
    """Two transfers through an account that is at rest again after them, so that either statement is a chain."""
    posting = Posting({source.id: source, target.id: target})
    print_ = fingerprint(f"{source.id.hex}{SEPARATOR}{event.into_member_id.hex}")
    cause = Cause(source.id, print_, event.merged_at, None, event.into_subdistrict_code)
    amount = source.posted
    if amount:
        leaving, arriving = TransferKind.MERGE, TransferKind.MERGE_ARRIVAL
        posting.post(leaving, leaving.of(source.id), cause, [(_PASSAGE, amount)], source, -amount)
        posting.post(arriving, arriving.of(source.id), cause, [(_PASSAGE, -amount)], target, amount)
    target.held += source.held
    source.held = 0
    await store.write_transfers(tx, posting)
    await people.give_up(tx, source.id, target.id, event.merged_at, event.merged_by)
    await store.write_system(tx, posting)


async def move_members(tx: Tx, events: Sequence[MemberMoved]) -> None:
    """Let a member's credit be seen where they belong now; what was posted stays where it happened."""
    await store.lock_members(tx, {event.member_id: event.subdistrict_code for event in events})
    for event in events:
        await people.place(tx, event.member_id, event.subdistrict_code, event.moved_at)


async def mark_erased(tx: Tx, events: Sequence[MemberErased]) -> None:
    """Note that members have left. Credit that comes later is posted as ever, and stands on a list for the staff."""
    await store.lock_members(tx, {event.member_id: event.subdistrict_code for event in events})
    await people.mark_erased(tx, {event.member_id: event.erased_at for event in reversed(events)})
