"""A member turns a quote into a redemption, once for each key, and may take it back while it waits for funds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import State
from services.payout.domain.refusals import Refusal
from services.payout.domain.sealed import quote_field, redemption_field
from services.payout.models import Quote, Redemption, Step
from services.payout.store import people, quotes, redemptions
from services.payout.store.people import Family
from services.payout.workflows.course import Course
from services.payout.workflows.refusing import Refused, refused
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.spending import Buyer, check_caps, enter
from services.payout.workflows.views import (
    RedemptionPage,
    RedemptionView,
    may_be_cancelled,
    redemption_view,
)
from shared.contracts import RedemptionRequested
from shared.kernel.clock import Clock
from shared.kernel.ids import derived_uuid, uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.paging import page_of
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller


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
        hand_over_within: timedelta,
    ) -> None:
        self._shelf = shelf
        self._sealer = sealer
        self._clock = clock
        self._rollout = rollout
        self._repeat_after = repeat_after
        self._hand_over_within = hand_over_within

    async def request_redemption(
        self, tx: Tx, buyer: Buyer, key: str, quote_id: UUID, *, repeat_confirmed: bool, english: bool
    ) -> RedemptionView | Refused:
        """Redeem a quote. The same key answers with the same redemption, or refuses if it is for another quote."""
        # One request of a member at a time: a double tap waits here and then finds the first one's redemption.
        family = await enter(tx, buyer)
        if isinstance(family, Refused):
            return family
        known = await redemptions.redemption_by_key(tx, family.members, key)
        if known is not None and known.quote_id != quote_id:
            return refused(Refusal.KEY_USED_FOR_ANOTHER)
        if known is None:
            made = await self._make(tx, buyer, family, key, quote_id, repeat_confirmed=repeat_confirmed)
            if isinstance(made, Refused):
                return made
            known = made
        return await self._shown(tx, known, english=english)

    async def _make(
        self, tx: Tx, buyer: Buyer, family: Family, key: str, quote_id: UUID, *, repeat_confirmed: bool
    ) -> Redemption | Refused:
        now = self._clock.now()
        quote = await quotes.quote_of(tx, quote_id, family.members)
        if quote is None:
            return refused(Refusal.UNKNOWN_QUOTE)
        if now >= quote.expires_at:
            return refused(Refusal.QUOTE_EXPIRED)
        caps = self._rollout().caps_for(quote.subdistrict_code)
        over = await check_caps(tx, family, buyer, quote.amount_rupiah, caps, now)
        if over is not None:
            return over
        since = now - self._repeat_after
        if not repeat_confirmed and await redemptions.bought_since(
            tx, quote.target_fingerprint, quote.product_code, since
        ):
            return refused(Refusal.SAME_PURCHASE_JUST_MADE)
        redemption = self._redemption(quote, key, now, family, buyer)
        if not await redemptions.insert_redemption(tx, redemption):
            return refused(Refusal.QUOTE_USED)
        await redemptions.add_steps(tx, [_first_step(redemption)])
        await say(tx, [_requested(redemption)])
        return redemption

    async def cancel_redemption(
        self, tx: Tx, member_id: UUID, redemption_id: UUID, *, english: bool
    ) -> RedemptionView | Refused:
        """Take back a redemption for which nothing was bought or handed over. Cancelling twice is cancelling once."""
        redemption = await redemptions.lock_redemption(tx, redemption_id)
        if redemption is None or redemption.member_id not in (await people.family_of(tx, member_id)).members:
            return refused(Refusal.UNKNOWN_REDEMPTION)
        if may_be_cancelled(redemption):
            course = Course(redemption, self._clock.now())
            course.go(State.FAILED, Reason.CANCELLED_BY_MEMBER)
            redemption.next_ask_at = None
            await course.save(tx)
        elif redemption.reason != Reason.CANCELLED_BY_MEMBER:
            return refused(Refusal.NOT_CANCELLABLE)
        return await self._shown(tx, redemption, english=english)

    async def read_redemption(
        self, tx: Tx, redemption_id: UUID, who: Caller, *, english: bool
    ) -> RedemptionView | Refused:
        """One redemption: a member's own, with its token where they may spend; for staff of the area without."""
        redemption = await redemptions.redemption_of(tx, redemption_id)
        if redemption is None or not await self._may_see(tx, who, redemption):
            return refused(Refusal.UNKNOWN_REDEMPTION)
        return await self._shown(tx, redemption, english=english, whole=_sees_whole(who))

    async def list_redemptions(
        self, tx: Tx, member_id: UUID, before: UUID | None, limit: int, *, whole: bool, english: bool
    ) -> RedemptionPage:
        """A member's redemptions, newest first, those of ids that were merged into theirs among them.

        Not `whole`: without numbers. Tokens are in no list; each look at one is a look at one redemption.
        """
        family = await people.family_of(tx, member_id)
        found = await redemptions.page_of_members(tx, family.members, before, limit + 1)
        page, following = page_of(found, limit, lambda redemption: redemption.redemption_id)
        steps = await redemptions.steps_of(tx, [redemption.redemption_id for redemption in page])
        shown = [
            redemption_view(
                r,
                steps[r.redemption_id],
                self._shelf.products,
                english=english,
                sealer=self._sealer if whole else None,
            ).model_copy(update={"token": None})
            for r in page
        ]
        return RedemptionPage(redemptions=shown, next_cursor=following)

    async def _may_see(self, tx: Tx, who: Caller, redemption: Redemption) -> bool:
        if who.role is not Role.MEMBER:
            return who.covers_subdistrict(redemption.subdistrict_code)
        if who.member_id is None:
            return False
        return redemption.member_id in (await people.family_of(tx, who.member_id)).members

    async def _shown(
        self, tx: Tx, redemption: Redemption, *, english: bool, whole: bool = True
    ) -> RedemptionView:
        steps = await redemptions.steps_of(tx, [redemption.redemption_id])
        sealer = self._sealer if whole else None
        return redemption_view(
            redemption, steps[redemption.redemption_id], self._shelf.products, english=english, sealer=sealer
        )

    def _redemption(self, quote: Quote, key: str, now: datetime, family: Family, buyer: Buyer) -> Redemption:
        redemption_id = uuid7()
        return Redemption(
            redemption_id=redemption_id,
            member_id=family.survivor,
            quote_id=quote.quote_id,
            idempotency_key=key,
            product_code=quote.product_code,
            product_kind=quote.product_kind,
            provider=quote.provider,
            sku=quote.sku,
            subdistrict_code=quote.subdistrict_code,
            waste_bank_id=quote.waste_bank_id,
            target_sealed=self._moved(quote, redemption_id, "target_sealed"),
            target_fingerprint=quote.target_fingerprint,
            owner_sealed=self._moved(quote, redemption_id, "owner_sealed"),
            amount_rupiah=quote.amount_rupiah,
            quoted_cost_rupiah=quote.cost_rupiah,
            price_rupiah_max=quote.price_rupiah_max,
            state=State.REQUESTED,
            reason=None,
            requested_at=now,
            changed_at=now,
            tablet_id=buyer.tablet_id,
            hand_over_by=now + self._hand_over_within if quote.product_kind == "cash" else None,
        )

    def _moved(self, quote: Quote, redemption_id: UUID, column: str) -> bytes | None:
        """A field of a quote, sealed for the redemption: a sealed field opens only where it belongs."""
        field: bytes | None = getattr(quote, column)
        if field is None:
            return None
        clear = self._sealer.open(field, quote_field(quote.quote_id, column))
        return self._sealer.seal(clear, redemption_field(redemption_id, column))


def _sees_whole(who: Caller) -> bool:
    """A browser that was not seen before shows neither numbers nor tokens, and staff see neither anywhere."""
    return who.role is Role.MEMBER and who.may_spend


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
