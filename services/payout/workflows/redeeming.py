"""A member turns a quote into a redemption, once for each key, and may take it back while it waits for funds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import State
from services.payout.domain.refusals import Refusal
from services.payout.models import Quote, Redemption, Step
from services.payout.store import quotes, redemptions
from services.payout.store.sealing import Sealer
from services.payout.workflows.course import Course
from services.payout.workflows.quoting import Refused, refused
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.views import RedemptionPage, RedemptionView, redemption_view
from shared.contracts import RedemptionRequested
from shared.kernel import wib
from shared.kernel.clock import Clock
from shared.kernel.ids import derived_uuid, uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.outbox import say

PAGE = 20


class Redeeming:
    """What a member may do with redemptions."""

    def __init__(
        self,
        shelf: Shelf,
        sealer: Sealer,
        clock: Clock,
        rollout: Callable[[], Rollout],
        *,
        repeat_after: timedelta,
    ) -> None:
        self._shelf = shelf
        self._sealer = sealer
        self._clock = clock
        self._rollout = rollout
        self._repeat_after = repeat_after

    async def request_redemption(
        self, tx: Tx, member_id: UUID, key: str, quote_id: UUID, *, repeat_confirmed: bool, english: bool
    ) -> RedemptionView | Refused:
        """Redeem a quote. The same key answers with the same redemption, or refuses if it is for another quote."""
        # One request of a member at a time: a double tap waits here and then finds the first one's redemption.
        await redemptions.lock_member(tx, member_id)
        known = await redemptions.redemption_by_key(tx, member_id, key)
        if known is not None and known.quote_id != quote_id:
            return refused(Refusal.KEY_USED_FOR_ANOTHER)
        if known is None:
            made = await self._make(tx, member_id, key, quote_id, repeat_confirmed=repeat_confirmed)
            if isinstance(made, Refused):
                return made
            known = made
        return await self._shown(tx, known, english=english)

    async def _make(
        self, tx: Tx, member_id: UUID, key: str, quote_id: UUID, *, repeat_confirmed: bool
    ) -> Redemption | Refused:
        now = self._clock.now()
        quote = await quotes.quote_of(tx, quote_id, member_id)
        if quote is None:
            return refused(Refusal.UNKNOWN_QUOTE)
        if now >= quote.expires_at:
            return refused(Refusal.QUOTE_EXPIRED)
        cap = self._rollout().caps_for(quote.subdistrict_code).redemption_rupiah_a_day
        left = cap - await redemptions.spent_today(tx, member_id, wib.start_of_day(wib.day(now)))
        if quote.amount_rupiah > left:
            return refused(Refusal.OVER_DAILY_CAP, cap_rupiah=cap, left_rupiah=max(left, 0))
        since = now - self._repeat_after
        if not repeat_confirmed and await redemptions.bought_since(
            tx, quote.target_fingerprint, quote.product_code, since
        ):
            return refused(Refusal.SAME_PURCHASE_JUST_MADE)
        redemption = _redemption(quote, key, now)
        if not await redemptions.insert_redemption(tx, redemption):
            return refused(Refusal.QUOTE_USED)
        await redemptions.add_steps(tx, [_first_step(redemption)])
        await say(tx, [_requested(redemption)])
        return redemption

    async def cancel_redemption(
        self, tx: Tx, member_id: UUID, redemption_id: UUID, *, english: bool
    ) -> RedemptionView | Refused:
        """Take back a redemption that waits for the programme's funds. Cancelling twice is cancelling once."""
        redemption = await redemptions.lock_redemption(tx, redemption_id)
        if redemption is None or redemption.member_id != member_id:
            return refused(Refusal.UNKNOWN_REDEMPTION)
        if redemption.state == State.WAITING_FOR_FUNDS:
            course = Course(redemption, self._clock.now())
            course.go(State.FAILED, Reason.CANCELLED_BY_MEMBER)
            redemption.next_ask_at = None
            await course.save(tx)
        elif redemption.reason != Reason.CANCELLED_BY_MEMBER:
            return refused(Refusal.NOT_CANCELLABLE)
        return await self._shown(tx, redemption, english=english)

    async def read_redemption(
        self, tx: Tx, redemption_id: UUID, member_id: UUID | None, *, english: bool
    ) -> RedemptionView | Refused:
        """One redemption: with a member's id, only the member's own, with its token; without, as staff may see it."""
        redemption = await redemptions.redemption_of(tx, redemption_id)
        if redemption is None or member_id not in {None, redemption.member_id}:
            return refused(Refusal.UNKNOWN_REDEMPTION)
        return await self._shown(tx, redemption, english=english, to_staff=member_id is None)

    async def list_redemptions(
        self, tx: Tx, member_id: UUID, before: UUID | None, *, english: bool
    ) -> RedemptionPage:
        """A member's redemptions, newest first."""
        found = await redemptions.page_of_member(tx, member_id, before, PAGE + 1)
        page = found[:PAGE]
        steps = await redemptions.steps_of(tx, [redemption.redemption_id for redemption in page])
        items = [
            redemption_view(
                r, steps[r.redemption_id], self._shelf.products, english=english, sealer=self._sealer
            )
            for r in page
        ]
        return RedemptionPage(items=items, next=page[-1].redemption_id if len(found) > PAGE else None)

    async def _shown(
        self, tx: Tx, redemption: Redemption, *, english: bool, to_staff: bool = False
    ) -> RedemptionView:
        steps = await redemptions.steps_of(tx, [redemption.redemption_id])
        sealer = None if to_staff else self._sealer
        return redemption_view(
            redemption, steps[redemption.redemption_id], self._shelf.products, english=english, sealer=sealer
        )


def _redemption(quote: Quote, key: str, now: datetime) -> Redemption:
    return Redemption(
        redemption_id=uuid7(),
        member_id=quote.member_id,
        quote_id=quote.quote_id,
        idempotency_key=key,
        product_code=quote.product_code,
        product_kind=quote.product_kind,
        provider=quote.provider,
        sku=quote.sku,
        subdistrict_code=quote.subdistrict_code,
        waste_bank_id=quote.waste_bank_id,
        target_sealed=quote.target_sealed,
        target_fingerprint=quote.target_fingerprint,
        owner_sealed=quote.owner_sealed,
        amount_rupiah=quote.amount_rupiah,
        quoted_cost_rupiah=quote.cost_rupiah,
        price_rupiah_max=quote.price_rupiah_max,
        state=State.REQUESTED,
        reason=None,
        requested_at=now,
        changed_at=now,
    )


def _first_step(redemption: Redemption) -> Step:
    return Step(
        redemption_id=redemption.redemption_id,
        at=redemption.requested_at,
        state=redemption.state,
        reason=None,
        code=None,
        decided_by=None,
        note=None,
    )


def _requested(redemption: Redemption) -> RedemptionRequested:
    return RedemptionRequested(
        event_id=derived_uuid(redemption.redemption_id, "requested"),
        recorded_at=redemption.requested_at,
        member_id=redemption.member_id,
        redemption_id=redemption.redemption_id,
        subdistrict_code=redemption.subdistrict_code,
        product_code=redemption.product_code,
        product_kind=redemption.product_kind,
        amount_rupiah=redemption.amount_rupiah,
        requested_at=redemption.requested_at,
        waste_bank_id=redemption.waste_bank_id,
    )
