"""A webhook is a hint: it makes the courier ask, and moves nothing by itself."""

from datetime import datetime

import structlog

from services.payout.domain.answers import may_confirm
from services.payout.domain.polling import PollPlan, may_still_ask
from services.payout.domain.redemption import State
from services.payout.models import Hint as HintRow
from services.payout.models import Redemption
from services.payout.providers.base import Biller, Hint
from services.payout.store import redemptions
from services.payout.workflows import metrics
from services.payout.workflows.delivering import case_of
from shared.kernel.clock import Clock
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

log = structlog.get_logger()

_KNOWN = {
    "sukses": frozenset({State.SUCCEEDED, State.SETTLED, State.LATE_SUCCESS}),
    "gagal": frozenset({State.FAILED, State.RELEASED, State.REVERSED}),
}


class Hinting:
    """Hears one biller's webhooks."""

    def __init__(self, biller: Biller, clock: Clock, plan: PollPlan, sealer: Sealer) -> None:
        self._biller = biller
        self._clock = clock
        self._plan = plan
        self._sealer = sealer

    def read(self, body: bytes, signature: str | None) -> Hint | None:
        """What a webhook claims, if its signature over the raw body is right."""
        hint = self._biller.read_webhook(body, signature)
        if hint is None:
            metrics.WEBHOOKS.labels(self._biller.name, "refused").inc()
            log.warning("webhook_refused", provider=self._biller.name)
        return hint

    async def note(self, tx: Tx, hint: Hint) -> str:
        """Have the courier look into a claim, if it is new and asking is safe; returns what became of it."""
        outcome = await self._note(tx, hint)
        metrics.WEBHOOKS.labels(self._biller.name, outcome).inc()
        return outcome

    async def _note(self, tx: Tx, hint: Hint) -> str:
        provider, now = self._biller.name, self._clock.now()
        attempt = await redemptions.attempt_by_reference(tx, provider, hint.reference)
        if attempt is None:
            log.warning("webhook_for_unknown_reference", provider=provider)
            return "unknown_reference"
        row = HintRow(
            provider=provider,
            reference=hint.reference,
            status=hint.status[:20],
            code=hint.code[:10],
            serial_fingerprint=self._sealer.blind_index(hint.serial),
            heard_at=now,
        )
        if not await redemptions.note_hint(tx, row):
            return "repeated"
        redemption = await redemptions.lock_redemption(tx, attempt.redemption_id)
        if redemption is None or redemption.attempt_no != attempt.attempt_no:
            return "old_attempt"
        outcome = _look_into(redemption, hint, now, self._plan)
        await redemptions.save_redemption(tx, redemption)
        return outcome


def _look_into(redemption: Redemption, hint: Hint, now: datetime, plan: PollPlan) -> str:
    state = State(redemption.state)
    if state in _KNOWN.get(hint.status.lower(), frozenset()):
        return "known"
    if redemption.target_sealed is None:
        return "not_askable"  # its member left
    if not may_confirm(case_of(redemption)) or not may_still_ask(redemption.first_asked_at, now):
        return "not_askable"
    redemption.hinted_at = now
    soonest = plan.soonest(redemption.last_asked_at, now)
    redemption.next_ask_at = (
        soonest if redemption.next_ask_at is None else min(redemption.next_ask_at, soonest)
    )
    return "asked"
