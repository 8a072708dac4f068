"""The field's day: pick-ups, disputes and their answers, bags, sales, closed days and the tablets themselves."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.adoption.store import field_day as store
from services.adoption.workflows.keeping import distinct, keep, refuse_changed
from shared.contracts import (
    BagDiscarded,
    BagReopened,
    BagsReceived,
    BagWeighed,
    DayClosed,
    PickupCancelled,
    PickupDone,
    PickupRequested,
    PickupScheduled,
    TabletReported,
    WasteSaleVoided,
    WasteSold,
)
from shared.contracts.banks import BagFact
from shared.contracts.disputes import DisputeEvent
from shared.contracts.pickups import PickupEvent
from shared.kernel import wib
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError


async def note_pickup_requested(tx: Tx, events: list[PickupRequested]) -> None:
    """A pick-up counts for the day on which it was asked for."""
    await keep(tx, events)
    await _request(tx, events)


async def note_pickup_scheduled(tx: Tx, events: list[PickupScheduled]) -> None:
    """Somebody is to come on a day; a later attempt says that the one before was missed."""
    await keep(tx, events)
    await _request(tx, events)
    attempts = distinct(
        (store.Attempt(event.pickup_id, event.attempt, event.scheduled_on) for event in events),
        "an attempt at pick-up",
        key=2,
    )
    refuse_changed(await store.schedule(tx, attempts), attempts, "an attempt at pick-up")


async def _request(tx: Tx, events: Sequence[PickupRequested | PickupScheduled]) -> None:
    pickups = distinct((store.Place(*_pickup(event)) for event in events), "pick-up")
    refuse_changed(await store.request(tx, pickups), pickups, "pick-up")


async def note_pickup_done(tx: Tx, events: list[PickupDone]) -> None:
    """A pick-up is over for the day on which it was weighed."""
    await keep(tx, events)
    ended = distinct(
        (store.Ended(*_pickup(event), event.done_at, event.deposit_id) for event in events),
        "the end of pick-up",
    )
    refuse_changed(await store.finish(tx, ended), ended, "the end of pick-up")


async def note_pickup_cancelled(tx: Tx, events: list[PickupCancelled]) -> None:
    """A pick-up was given up, by whom the event says; one that was done nevertheless counts as done."""
    await keep(tx, events)
    ended = distinct(
        (store.Ended(*_pickup(event), event.cancelled_at, event.why) for event in events),
        "the cancellation of pick-up",
    )
    refuse_changed(await store.cancel(tx, ended), ended, "the cancellation of pick-up")


def _pickup(event: PickupEvent) -> tuple[UUID, str, str, datetime]:
    return event.pickup_id, event.waste_bank_id, event.subdistrict_code, event.requested_at


def note_dispute_opened(about: str) -> Callable[[Tx, list[Any]], Awaitable[None]]:
    """A workflow for disputes about a `deposit` or a `redemption`: each is open from when it was opened."""

    async def note(tx: Tx, events: list[Any]) -> None:
        await keep(tx, events)
        opened = distinct(
            (_dispute(about, event, (event.assisted, event.complaint)) for event in events), "dispute"
        )
        refuse_changed(await store.open_disputes(tx, opened), opened, "dispute")

    return note


def note_dispute_answered(about: str) -> Callable[[Tx, list[Any]], Awaitable[None]]:
    """The same for their answers: late if it came after the day that was promised."""

    async def note(tx: Tx, events: list[Any]) -> None:
        await keep(tx, events)
        answered = distinct(
            (_dispute(about, event, (event.answered_at, event.outcome)) for event in events),
            "the answer to dispute",
        )
        refuse_changed(await store.answer_disputes(tx, answered), answered, "the answer to dispute")

    return note


def _dispute(about: str, event: DisputeEvent, added: tuple[bool | datetime, str]) -> store.Dispute:
    return store.Dispute(
        event.dispute_id,
        about,
        event.waste_bank_id,
        event.subdistrict_code,
        event.opened_at,
        event.due_at,
        *added,
    )


async def note_bags(tx: Tx, events: list[BagsReceived]) -> None:
    """Bags that are weighed later; of one that is named twice the first stands."""
    await keep(tx, events)
    bags = distinct(
        (
            store.Bag(bag_id, event.member_id, event.waste_bank_id, event.subdistrict_code, event.received_at)
            for event in events
            for bag_id in event.bag_ids
        ),
        "bag",
    )
    refuse_changed(await store.receive_bags(tx, bags), bags, "bag")


async def note_bag_weighed(tx: Tx, events: list[BagWeighed]) -> None:
    """A bag waits no longer."""
    await keep(tx, events)
    await _turn(tx, [store.BagTurn(*_bag(event), event.turn, event.weighed_at) for event in events])


async def note_bag_reopened(tx: Tx, events: list[BagReopened]) -> None:
    """A bag waits again, since it came in."""
    await keep(tx, events)
    await _turn(tx, [store.BagTurn(*_bag(event), event.turn, None) for event in events])


async def _turn(tx: Tx, turns: Sequence[store.BagTurn]) -> None:
    in_order = distinct(((turn.bag_id, turn.turn, turn) for turn in turns), "the turn of bag", key=2)
    last = list({bag_id: turn for bag_id, _, turn in in_order}.values())
    refuse_changed(await store.turn_bags(tx, last), last, "the turn of bag")


async def note_bag_discarded(tx: Tx, events: list[BagDiscarded]) -> None:
    """A bag will not be weighed."""
    await keep(tx, events)
    bags = distinct(
        (store.DiscardedBag(*_bag(event), event.discarded_at) for event in events), "the end of bag"
    )
    refuse_changed(await store.discard_bags(tx, bags), bags, "the end of bag")


def _bag(event: BagFact) -> tuple[UUID, UUID, str, str, datetime]:
    return event.bag_id, event.member_id, event.waste_bank_id, event.subdistrict_code, event.received_at


async def count_sold(tx: Tx, events: list[WasteSold]) -> None:
    """Kilograms and rupiah count for the WIB day of the sale."""
    await keep(tx, events)
    whole = distinct(((event.lot_id, _lot(event), _lines(event)) for event in events), "lot")
    lots = [lot for _, lot, _ in whole]
    lines = [line for *_, lines in whole for line in lines]
    _refuse_other_parts(await store.parts_of_lots(tx, [lot.lot_id for lot in lots]), lines, "lot")
    refuse_changed(await store.sell(tx, lots), lots, "lot")
    refuse_changed(await store.sell_lines(tx, lines), lines, "lot")


def _lot(event: WasteSold) -> store.Lot:
    return store.Lot(
        event.lot_id,
        event.waste_bank_id,
        event.subdistrict_code,
        wib.day(event.sold_at),
        event.amount_rupiah,
    )


def _lines(event: WasteSold) -> list[store.LotLine]:
    return [
        store.LotLine(
            event.lot_id, number, line.item_code, line.waste_class, line.weight_grams, line.amount_rupiah
        )
        for number, line in enumerate(event.lines)
    ]


async def count_sale_voided(tx: Tx, events: list[WasteSaleVoided]) -> None:
    """A lot that was written down wrongly counts no longer. That is all it says, so it cannot be said otherwise."""
    await keep(tx, events)
    await store.void_sales(tx, sorted({event.lot_id for event in events}))


async def count_closed(tx: Tx, events: list[DayClosed]) -> None:
    """What was missing when a day was counted belongs to that day."""
    await keep(tx, events)
    whole = distinct(((event.closing_id, _closing(event), _classes(event)) for event in events), "closing")
    closings = [closing for _, closing, _ in whole]
    classes = distinct((each for *_, classes in whole for each in classes), "closing", key=2)
    known = await store.parts_of_closings(tx, [closing.closing_id for closing in closings])
    _refuse_other_parts(known, classes, "closing")
    refuse_changed(await store.close(tx, closings), closings, "closing")
    if classes:
        refuse_changed(await store.close_classes(tx, classes), classes, "closing")


def _closing(event: DayClosed) -> store.Closing:
    return store.Closing(
        event.closing_id,
        event.waste_bank_id,
        event.subdistrict_code,
        event.day_on,
        event.closed_at,
        event.cash_booked_rupiah,
        event.cash_counted_rupiah,
        event.replaces_closing_id,
    )


def _classes(event: DayClosed) -> list[store.ClosingClass]:
    return [
        store.ClosingClass(event.closing_id, each.waste_class, each.booked_grams, each.counted_grams)
        for each in event.classes
    ]


def _refuse_other_parts(known: Mapping[UUID, int], parts: Sequence[tuple[Any, ...]], what: str) -> None:
    """Raise UnacceptableEventError if a whole that is known has more or fewer parts by now."""
    given = Counter(part[0] for part in parts)
    for about, number in known.items():
        if given[about] != number:
            raise UnacceptableEventError(f"{what} {about} was heard before with other figures")


async def note_tablets(tx: Tx, events: list[TabletReported]) -> None:
    """Of a tablet's reports the newest one stands, whichever comes last."""
    await keep(tx, events)
    newest = {event.tablet_id: event for event in sorted(events, key=lambda e: (e.reported_at, e.event_id))}
    reports = [
        store.Report(
            event.tablet_id,
            event.event_id,
            event.waste_bank_id,
            event.subdistrict_code,
            event.reported_at,
            event.recorded_at,
            event.app_version,
            event.queue_length,
            event.oldest_queued_at,
            event.clock_offset_ms,
            event.battery_percent,
            event.storage_free_mib,
        )
        for event in newest.values()
    ]
    await store.report(tx, reports)
