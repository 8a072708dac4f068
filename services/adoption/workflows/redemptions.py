"""Redemptions: asked for, delivered and how long it took, and what the ledger did about them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from services.adoption.store import redemptions as store
from services.adoption.workflows.keeping import keep, once
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
    await store.ask(tx, _asked(events), failed=False)


async def note_failed(tx: Tx, events: list[RedemptionFailed]) -> None:
    """A redemption ended without a product."""
    await keep(tx, events)
    await store.ask(tx, _asked(events), failed=True)


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
        given = _by_id(events)
        await store.note_credit(tx, column, [_credit(event) for event in given], [True] * len(given))

    return note


async def note_released(tx: Tx, events: list[CreditReleased]) -> None:
    """The amount is back; of several reasons a reversal is the later one."""
    await keep(tx, events)
    given = _by_id(sorted(events, key=lambda event: event.why != "reversed"))
    await store.note_credit(
        tx, "released", [_credit(event) for event in given], [event.why for event in given]
    )


async def note_float(tx: Tx, events: list[FloatChanged]) -> None:
    """Money for a biller moved."""
    await keep(tx, events)
    await store.change_float(
        tx,
        [event.change_id for event in events],
        [event.provider for event in events],
        [event.amount_rupiah for event in events],
    )


async def keep_only(tx: Tx, events: list[PriceListPublished] | list[PriceExceptionApproved]) -> None:
    """A fact that no figure needs yet."""
    await keep(tx, events)


async def _pay(
    tx: Tx,
    events: Sequence[RedemptionDelivered | RedemptionDeliveredLate | RedemptionReversed],
    *,
    late: bool,
    taken_back: bool,
) -> None:
    await keep(tx, events)
    given = _by_id(events)
    paid = [store.Paid(event.delivered_at, event.provider, event.cost_rupiah) for event in given]
    await store.pay(tx, _asked(given), paid, late=late, taken_back=taken_back)


def _by_id(events: Sequence[Any]) -> list[Any]:
    # In one order everywhere, so that two batches never wait for each other in a ring.
    return [event for _, event in sorted(once(events, "redemption_id").items())]


def _asked(events: Sequence[Any]) -> list[store.Asked]:
    return [
        store.Asked(
            event.redemption_id,
            event.subdistrict_code,
            event.amount_rupiah,
            event.member_id,
            event.product_kind,
            event.requested_at,
        )
        for event in _by_id(events)
    ]


def _credit(event: Any) -> tuple[Any, str, int, Any]:
    return event.redemption_id, event.subdistrict_code, event.amount_rupiah, event.member_id
