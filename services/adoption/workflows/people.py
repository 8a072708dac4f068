"""Members, counted once each for the WIB day of their enrolment, where they live, until they leave."""

from services.adoption.store import people as store
from services.adoption.workflows.keeping import keep, once
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


async def count_merged(tx: Tx, events: list[MembersMerged]) -> None:
    """Two enrolments of one person count once: as the one that stays."""
    await keep(tx, events)
    await store.merge(
        tx,
        [
            store.Merge(
                event.member_id, event.into_member_id, event.into_subdistrict_code, wib.day(event.merged_at)
            )
            for event in once(events, "member_id").values()
        ],
    )


async def count_moved(tx: Tx, events: list[MemberMoved]) -> None:
    """A member counts elsewhere from that day on; the days before stay where they were."""
    await keep(tx, events)
    await store.move(
        tx,
        [
            store.Move(
                event.event_id,
                event.member_id,
                event.from_subdistrict_code,
                event.subdistrict_code,
                wib.day(event.moved_at),
            )
            for event in once(events, "event_id").values()
        ],
    )


async def count_erased(tx: Tx, events: list[MemberErased]) -> None:
    """Who left is no member from that day on; that they were one, and what they did, still counts."""
    await keep(tx, events)
    given = once(events, "member_id").values()
    await store.erase(
        tx,
        [event.member_id for event in given],
        [event.subdistrict_code for event in given],
        [wib.day(event.erased_at) for event in given],
    )


async def count_opening_balance(tx: Tx, events: list[OpeningBalancePosted]) -> None:
    """What stood on paper is owed, but was not credited for anything that was weighed here."""
    await keep(tx, events)
    await store.open_balances(
        tx,
        [
            store.Opening(
                event.transfer_id,
                event.member_id,
                event.waste_bank_id,
                event.subdistrict_code,
                event.amount_rupiah,
                wib.day(event.posted_at),
            )
            for event in once(events, "transfer_id").values()
        ],
    )


async def keep_card_replaced(tx: Tx, events: list[CardReplaced]) -> None:
    """A new card changes no figure."""
    await keep(tx, events)
