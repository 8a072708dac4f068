"""What staff decide: how a redemption ends that no machine could judge, and what was put into the float."""

from typing import Literal
from uuid import UUID

from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import State
from services.payout.domain.references import reference_of
from services.payout.domain.refusals import Refusal
from services.payout.models import FloatChange, Redemption
from services.payout.store import offers, redemptions
from services.payout.store.sealing import Sealer
from services.payout.workflows.course import Course
from services.payout.workflows.delivering import sealed_serial
from services.payout.workflows.quoting import Refused, refused
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.views import (
    FloatChangeView,
    FloatView,
    RedemptionView,
    ReviewItem,
    redemption_view,
)
from shared.contracts import FloatChanged
from shared.kernel.clock import Clock
from shared.kernel.ids import derived_uuid, uuid7
from shared.runtime.database import Tx
from shared.runtime.outbox import say

Decision = Literal["delivered", "failed", "ask_again"]
FloatKind = Literal["top_up", "refund", "adjustment"]
REVIEWS = 100


class Staffing:
    """Decisions of people, each with who and why."""

    def __init__(self, shelf: Shelf, sealer: Sealer, clock: Clock, providers: frozenset[str]) -> None:
        self._shelf = shelf
        self._sealer = sealer
        self._clock = clock
        self._providers = providers

    async def list_reviews(self, tx: Tx, *, english: bool) -> list[ReviewItem]:
        """What waits for a person, longest first."""
        found = await redemptions.page_in_review(tx, REVIEWS)
        steps = await redemptions.steps_of(tx, [redemption.redemption_id for redemption in found])
        return [
            ReviewItem(
                redemption_id=r.redemption_id,
                member_id=r.member_id,
                provider=r.provider,
                reference=reference_of(r.redemption_id, r.attempt_no) if r.attempt_no else None,
                last_code=r.last_code,
                created=r.created,
                asks=r.asks,
                redemption=redemption_view(
                    r, steps[r.redemption_id], self._shelf.products, english=english, sealer=None
                ),
            )
            for r in found
        ]

    async def decide_review(
        self,
        tx: Tx,
        redemption_id: UUID,
        decision: Decision,
        *,
        decided_by: UUID,
        note: str,
        serial: str | None,
        english: bool,
    ) -> RedemptionView | Refused:
        """End a review, or have the biller asked once more. What wallet was already told is never told again."""
        redemption = await redemptions.lock_redemption(tx, redemption_id)
        if redemption is None:
            return refused(Refusal.UNKNOWN_REDEMPTION)
        if redemption.state != State.REVIEW:
            return refused(Refusal.NOT_IN_REVIEW)
        target = _decided(redemption, decision)
        if target is None:
            return refused(Refusal.DECISION_IMPOSSIBLE)
        course = Course(redemption, self._clock.now())
        if serial and decision == "delivered":
            redemption.serial_sealed = self._sealer.seal(serial, sealed_serial(redemption))
        if target is State.UNKNOWN:
            # A person's question begins a new day of asking.
            redemption.first_asked_at = redemption.next_ask_at = course.now
        course.go(target, Reason.DECIDED_BY_STAFF, decided_by=decided_by, note=note)
        await course.save(tx)
        steps = await redemptions.steps_of(tx, [redemption_id])
        return redemption_view(
            redemption, steps[redemption_id], self._shelf.products, english=english, sealer=None
        )

    async def record_float_change(
        self,
        tx: Tx,
        provider: str,
        kind: FloatKind,
        amount_rupiah: int,
        *,
        reason: str,
        decided_by: UUID,
        key: str,
    ) -> FloatChangeView | Refused:
        """Note money put into or taken out of the float, once for each key, and try what waited for it."""
        if provider not in self._providers:
            return refused(Refusal.UNKNOWN_PROVIDER)
        now = self._clock.now()
        change = FloatChange(
            change_id=uuid7(),
            provider=provider,
            kind=kind,
            amount_rupiah=amount_rupiah,
            reason=reason,
            decided_by=decided_by,
            idempotency_key=key,
            recorded_at=now,
        )
        if not await offers.insert_float_change(tx, change):
            known = await offers.float_change_of(tx, decided_by, key)
            if known is None or (known.provider, known.kind, known.amount_rupiah) != (
                provider,
                kind,
                amount_rupiah,
            ):
                return refused(Refusal.KEY_USED_FOR_ANOTHER)
            return _change_view(known)
        await redemptions.wake_waiting_for_funds(tx, provider, now)
        await offers.read_again_at(tx, provider, now)
        await say(tx, [_float_changed(change)])
        return _change_view(change)

    async def read_floats(self, tx: Tx) -> list[FloatView]:
        """What the billers last said that we have left."""
        return [
            FloatView(provider=f.provider, balance_rupiah=f.balance_rupiah, read_at=f.read_at)
            for f in await offers.balances(tx)
        ]


def _decided(redemption: Redemption, decision: Decision) -> State | None:
    """The state that a decision leads to, given what wallet was told and has done; None if it cannot be."""
    given_back = any((redemption.failed_at, redemption.released_at, redemption.reversed_at))
    delivered = redemption.delivered_at is not None
    if decision == "delivered":
        return State.LATE_SUCCESS if given_back else State.SUCCEEDED
    if decision == "failed":
        return State.REVERSED if delivered and not given_back else State.FAILED
    never_held = redemption.held_at is None or redemption.refused_at is not None
    return None if delivered or given_back or never_held else State.UNKNOWN


def _float_changed(change: FloatChange) -> FloatChanged:
    return FloatChanged(
        event_id=derived_uuid(change.change_id, "changed"),
        recorded_at=change.recorded_at,
        change_id=change.change_id,
        provider=change.provider,
        kind=change.kind,
        amount_rupiah=change.amount_rupiah,
        decided_by=change.decided_by,
        reason=change.reason,
    )


def _change_view(change: FloatChange) -> FloatChangeView:
    return FloatChangeView(
        change_id=change.change_id,
        provider=change.provider,
        kind=change.kind,
        amount_rupiah=change.amount_rupiah,
        reason=change.reason,
        recorded_at=change.recorded_at,
    )
