"""The field's day: pick-ups, disputes and their answers, bags, sales, closed days and the tablets themselves."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.adoption.store import field_day as store
from services.adoption.workflows.keeping import keep, once
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
from shared.kernel import wib
from shared.runtime.database import Tx


async def note_pickup_requested(tx: Tx, events: list[PickupRequested]) -> None:
    """A pick-up counts for the day on which it was asked for."""
    await keep(tx, events)
    await store.request(tx, _pickups(_by_id(events, "pickup_id")))


async def note_pickup_scheduled(tx: Tx, events: list[PickupScheduled]) -> None:
    """Somebody is to come on a day; a later attempt says that the one before was missed."""
    await keep(tx, events)
    attempts = [
        store.Attempt(event.pickup_id, event.attempt, event.scheduled_on)
        for event in sorted(events, key=lambda each: (each.pickup_id, each.attempt))
    ]
    await store.schedule(tx, _pickups(_by_id(events, "pickup_id")), attempts)


async def note_pickup_done(tx: Tx, events: list[PickupDone]) -> None:
    """A pick-up is over for the day on which it was weighed."""
    await keep(tx, events)
    given = _by_id(events, "pickup_id")
    await store.finish(
        tx, _pickups(given), [event.done_at for event in given], [event.deposit_id for event in given]
    )


async def note_pickup_cancelled(tx: Tx, events: list[PickupCancelled]) -> None:
    """A pick-up was given up, by whom the event says; one that was done nevertheless counts as done."""
    await keep(tx, events)
    given = _by_id(events, "pickup_id")
    await store.cancel(
        tx, _pickups(given), [event.cancelled_at for event in given], [event.why for event in given]
    )


def note_dispute_opened(about: str) -> Callable[[Tx, list[Any]], Awaitable[None]]:
    """A workflow for disputes about a `deposit` or a `redemption`: each is open from when it was opened."""

    async def note(tx: Tx, events: list[Any]) -> None:
        await keep(tx, events)
        given = _by_id(events, "dispute_id")
        await store.open_disputes(
            tx,
            _disputes(about, given),
            [event.assisted for event in given],
            [event.complaint for event in given],
        )

    return note


def note_dispute_answered(about: str) -> Callable[[Tx, list[Any]], Awaitable[None]]:
    """The same for their answers: late if it came after the day that was promised."""

    async def note(tx: Tx, events: list[Any]) -> None:
        await keep(tx, events)
        given = _by_id(events, "dispute_id")
        await store.answer_disputes(
            tx,
            _disputes(about, given),
            [event.answered_at for event in given],
            [event.outcome for event in given],
        )

    return note


async def note_bags(tx: Tx, events: list[BagsReceived]) -> None:
    """Bags that are weighed later; of one that is named twice the first stands."""
    await keep(tx, events)
    bags = {
        bag_id: store.Bag(
            bag_id, event.member_id, event.waste_bank_id, event.subdistrict_code, event.received_at
        )
        for event in events
        for bag_id in event.bag_ids
    }
    await store.receive_bags(tx, list(bags.values()))


async def note_bag_weighed(tx: Tx, events: list[BagWeighed]) -> None:
    """A bag waits no longer."""
    await keep(tx, events)
    await _turn(tx, [(event, event.weighed_at) for event in events])


async def note_bag_reopened(tx: Tx, events: list[BagReopened]) -> None:
    """A bag waits again, since it came in."""
    await keep(tx, events)
    await _turn(tx, [(event, None) for event in events])


async def _turn(tx: Tx, turns: Sequence[tuple[BagWeighed | BagReopened, datetime | None]]) -> None:
    last = {
        event.bag_id: store.BagTurn(*_bag(event), event.turn, weighed_at)
        for event, weighed_at in sorted(turns, key=lambda each: each[0].turn)
    }
    await store.turn_bags(tx, [turn for _, turn in sorted(last.items())])


async def note_bag_discarded(tx: Tx, events: list[BagDiscarded]) -> None:
    """A bag will not be weighed."""
    await keep(tx, events)
    given = _by_id(events, "bag_id")
    await store.discard_bags(
        tx, [store.Bag(*_bag(event)) for event in given], [event.discarded_at for event in given]
    )


def _bag(event: BagWeighed | BagReopened | BagDiscarded) -> tuple[UUID, UUID, str, str, datetime]:
    return event.bag_id, event.member_id, event.waste_bank_id, event.subdistrict_code, event.received_at


async def count_sold(tx: Tx, events: list[WasteSold]) -> None:
    """Kilograms and rupiah count for the WIB day of the sale."""
    await keep(tx, events)
    given = _by_id(events, "lot_id")
    lots = [
        store.Lot(
            event.lot_id,
            event.waste_bank_id,
            event.subdistrict_code,
            wib.day(event.sold_at),
            event.amount_rupiah,
        )
        for event in given
    ]
    lines = [
        store.LotLine(
            event.lot_id, number, line.item_code, line.waste_class, line.weight_grams, line.amount_rupiah
        )
        for event in given
        for number, line in enumerate(event.lines)
    ]
    await store.sell(tx, lots, lines)


async def count_sale_voided(tx: Tx, events: list[WasteSaleVoided]) -> None:
    """A lot that was written down wrongly counts no longer."""
    await keep(tx, events)
    await store.void_sales(tx, [event.lot_id for event in _by_id(events, "lot_id")])


async def count_closed(tx: Tx, events: list[DayClosed]) -> None:
    """What was missing when a day was counted belongs to that day."""
    await keep(tx, events)
    given = _by_id(events, "closing_id")
    closings = [
        store.Closing(
            event.closing_id,
            event.waste_bank_id,
            event.subdistrict_code,
            event.day_on,
            event.closed_at,
            event.cash_booked_rupiah,
            event.cash_counted_rupiah,
            event.replaces_closing_id,
        )
        for event in given
    ]
    classes = [
        store.ClosingClass(event.closing_id, each.waste_class, each.booked_grams, each.counted_grams)
        for event in given
        for each in event.classes
    ]
    await store.close(tx, closings, classes)


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


def _by_id(events: Iterable[Any], name: str) -> list[Any]:
    # In one order everywhere, so that two batches never wait for each other in a ring.
    return [event for _, event in sorted(once(events, name).items())]


def _pickups(events: Sequence[Any]) -> list[store.Place]:
    return [
        store.Place(event.pickup_id, event.waste_bank_id, event.subdistrict_code, event.requested_at)
        for event in events
    ]


def _disputes(about: str, events: Sequence[Any]) -> list[store.Dispute]:
    return [
        store.Dispute(
            event.dispute_id,
            about,
            event.waste_bank_id,
            event.subdistrict_code,
            event.opened_at,
            event.due_at,
        )
        for event in events
    ]
