"""Deposits, their weights and their credit, counted for the WIB day on which they were weighed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.adoption.domain.weights import grams_by_class
from services.adoption.store import deposits as store
from services.adoption.workflows.keeping import keep, keep_new, once
from shared.contracts import (
    CreditPosted,
    CreditReversed,
    DepositFlagged,
    DepositQuarantined,
    DepositQuarantinedV2,
    DepositRecorded,
    DepositRejected,
    DepositValued,
    DepositVoided,
    Event,
    ValuationReversed,
)
from shared.kernel import wib
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError

Counted = (
    DepositRecorded
    | DepositVoided
    | DepositRejected
    | DepositValued
    | ValuationReversed
    | CreditPosted
    | CreditReversed
)


async def count_recorded(tx: Tx, events: list[DepositRecorded]) -> None:
    """A deposit counts from when it is recorded, for the day of weighing, however late it was sent."""
    given = once(events, "deposit_id")
    new = await store.record(tx, _place(given), [event.member_id for event in given.values()])
    await _refuse_changed(tx, "deposit", events, given, new)
    await keep_new(tx, events, given, new)
    await store.see_tablets(tx, _tablets(events))


async def count_voided(tx: Tx, events: list[DepositVoided]) -> None:
    """A voided deposit counts no longer; the day it belongs to goes down."""
    await keep(tx, events)
    await _void(tx, events)


async def count_rejected(tx: Tx, events: list[DepositRejected]) -> None:
    """A deposit that a second person turned down does not wait any more, and never counts."""
    await keep(tx, events)
    await _void(tx, events)


async def note_quarantined(tx: Tx, events: list[DepositQuarantined] | list[DepositQuarantinedV2]) -> None:
    """A deposit that was set aside waits for a person.

    It may be set aside again, for another reason, so that a second such fact is no contradiction.
    """
    await keep(tx, events)
    await _wait(tx, "quarantined", events)


async def note_flagged(tx: Tx, events: list[DepositFlagged]) -> None:
    """A deposit out of the ordinary waits for a person."""
    await keep(tx, events)
    await _wait(tx, "flagged", events)


async def count_valued(tx: Tx, events: list[DepositValued]) -> None:
    """Weights count by class once the deposit is valued."""
    given = once(events, "deposit_id")
    grams = [_grams(event) for event in given.values()]
    new = await store.value(tx, _place(given), list(zip(*grams, strict=True)))
    await _refuse_changed(tx, "valuation", events, given, new)
    await keep_new(tx, events, given, new)


async def count_value_reversed(tx: Tx, events: list[ValuationReversed]) -> None:
    """The weights of a voided deposit leave the day they belong to."""
    await keep(tx, events)
    given = once(events, "deposit_id")
    new = await store.reverse_value(tx, _place(given))
    await _refuse_changed(tx, "valuation", events, given, new)


async def count_credited(tx: Tx, events: list[CreditPosted]) -> None:
    """Rupiah count for the day of weighing, not of posting."""
    given = once(events, "deposit_id")
    new = await store.credit(tx, _place(given), [event.amount_rupiah for event in given.values()])
    await _refuse_changed(tx, "credit", events, given, new)
    await keep_new(tx, events, given, new)


async def count_credit_reversed(tx: Tx, events: list[CreditReversed]) -> None:
    """Rupiah that were taken back leave the day they belong to."""
    await keep(tx, events)
    given = once(events, "deposit_id")
    new = await store.reverse_credit(tx, _place(given), [event.amount_rupiah for event in given.values()])
    await _refuse_changed(tx, "credit", events, given, new)


async def _void(tx: Tx, events: list[DepositVoided] | list[DepositRejected]) -> None:
    given = once(events, "deposit_id")
    new = await store.void(tx, _place(given), [event.member_id for event in given.values()])
    await _refuse_changed(tx, "deposit", events, given, new)


async def _refuse_changed(
    tx: Tx,
    table: store.Table,
    events: Sequence[Counted],
    given: Mapping[UUID, Event],
    new: list[UUID] | None,
) -> None:
    """Raise UnacceptableEventError if an event gives other figures than what is known of its deposit.

    `given` has each deposit of the batch once, `new` those of which this became known only now, None for all.
    """
    if new is None and len(given) == len(events):
        return
    known = {} if new is None else await store.figures(tx, table, list(given.keys() - set(new)))
    for event in events:
        figures = _figures(event)
        # What cancels a fact knows less of it, and that comes first.
        if known.setdefault(event.deposit_id, figures)[: len(figures)] != figures:
            raise UnacceptableEventError(
                f"{type(event).__name__} of {event.deposit_id}: it was heard before with other figures"
            )


def _figures(event: Counted) -> store.Figures:
    """In the order in which the store has them."""
    place = wib.day(event.weighed_at), event.subdistrict_code
    if isinstance(event, DepositValued):
        return (*place, *_grams(event))
    if isinstance(event, CreditPosted | CreditReversed):
        return (*place, event.amount_rupiah)
    return place if isinstance(event, ValuationReversed) else (*place, event.member_id)


def _grams(event: DepositValued) -> list[int | None]:
    return grams_by_class((line.waste_class, line.reporting_grams) for line in event.lines)


async def _wait(
    tx: Tx, reason: str, events: Sequence[DepositQuarantined | DepositQuarantinedV2 | DepositFlagged]
) -> None:
    # Of several about one deposit: it waits since the first, and the last knows best where it belongs.
    in_order = sorted(events, key=lambda event: event.recorded_at)
    first, last = once(in_order, "deposit_id"), once(reversed(in_order), "deposit_id")
    waiting = [
        store.Waiting(
            deposit_id,
            last[deposit_id].subdistrict_code,
            first[deposit_id].recorded_at,
            last[deposit_id].recorded_at,
        )
        for deposit_id in sorted(first)
    ]
    await store.wait_for_person(tx, reason, waiting)


def _place(given: Mapping[UUID, Any]) -> store.Place:
    events = given.values()
    return store.Place(
        list(given),
        [wib.day(event.weighed_at) for event in events],
        [event.subdistrict_code for event in events],
    )


def _tablets(events: Iterable[DepositRecorded]) -> list[store.Seen]:
    last: dict[UUID, tuple[DepositRecorded, datetime]] = {}
    for event in events:
        known = last.get(event.tablet_id)
        if known is None or event.recorded_at > known[0].recorded_at:
            last[event.tablet_id] = (
                event,
                event.weighed_at if known is None else max(event.weighed_at, known[1]),
            )
        elif event.weighed_at > known[1]:
            last[event.tablet_id] = known[0], event.weighed_at
    return [
        store.Seen(tablet_id, event.waste_bank_id, event.subdistrict_code, weighed_at, event.recorded_at)
        for tablet_id, (event, weighed_at) in last.items()
    ]
