"""Redemptions: asked for, delivered and how long it took, and what the ledger did about them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.adoption.store import redemptions as store
from services.adoption.workflows.keeping import distinct, keep, refuse_changed
from shared.contracts import (
    CreditReleased,
    FloatChanged,
    PriceExceptionApproved,
    PriceListPublished,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
)
from shared.runtime.database import Tx


async def note_requested(tx: Tx, events: list[RedemptionRequested]) -> None:
    """A redemption is open from when it was asked for."""
    await keep(tx, events)
    await _ask(tx, events, failed=False)


async def note_failed(tx: Tx, events: list[RedemptionFailed]) -> None:
    """A redemption ended without a product."""
    await keep(tx, events)
    await _ask(tx, events, failed=True)


async def count_delivered(tx: Tx, events: list[RedemptionDelivered]) -> None:
    """A product counts for the day of its delivery, and the credit for it as redeemed."""
    await _pay(tx, events, late=False, taken_back=False)


async def count_delivered_late(tx: Tx, events: list[RedemptionDeliveredLate]) -> None:
    """A product that came after the credit was back counts as delivered, but no credit was redeemed for it."""
    await _pay(tx, events, late=True, taken_back=False)


async def count_reversed(tx: Tx, events: list[RedemptionReversed]) -> None:
    """A product that the biller took back counts no longer."""
    await _pay(tx, events, late=False, taken_back=True)


def note_credit(column: str) -> Callable[[Tx, list[Any]], Awaitable[None]]:
    """A workflow that notes what wallet did for a redemption: `held`, `refused` or `settled`."""

    async def note(tx: Tx, events: list[Any]) -> None:
        await keep(tx, events)
        await _note_credit(tx, column, events, dict.fromkeys((event.redemption_id for event in events), True))

    return note


async def note_released(tx: Tx, events: list[CreditReleased]) -> None:
    """The amount is back; of several reasons a reversal is the later one."""
    await keep(tx, events)
    later_first = sorted(events, key=lambda event: event.why != "reversed")
    why = {event.redemption_id: event.why for event in reversed(later_first)}
    await _note_credit(tx, "released", events, why)


async def note_float(tx: Tx, events: list[FloatChanged]) -> None:
    """Money for a biller moved."""
    await keep(tx, events)
    changes = distinct(
        (store.FloatChange(event.change_id, event.provider, event.amount_rupiah) for event in events),
        "the float change",
    )
    refuse_changed(await store.change_float(tx, changes), changes, "the float change")


async def keep_only(tx: Tx, events: list[PriceListPublished] | list[PriceExceptionApproved]) -> None:
    """A fact that no figure needs yet."""
    await keep(tx, events)


async def _ask(tx: Tx, events: Sequence[RedemptionRequested | RedemptionFailed], *, failed: bool) -> None:
    asked = distinct(map(_asked, events), "redemption")
    refuse_changed(await store.ask(tx, asked, failed=failed), asked, "redemption")


async def _pay(
    tx: Tx,
    events: Sequence[RedemptionDelivered | RedemptionDeliveredLate | RedemptionReversed],
    *,
    late: bool,
    taken_back: bool,
) -> None:
    await keep(tx, events)
    given = distinct(
        (
            (
                event.redemption_id,
                _asked(event),
                store.Paid(event.delivered_at, event.provider, event.cost_rupiah),
            )
            for event in events
        ),
        "redemption",
    )
    asked, paid = [each[1] for each in given], [each[2] for each in given]
    refuse_changed(await store.pay(tx, asked, paid, late=late, taken_back=taken_back), asked, "redemption")


async def _note_credit(tx: Tx, column: str, events: Sequence[Any], values: Mapping[UUID, Any]) -> None:
    credits_of = distinct(
        (
            (event.redemption_id, event.subdistrict_code, event.amount_rupiah, event.member_id)
            for event in events
        ),
        "the credit for redemption",
    )
    written = await store.note_credit(tx, column, credits_of, [values[each[0]] for each in credits_of])
    refuse_changed(written, credits_of, "the credit for redemption")


def _asked(event: Any) -> store.Asked:
    return store.Asked(
        event.redemption_id,
        event.subdistrict_code,
        event.amount_rupiah,
        event.member_id,
        event.product_kind,
        event.requested_at,
    )
