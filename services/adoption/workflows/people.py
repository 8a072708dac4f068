"""Members, counted once each for the WIB day of their enrolment, where they live, until they leave."""

from services.adoption.store import people as store
from services.adoption.workflows.keeping import distinct, keep, refuse_changed
from shared.contracts import (
    CardReplaced,
    MemberErased,
    MemberMoved,
    MemberRegistered,
    MembersMerged,
    OpeningBalancePosted,
)
from shared.kernel import wib
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError


async def count_registered(tx: Tx, events: list[MemberRegistered]) -> None:
    """A member counts where they were enrolled, from that day on."""
    await keep(tx, events)
    members = distinct(
        (
            store.Member(
                event.member_id,
                event.subdistrict_code,
                event.kind,
                event.has_phone,
                wib.day(event.enrolled_at),
            )
            for event in events
        ),
        "the enrolment of",
    )
    refuse_changed(await store.add_members(tx, members), members, "the enrolment of")


async def count_merged(tx: Tx, events: list[MembersMerged]) -> None:
    """Two enrolments of one person count once: as the one that stays.

    Raises UnacceptableEventError for a merge in a circle, or of an id that was merged into somebody else before.
    """
    await keep(tx, events)
    await store.lock_merges(tx)
    for event in events:
        given_up = event.member_id
        meant, into = await store.survivor(tx, given_up), await store.survivor(tx, event.into_member_id)
        if meant == into and meant != given_up:
            continue
        if meant == into:
            raise UnacceptableEventError(
                f"member {event.into_member_id} was merged into {given_up}: a circle"
            )
        if meant != given_up:
            raise UnacceptableEventError(f"member {given_up} was merged into {meant} before")
        merge = store.Merge(given_up, into, event.into_subdistrict_code, wib.day(event.merged_at))
        await store.merge(tx, merge)


async def count_moved(tx: Tx, events: list[MemberMoved]) -> None:
    """A member counts elsewhere from that day on; the days before stay where they were."""
    await keep(tx, events)
    moves = distinct(
        (
            store.Move(
                event.event_id,
                event.member_id,
                event.from_subdistrict_code,
                event.subdistrict_code,
                wib.day(event.moved_at),
            )
            for event in events
        ),
        "the move",
    )
    refuse_changed(await store.move(tx, moves), moves, "the move")


async def count_erased(tx: Tx, events: list[MemberErased]) -> None:
    """Who left is no member from that day on; that they were one, and what they did, still counts."""
    await keep(tx, events)
    erasures = distinct(
        (
            store.Erasure(event.member_id, event.subdistrict_code, wib.day(event.erased_at))
            for event in events
        ),
        "the leaving of",
    )
    refuse_changed(await store.erase(tx, erasures), erasures, "the leaving of")


async def count_opening_balance(tx: Tx, events: list[OpeningBalancePosted]) -> None:
    """What stood on paper is owed, but was not credited for anything that was weighed here."""
    await keep(tx, events)
    openings = distinct(
        (
            store.Opening(
                event.transfer_id,
                event.member_id,
                event.waste_bank_id,
                event.subdistrict_code,
                event.amount_rupiah,
                wib.day(event.posted_at),
            )
            for event in events
        ),
        "the opening balance",
    )
    refuse_changed(await store.open_balances(tx, openings), openings, "the opening balance")


async def keep_card_replaced(tx: Tx, events: list[CardReplaced]) -> None:
    """A new card changes no figure."""
    await keep(tx, events)
