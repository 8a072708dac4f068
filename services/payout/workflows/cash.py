"""Cash over a waste bank's counter: promised to a member, handed over by an operator, never more than the box holds."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from services.payout.domain.cash import CASH_SKU, bank_of, counter_of
from services.payout.domain.products import CashSteps, Product
from services.payout.domain.redemption import State
from services.payout.domain.refusals import Refusal
from services.payout.models import CashMove, FloatChange, Quote, Redemption
from services.payout.store import cash as store
from services.payout.store import people, quotes, redemptions
from services.payout.workflows.cash_views import CashBoxStanding, CashBoxView, WaitingCash
from services.payout.workflows.course import Course
from services.payout.workflows.quoting import Limits, Wish
from services.payout.workflows.refusing import Refused, refused
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.spending import check_caps, enter
from services.payout.workflows.views import QuoteView, RedemptionView, product_name, redemption_view
from shared.kernel import wib
from shared.kernel.clock import Clock
from shared.kernel.ids import derived_uuid, uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

WAITING = 200
# Handed over, and given back.
_FIRST_ROUND = 2
_HANDED_OVER = frozenset({State.SUCCEEDED, State.SETTLED})


class CashBook:
    """Books what goes into and out of the boxes, once for each cause."""

    def __init__(self, rollout: Callable[[], Rollout]) -> None:
        self._rollout = rollout

    def subdistrict_of(self, provider: str) -> str | None:
        """The sub-district of the counter that a provider is; None for a biller, or a bank that does not exist."""
        bank = bank_of(provider)
        found = None if bank is None else self._rollout().subdistrict_of(bank)
        return None if found is None else found.kemendagri_code

    async def book_change(self, tx: Tx, change: FloatChange) -> bool:
        """Book cash brought or taken away; False if the box does not hold so much. A biller's float is no box."""
        bank = bank_of(change.provider)
        if bank is None:
            return True
        return await store.book(
            tx,
            CashMove(
                move_id=derived_uuid(change.change_id, "cash"),
                waste_bank_id=bank,
                kind=change.kind,
                amount_rupiah=change.amount_rupiah,
                at=change.recorded_at,
                cause_id=change.change_id,
            ),
        )

    async def book_end(self, tx: Tx, redemption: Redemption, state: State, at: datetime) -> bool:
        """Book what the end of a cash redemption moves; False if the box does not hold so much."""
        bank = bank_of(redemption.provider)
        if bank is None:
            return True
        moved = await store.moves_of(tx, redemption.redemption_id)
        out = -sum(move.amount_rupiah for move in moved)
        if state in {State.SUCCEEDED, State.LATE_SUCCESS} and not out:
            kind, amount_rupiah = "handed_over", -redemption.amount_rupiah
        elif state is State.REVERSED and out:
            kind, amount_rupiah = "given_back", out
        else:
            return True
        return await store.book(
            tx,
            CashMove(
                # A correction may be corrected: the third move of one redemption is another one than the first.
                move_id=derived_uuid(
                    redemption.redemption_id, kind if len(moved) < _FIRST_ROUND else f"{kind} {len(moved)}"
                ),
                waste_bank_id=bank,
                kind=kind,
                amount_rupiah=amount_rupiah,
                at=at,
                cause_id=redemption.redemption_id,
            ),
        )


class CashCounter:
    """What members and operators do about cash."""

    def __init__(
        self,
        book: CashBook,
        shelf: Shelf,
        sealer: Sealer,
        clock: Clock,
        rollout: Callable[[], Rollout],
        limits: Limits,
    ) -> None:
        self._book = book
        self._shelf = shelf
        self._sealer = sealer
        self._clock = clock
        self._rollout = rollout
        self._limits = limits

    async def quote(
        self, tx: Tx, wish: Wish, amount_rupiah: int | None, *, english: bool
    ) -> QuoteView | Refused:
        """Promise an amount at a waste bank's counter. A warning tells that the box may be short by then."""
        product = self._shelf.products.find(wish.product_code)
        if product is None or product.cash is None:
            return refused(Refusal.UNKNOWN_PRODUCT)
        found = self._place_and_amount(wish, amount_rupiah, product.cash)
        if isinstance(found, Refused):
            return found
        bank, place, amount = found
        family = await enter(tx, wish.buyer)
        if isinstance(family, Refused):
            return family
        # The cash leaves that bank's box: its sub-district is the place of the redemption.
        caps = self._rollout().caps_for(place)
        over = await check_caps(tx, family, wish.buyer, amount, caps, self._clock.now())
        if over is not None:
            return over
        # The same cash at the same counter again so soon must be meant, as with a number.
        fingerprint = self._sealer.blind_index(f"cash {family.survivor} {bank}")
        quote = self._quote(wish.buyer.member_id, product, bank, place, amount, fingerprint)
        await quotes.insert_quote(tx, quote)
        free = await store.in_box(tx, bank) - await store.promised_by(tx, bank)
        return _quote_view(quote, product, short=amount > free, english=english)

    def _quote(
        self, member_id: UUID, product: Product, bank: str, place: str, amount: int, fingerprint: bytes
    ) -> Quote:
        now = self._clock.now()
        return Quote(
            quote_id=uuid7(),
            member_id=member_id,
            product_code=product.code,
            product_kind=product.kind,
            provider=counter_of(bank),
            sku=CASH_SKU,
            subdistrict_code=place,
            waste_bank_id=bank,
            target_sealed=None,
            target_fingerprint=fingerprint,
            owner_sealed=None,
            cost_rupiah=amount,
            fee_rupiah=0,
            amount_rupiah=amount,
            price_rupiah_max=amount,
            quoted_at=now,
            expires_at=now + self._limits.quote_for,
        )

    def _place_and_amount(
        self, wish: Wish, amount_rupiah: int | None, steps: CashSteps
    ) -> tuple[str, str, int] | Refused:
        """The bank, its sub-district and the amount, if there is such a bank and such an amount can be had."""
        rollout, bank = self._rollout(), wish.waste_bank_id
        place = None if bank is None else rollout.subdistrict_of(bank)
        if place is None or bank is None:
            return refused(Refusal.UNKNOWN_AREA)
        if amount_rupiah is None or not steps.allows(amount_rupiah):
            return refused(
                Refusal.CASH_AMOUNT_WRONG,
                smallest_rupiah=steps.min_rupiah,
                largest_rupiah=steps.max_rupiah,
                step_rupiah=steps.step_rupiah,
            )
        if amount_rupiah < rollout.smallest_reward_rupiah:
            return refused(Refusal.BELOW_SMALLEST_REWARD, smallest_rupiah=rollout.smallest_reward_rupiah)
        return bank, place.kemendagri_code, amount_rupiah

    async def hand_over(
        self, tx: Tx, redemption_id: UUID, who: Caller, *, english: bool
    ) -> RedemptionView | Refused:
        """An operator of the bank confirms that the cash is in the member's hand. Confirming twice is once."""
        redemption = await redemptions.lock_redemption(tx, redemption_id)
        bank = None if redemption is None else bank_of(redemption.provider)
        if redemption is None or bank is None or not who.covers_bank(bank, redemption.subdistrict_code):
            return refused(Refusal.UNKNOWN_REDEMPTION)
        family = await people.family_of(tx, redemption.member_id)
        if family.members & {who.subject, who.member_id}:
            return refused(Refusal.OWN_HAND_OVER)
        if redemption.state == State.HELD:
            course = Course(redemption, self._clock.now())
            if not await self._book.book_end(tx, redemption, State.SUCCEEDED, course.now):
                return refused(Refusal.CASH_BOX_EMPTY)
            redemption.cost_rupiah = redemption.amount_rupiah
            redemption.next_ask_at = None
            course.go(State.SUCCEEDED, decided_by=who.subject)
            await course.save(tx)
            await note(tx, [_handed_over_act(redemption, bank, who)], course.now)
        elif State(redemption.state) not in _HANDED_OVER:
            return refused(Refusal.NOT_FOR_HAND_OVER)
        steps = await redemptions.steps_of(tx, [redemption_id])
        return redemption_view(
            redemption, steps[redemption_id], self._shelf.products, english=english, sealer=None
        )

    async def read_box(self, tx: Tx, waste_bank_id: str, who: Caller, on: date | None) -> CashBoxView | None:
        """A box on a WIB day, today without one; None for somebody to whom the bank does not exist."""
        if not self._covers(who, waste_bank_id):
            return None
        day = on or wib.day(self._clock.now())
        begins, ends = wib.start_of_day(day), wib.start_of_day(day + timedelta(days=1))
        found = await store.box_between(tx, waste_bank_id, begins, ends)
        return CashBoxView(
            waste_bank_id=waste_bank_id,
            on=day,
            opening_rupiah=found.opening_rupiah,
            in_rupiah=found.in_rupiah,
            out_rupiah=found.out_rupiah,
            closing_rupiah=found.opening_rupiah + found.in_rupiah - found.out_rupiah,
        )

    async def list_boxes(self, tx: Tx, who: Caller) -> list[CashBoxStanding]:
        """The boxes of every waste bank in somebody's area."""
        banks = [bank.id for bank in self._rollout().waste_banks if self._covers(who, bank.id)]
        return [
            CashBoxStanding(
                waste_bank_id=box.waste_bank_id,
                balance_rupiah=box.balance_rupiah,
                promised_rupiah=box.promised_rupiah,
            )
            for box in await store.standing_of(tx, banks)
        ]

    async def list_waiting(self, tx: Tx, waste_bank_id: str, who: Caller) -> list[WaitingCash] | None:
        """Who may fetch how much at a bank; None for somebody to whom the bank does not exist."""
        if not self._covers(who, waste_bank_id):
            return None
        return [
            WaitingCash(
                redemption_id=r.redemption_id,
                member_id=r.member_id,
                amount_rupiah=r.amount_rupiah,
                requested_at=r.requested_at,
                hand_over_by=r.hand_over_by or r.requested_at,
            )
            for r in await store.waiting_at(tx, waste_bank_id, WAITING)
        ]

    def _covers(self, who: Caller, waste_bank_id: str) -> bool:
        place = self._rollout().subdistrict_of(waste_bank_id)
        return place is not None and who.covers_bank(waste_bank_id, place.kemendagri_code)


def _quote_view(quote: Quote, product: Product, *, short: bool, english: bool) -> QuoteView:
    return QuoteView(
        quote_id=quote.quote_id,
        product=quote.product_code,
        product_name=product_name(product, english=english),
        target=None,
        waste_bank_id=quote.waste_bank_id,
        owner=None,
        tariff=None,
        volt_ampere=None,
        warning="cash_box_short" if short else None,
        nominal_rupiah=quote.amount_rupiah,
        biller_price_rupiah=quote.cost_rupiah,
        fee_rupiah=0,
        amount_rupiah=quote.amount_rupiah,
        expires_at=quote.expires_at,
    )


def _handed_over_act(redemption: Redemption, waste_bank_id: str, who: Caller) -> Act:
    return Act(
        "cash_handed_over",
        "redemption",
        str(redemption.redemption_id),
        subdistrict_code=redemption.subdistrict_code,
        before={"state": State.HELD.value},
        after={
            "state": str(redemption.state),
            "amount_rupiah": redemption.amount_rupiah,
            "waste_bank_id": waste_bank_id,
        },
        **done_by(who),
    )
