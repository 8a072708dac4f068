"""A webhook is a hint: it makes the courier ask, and moves no money by itself.

Where asking would buy, or nobody can be asked because the number of somebody who left is forgotten, what a webhook
says against how the redemption ended goes to a person, who finds the sale in the biller's own book by our reference.
"""

from datetime import datetime

import structlog

from services.payout.domain.answers import may_confirm
from services.payout.domain.polling import PollPlan, may_still_ask
from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import State
from services.payout.models import Hint as HintRow
from services.payout.models import Redemption
from services.payout.providers.base import Biller, Hint
from services.payout.store import redemptions
from services.payout.workflows import metrics
from services.payout.workflows.course import Course
from services.payout.workflows.delivering import case_of
from shared.kernel.clock import Clock
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

log = structlog.get_logger()

_CONTRADICTED = {
    # What waits for funds was refused for want of them, and its member may take it back at any moment.
    "sukses": frozenset({State.WAITING_FOR_FUNDS, State.FAILED, State.RELEASED, State.REVERSED}),
    "gagal": frozenset({State.SUCCEEDED, State.SETTLED, State.LATE_SUCCESS}),
}
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
        redemption = await redemptions.lock_redemption(tx, attempt.redemption_id)
        forgotten = redemption is not None and redemption.erased_at is not None
        row = HintRow(
            provider=provider,
            reference=hint.reference,
            status=hint.status[:20],
            code=hint.code[:10],
            # Nothing is kept that was made from what belongs to somebody who left.
            serial_fingerprint=self._sealer.blind_index("" if forgotten else hint.serial),
            heard_at=now,
        )
        if not await redemptions.note_hint(tx, row):
            return "repeated"
        if redemption is None:
            return "old_attempt"
        if redemption.attempt_no != attempt.attempt_no:
            return await _tell_of_a_second_sale(tx, redemption, hint, now)
        outcome = _look_into(redemption, hint, attempt.begun_at, now, self._plan)
        if outcome == "not_askable":
            return await _tell_a_person(tx, redemption, hint, now)
        await redemptions.save_redemption(tx, redemption)
        return outcome


async def _tell_of_a_second_sale(tx: Tx, redemption: Redemption, hint: Hint, now: datetime) -> str:
    """An attempt that was declared dead sold after all: a person finds out whether the next one did too.

    Nobody asks under the old reference, for asking may buy; and while a person looks, the next one buys nothing either.
    """
    if hint.status.lower() != "sukses" or redemption.state == State.REVIEW:
        return "old_attempt"
    course = Course(redemption, now)
    course.go(State.REVIEW, Reason.CONTRADICTION, code=hint.code[:10] or None)
    course.alarm(Reason.CONTRADICTION)
    redemption.next_ask_at = None
    await course.save(tx)
    return "review"


async def _tell_a_person(tx: Tx, redemption: Redemption, hint: Hint, now: datetime) -> str:
    """Nobody can be asked: if it ended otherwise, it goes to review, with what the biller says that it took."""
    status = hint.status.lower()
    if State(redemption.state) not in _CONTRADICTED.get(status, frozenset()):
        return "not_askable"
    course = Course(redemption, now)
    if status == "sukses":
        redemption.cost_rupiah = hint.price_rupiah or redemption.cost_rupiah
    redemption.next_ask_at = None
    course.go(State.REVIEW, Reason.CONTRADICTION, code=hint.code[:10] or None)
    course.alarm(Reason.CONTRADICTION)
    await course.save(tx)
    return "review"


def _look_into(redemption: Redemption, hint: Hint, begun_at: datetime, now: datetime, plan: PollPlan) -> str:
    """`begun_at`: since when the biller may know the reference; a person's question makes nobody remember longer."""
    state = State(redemption.state)
    if state in _KNOWN.get(hint.status.lower(), frozenset()):
        return "known"
    askable = redemption.target_sealed is not None and may_confirm(case_of(redemption))
    if not askable or not may_still_ask(begun_at, now):
        return "not_askable"
    redemption.hinted_at = now
    soonest = plan.soonest(redemption.last_asked_at, now)
    redemption.next_ask_at = (
        soonest if redemption.next_ask_at is None else min(redemption.next_ask_at, soonest)
    )
    return "asked"
