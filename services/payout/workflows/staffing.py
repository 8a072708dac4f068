"""What staff decide: how a redemption ends that no machine could judge, and what was put into the float."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.payout.domain.polling import may_still_ask
from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import State
from services.payout.domain.references import reference_of
from services.payout.domain.refusals import Refusal
from services.payout.domain.sealed import redemption_field
from services.payout.models import FloatChange, Redemption
from services.payout.store import offers, redemptions
from services.payout.workflows.cash import CashBook
from services.payout.workflows.course import Course
from services.payout.workflows.refusing import Refused, refused
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.views import (
    FloatChangeView,
    FloatView,
    RedemptionView,
    ReviewItem,
    ReviewPage,
    redemption_view,
)
from shared.contracts import FloatChanged
from shared.kernel.clock import Clock
from shared.kernel.ids import derived_uuid, uuid7
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.paging import page_of
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

Decision = Literal["delivered", "failed", "ask_again"]
FloatKind = Literal["top_up", "refund", "adjustment"]


class Staffing:
    """Decisions of people, each with who and why."""

    def __init__(
        self, shelf: Shelf, sealer: Sealer, clock: Clock, cash: CashBook, providers: frozenset[str]
    ) -> None:
        self._shelf = shelf
        self._sealer = sealer
        self._clock = clock
        self._cash = cash
        self._providers = providers

    async def list_reviews(
        self,
        tx: Tx,
        who: Caller,
        after: tuple[datetime, UUID] | None,
        limit: int,
        *,
        only: UUID | None,
        english: bool,
    ) -> ReviewPage:
        """What waits for a person of this area, longest first; `only` one of them, if that is given."""
        found = await redemptions.page_in_review(
            tx, who.subdistrict_codes, who.regency_codes, after, limit + 1, only=only
        )
        page, following = page_of(found, limit, lambda each: (each.changed_at, each.redemption_id))
        steps = await redemptions.steps_of(tx, [redemption.redemption_id for redemption in page])
        reviews = [
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
            for r in page
        ]
        return ReviewPage(reviews=reviews, next_cursor=following)

    async def decide_review(
        self,
        tx: Tx,
        redemption_id: UUID,
        decision: Decision,
        *,
        who: Caller,
        reason: str,
        serial: str | None,
        english: bool,
    ) -> RedemptionView | Refused:
        """End a review, or have the biller asked once more. What wallet was already told is never told again."""
        redemption = await redemptions.lock_redemption(tx, redemption_id)
        if redemption is None or not who.covers_subdistrict(redemption.subdistrict_code):
            return refused(Refusal.UNKNOWN_REDEMPTION)
        if redemption.state != State.REVIEW:
            return refused(Refusal.NOT_IN_REVIEW)
        target = _decided(redemption, decision)
        if target is None:
            return refused(Refusal.DECISION_IMPOSSIBLE)
        course = Course(redemption, self._clock.now())
        if target is State.UNKNOWN and not await _is_known_there(tx, redemption, course.now):
            return refused(Refusal.REFERENCE_FORGOTTEN)
        if serial and decision == "delivered":
            place = redemption_field(redemption_id, "serial_sealed")
            redemption.serial_sealed = self._sealer.seal(serial, place)
        if target is State.UNKNOWN:
            # A person's question begins a new day of asking.
            redemption.first_asked_at = redemption.next_ask_at = course.now
        if not await self._cash.book_end(tx, redemption, target, course.now):
            return refused(Refusal.CASH_BOX_EMPTY)
        course.go(target, Reason.DECIDED_BY_STAFF, decided_by=who.subject, note=reason)
        await course.save(tx)
        await _bear_or_undo_loss(tx, course, who)
        await note(tx, [_decided_act(redemption, decision, who, reason)], course.now)
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
        who: Caller,
        key: str,
    ) -> FloatChangeView | Refused:
        """Note money put into or taken out of a float or cash box, once for each key, and try what waited for it."""
        subdistrict_code = self._cash.subdistrict_of(provider)
        if provider not in self._providers and subdistrict_code is None:
            return refused(Refusal.UNKNOWN_PROVIDER)
        if not _may_change(who, subdistrict_code):
            return refused(Refusal.NOT_YOUR_AREA)
        await offers.lock_key(tx, who.subject, key)
        known = await offers.float_change_of(tx, who.subject, key)
        if known is not None:
            same = (known.provider, known.kind, known.amount_rupiah) == (provider, kind, amount_rupiah)
            return _change_view(known) if same else refused(Refusal.KEY_USED_FOR_ANOTHER)
        now = self._clock.now()
        change = FloatChange(
            change_id=uuid7(),
            provider=provider,
            kind=kind,
            amount_rupiah=amount_rupiah,
            reason=reason,
            decided_by=who.subject,
            idempotency_key=key,
            recorded_at=now,
        )
        if not await self._cash.book_change(tx, change):
            return refused(Refusal.CASH_BOX_EMPTY)
        await offers.insert_float_change(tx, change)
        await redemptions.wake_waiting_for_funds(tx, provider, now)
        await offers.read_again_at(tx, provider, now)
        await say(tx, [_float_changed(change)])
        await note(tx, [_changed_act(change, subdistrict_code, who)], now)
        return _change_view(change)

    async def read_floats(self, tx: Tx) -> list[FloatView]:
        """What the billers last said that we have left."""
        return [
            FloatView(provider=f.provider, balance_rupiah=f.balance_rupiah, read_at=f.read_at)
            for f in await offers.balances(tx)
        ]


async def _is_known_there(tx: Tx, redemption: Redemption, now: datetime) -> bool:
    """Whether asking asks. A biller forgets a reference in time, and who asks then buys once more."""
    begun_at = await redemptions.attempt_begun_at(tx, redemption.redemption_id, redemption.attempt_no)
    return may_still_ask(begun_at, now)


async def _bear_or_undo_loss(tx: Tx, course: Course, who: Caller) -> None:
    """Book what a sale costs that the biller had taken back before, or what comes back of it after all.

    Wallet heard of the sale and of its end once each and hears no more of them, so that no credit moves again: the
    resident keeps the credit and the product, the programme bears the cost.
    """
    redemption, target = course.redemption, course.state
    if redemption.reversed_at is None:
        return
    lost = await offers.lost_on(tx, redemption.redemption_id)
    if target is State.LATE_SUCCESS and not lost:
        amount_rupiah, reason = -course.cost_rupiah, "sold after it had been taken back"
    elif target is State.REVERSED and lost:
        amount_rupiah, reason = lost, "taken back after all"
    else:
        return
    if not amount_rupiah:
        return
    change_id = uuid7()
    change = FloatChange(
        change_id=change_id,
        provider=redemption.provider,
        kind="adjustment",
        amount_rupiah=amount_rupiah,
        reason=reason,
        decided_by=who.subject,
        idempotency_key=str(change_id),
        recorded_at=course.now,
        redemption_id=redemption.redemption_id,
    )
    await offers.insert_float_change(tx, change)
    await say(tx, [_float_changed(change)])
    await note(tx, [_changed_act(change, redemption.subdistrict_code, who)], course.now)


def _decided(redemption: Redemption, decision: Decision) -> State | None:
    """The state that a decision leads to, given what wallet was told and has done; None if it cannot be."""
    given_back = any((redemption.failed_at, redemption.released_at, redemption.reversed_at))
    delivered = redemption.delivered_at is not None
    if decision == "delivered":
        return State.LATE_SUCCESS if given_back else State.SUCCEEDED
    if decision == "failed":
        # What was paid for, be it too late for the member, has come back from the biller; wallet undoes the payment.
        return State.REVERSED if delivered else State.FAILED
    if redemption.product_kind == "cash":
        return None  # there is no biller to ask
    never_held = redemption.held_at is None or redemption.refused_at is not None
    return None if delivered or given_back or never_held else State.UNKNOWN


def _may_change(who: Caller, subdistrict_code: str | None) -> bool:
    """A biller's float is the whole regency's; a cash box is its sub-district's."""
    return bool(who.regency_codes) if subdistrict_code is None else who.covers_subdistrict(subdistrict_code)


def _decided_act(redemption: Redemption, decision: Decision, who: Caller, reason: str) -> Act:
    return Act(
        "review_decided",
        "redemption",
        str(redemption.redemption_id),
        subdistrict_code=redemption.subdistrict_code,
        before={"state": State.REVIEW.value},
        after={"state": str(redemption.state), "decision": decision},
        reason=reason,
        **done_by(who),
    )


def _changed_act(change: FloatChange, subdistrict_code: str | None, who: Caller) -> Act:
    return Act(
        "float_changed",
        "float",
        change.provider,
        subdistrict_code=subdistrict_code,
        after={
            "kind": change.kind,
            "amount_rupiah": change.amount_rupiah,
            "change_id": str(change.change_id),
        },
        reason=change.reason,
        **done_by(who),
    )


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
        redemption_id=change.redemption_id,
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
