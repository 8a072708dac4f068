"""How one redemption goes from state to state: the move, its line in the timeline, and what wallet is told."""

from datetime import datetime
from uuid import UUID

import structlog

from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import ENDED, State, check_move
from services.payout.models import Redemption, Step
from services.payout.store import redemptions as store
from services.payout.workflows import metrics
from shared.contracts import (
    Event,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionReversed,
)
from shared.kernel.ids import derived_uuid
from shared.runtime.database import Tx
from shared.runtime.outbox import say

log = structlog.get_logger()


class Course:
    """Changes to one locked redemption, kept together until `save`."""

    def __init__(self, redemption: Redemption, now: datetime) -> None:
        self.redemption = redemption
        self.now = now
        self.steps: list[Step] = []
        self.events: list[Event] = []

    @property
    def state(self) -> State:
        """Where the redemption stands."""
        return State(self.redemption.state)

    def go(
        self,
        state: State,
        reason: Reason | None = None,
        *,
        code: str | None = None,
        decided_by: UUID | None = None,
        note: str | None = None,
        listed: bool = True,
    ) -> None:
        """Take a legal move, tell wallet what follows from it, and go on if wallet has already answered.

        One that is not `listed` leaves no line in the timeline, because the line before says the same.
        """
        check_move(self.state, state)
        redemption = self.redemption
        redemption.state, redemption.reason, redemption.changed_at = state, reason, self.now
        redemption.watches = 0
        if listed:
            self.steps.append(
                Step(
                    redemption_id=redemption.redemption_id,
                    at=self.now,
                    state=state,
                    reason=reason,
                    code=code,
                    decided_by=decided_by,
                    note=note,
                )
            )
        metrics.MOVES.labels(state).inc()
        self._tell(state, reason)
        if state is State.SUCCEEDED and redemption.settled_at is not None:
            self.go(State.SETTLED)
        elif state is State.FAILED and redemption.released_at is not None:
            self.go(State.RELEASED, reason)

    @property
    def cost_rupiah(self) -> int:
        """What leaves the float, as far as it is known."""
        redemption = self.redemption
        return redemption.quoted_cost_rupiah if redemption.cost_rupiah is None else redemption.cost_rupiah

    def alarm(self, reason: Reason) -> None:
        """Have a person look: counted, and logged by id."""
        metrics.ALARMS.labels(reason).inc()
        log.error(
            "redemption_alarm",
            redemption_id=str(self.redemption.redemption_id),
            state=self.redemption.state,
            reason=reason,
        )

    async def save(self, tx: Tx) -> None:
        """Write it all. Once a redemption of somebody who left has ended, what it says about them goes."""
        if self.redemption.erased_at is not None and self.state in ENDED:
            forget_person(self.redemption)
        await store.save_redemption(tx, self.redemption)
        if self.steps:
            await store.add_steps(tx, self.steps)
        if self.events:
            await say(tx, self.events)

    def _tell(self, state: State, reason: Reason | None) -> None:
        redemption = self.redemption
        if state is State.SUCCEEDED and redemption.delivered_at is None:
            redemption.delivered_at = self.now
            seconds = (self.now - redemption.requested_at).total_seconds()
            metrics.DELIVERY_SECONDS.labels(redemption.product_kind).observe(seconds)
            self.events.append(RedemptionDelivered(**self._facts("delivered"), **self._paid()))
        elif state is State.LATE_SUCCESS and redemption.delivered_at is None:
            redemption.delivered_at = self.now
            self.events.append(RedemptionDeliveredLate(**self._facts("delivered late"), **self._paid()))
        elif state is State.REVERSED and redemption.reversed_at is None:
            redemption.reversed_at = self.now
            reversal = reason or Reason.BILLER_REFUNDED
            self.events.append(RedemptionReversed(**self._facts("reversed"), **self._paid(), reason=reversal))
        elif state is State.FAILED and redemption.failed_at is None:
            redemption.failed_at = self.now
            why = "cancelled" if reason is Reason.CANCELLED_BY_MEMBER else "failed"
            failure = reason or Reason.BILLER_FAILED
            self.events.append(RedemptionFailed(**self._facts("failed"), why=why, reason=failure))

    def _facts(self, what: str) -> dict[str, object]:
        """What every event about the redemption carries; its id depends on what it says, so that it is said once."""
        redemption = self.redemption
        return {
            "event_id": derived_uuid(redemption.redemption_id, what),
            "recorded_at": self.now,
            "member_id": redemption.member_id,
            "redemption_id": redemption.redemption_id,
            "subdistrict_code": redemption.subdistrict_code,
            "product_code": redemption.product_code,
            "product_kind": redemption.product_kind,
            "amount_rupiah": redemption.amount_rupiah,
            "requested_at": redemption.requested_at,
        }

    def _paid(self) -> dict[str, object]:
        redemption, cost = self.redemption, self.cost_rupiah
        return {
            "provider": redemption.provider,
            "cost_rupiah": cost,
            "fee_rupiah": redemption.amount_rupiah - cost,
            "delivered_at": redemption.delivered_at or self.now,
        }


def forget_person(redemption: Redemption) -> None:
    """Drop what tells whose it was; without the number no biller can be asked about it any more."""
    redemption.target_sealed = redemption.target_fingerprint = None
    redemption.owner_sealed = redemption.serial_sealed = None
    redemption.next_ask_at = None
