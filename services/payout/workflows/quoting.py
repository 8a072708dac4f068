"""A price for one number: checked, with the owner's masked name for a meter, honoured until it expires.

Between the two transactions of a quote the biller may be asked who owns a meter; nothing is open meanwhile.
"""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from services.payout.domain.meters import MeterOwner, Segment, exceeds_month, masked_name, read_meter
from services.payout.domain.phones import operator_of, read_phone
from services.payout.domain.products import Price, Product
from services.payout.domain.refusals import Refusal
from services.payout.domain.sealed import owner_of_meter, quote_field
from services.payout.models import Quote
from services.payout.providers.base import Biller, InquiryFailure
from services.payout.store import quotes
from services.payout.workflows.quote_reading import read_quote
from services.payout.workflows.refusing import Refused, refused
from services.payout.workflows.shelf import OnShelf, Shelf
from services.payout.workflows.spending import Buyer, check_caps, enter
from services.payout.workflows.views import KeptQuoteView, QuoteView, product_name
from shared.kernel.clock import Clock
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

Transactions = Callable[[], AbstractAsyncContextManager[Tx]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to know the price of."""

    buyer: Buyer
    subdistrict_code: str
    waste_bank_id: str | None
    product_code: str
    target: str


@dataclass(frozen=True, slots=True)
class Limits:
    """For how long a quote and an owner's name are good, and how often a member may ask about meters."""

    quote_for: timedelta
    owner_for: timedelta
    inquiries_an_hour: int


class Quoting:
    """Makes quotes."""

    def __init__(
        self,
        transactions: Transactions,
        shelf: Shelf,
        biller: Biller,
        sealer: Sealer,
        clock: Clock,
        rollout: Callable[[], Rollout],
        *,
        limits: Limits,
    ) -> None:
        self._transactions = transactions
        self._shelf = shelf
        self._biller = biller
        self._sealer = sealer
        self._clock = clock
        self._rollout = rollout
        self._limits = limits

    async def quote(self, wish: Wish, *, english: bool) -> QuoteView | Refused:
        """Price the wish, or say why not."""
        product = self._shelf.products.find(wish.product_code)
        if product is None or product.kind == "cash":
            return refused(Refusal.UNKNOWN_PRODUCT)
        number = read_target(product, wish.target)
        if isinstance(number, Refusal):
            return refused(number)
        async with self._transactions() as tx:
            found = await self._before_inquiry(tx, wish)
            if isinstance(found, Refused):
                return found
            owner = await self._known_owner(tx, wish, product, number)
        if isinstance(owner, Refused):
            return owner
        heard = False
        if product.kind == "pln_token" and owner is None:
            answer = await self._biller.meter_owner(number)
            if isinstance(answer, InquiryFailure):
                return refused(_inquiry_refusal(answer))
            owner, heard = answer, True
        segment = owner.segment if owner else None
        over = exceeds_month(product.nominal_rupiah or 0, segment, self._shelf.products.known_tariffs())
        async with self._transactions() as tx:
            # They may have left while PLN was asked: then nothing about them is written down.
            family = await enter(tx, wish.buyer)
            if isinstance(family, Refused):
                return family
            if heard and owner is not None:
                await self._keep_owner(tx, number, owner)
            if over:
                return refused(Refusal.KWH_OVER_LIMIT)
            return await self._write(tx, wish, found, number, owner, english=english)

    async def read_again(
        self, tx: Tx, quote_id: UUID, member_id: UUID, *, english: bool
    ) -> KeptQuoteView | Refused:
        """A quote that was made before, with whatever became of it."""
        now = self._clock.now()
        return await read_quote(
            tx,
            quote_id,
            member_id,
            self._shelf.products,
            self._sealer,
            now=now,
            owners_since=now - self._limits.owner_for,
            english=english,
        )

    async def _before_inquiry(self, tx: Tx, wish: Wish) -> OnShelf | Refused:
        now, rollout = self._clock.now(), self._rollout()
        family = await enter(tx, wish.buyer)
        if isinstance(family, Refused):
            return family
        found = await self._shelf.find(tx, wish.product_code, now)
        if found is None or found.price is None or found.why_not is not None:
            return refused(Refusal.PRODUCT_NOT_SOLD_NOW, why_not=found.why_not if found else None)
        amount = found.price.amount_rupiah
        if amount < rollout.smallest_reward_rupiah:
            return refused(Refusal.BELOW_SMALLEST_REWARD, smallest_rupiah=rollout.smallest_reward_rupiah)
        caps = rollout.caps_for(wish.subdistrict_code)
        return await check_caps(tx, family, wish.buyer, amount, caps, now) or found

    async def _known_owner(
        self, tx: Tx, wish: Wish, product: Product, number: str
    ) -> MeterOwner | Refused | None:
        """The owner if somebody asked within a day; else the question is counted."""
        if product.kind != "pln_token":
            return None
        now, fingerprint = self._clock.now(), self._sealer.blind_index(number)
        sealed = await quotes.known_owner(tx, fingerprint, now - self._limits.owner_for)
        if sealed is not None:
            return _read_owner(self._sealer.open(sealed, owner_of_meter(fingerprint)))
        asked_by, most = wish.buyer.member_id, self._limits.inquiries_an_hour
        if not await quotes.count_inquiry(tx, asked_by, fingerprint, now, most):
            return refused(Refusal.TOO_MANY_INQUIRIES)
        return None

    async def _keep_owner(self, tx: Tx, number: str, owner: MeterOwner) -> None:
        fingerprint = self._sealer.blind_index(number)
        sealed = self._sealer.seal(json.dumps(asdict(owner)), owner_of_meter(fingerprint))
        await quotes.save_owner(tx, fingerprint, sealed, self._clock.now())

    async def _write(
        self, tx: Tx, wish: Wish, found: OnShelf, number: str, owner: MeterOwner | None, *, english: bool
    ) -> QuoteView:
        its, product = found.price, found.product
        if its is None:  # pragma: no cover - _before_inquiry refused it
            raise ValueError("a product without a price cannot be quoted")
        name = None if owner is None else masked_name(owner.name)
        quote = self._quote(wish, found, its, number, name)
        await quotes.insert_quote(tx, quote)
        segment = owner.segment if owner else None
        return QuoteView(
            quote_id=quote.quote_id,
            product=product.code,
            product_name=product_name(product, english=english),
            target=number,
            waste_bank_id=wish.waste_bank_id,
            owner=name,
            tariff=segment.tariff if segment else None,
            volt_ampere=segment.volt_ampere if segment else None,
            warning=self._warning(product, number),
            nominal_rupiah=product.nominal_rupiah,
            biller_price_rupiah=its.cost_rupiah,
            fee_rupiah=its.fee_rupiah,
            amount_rupiah=its.amount_rupiah,
            expires_at=quote.expires_at,
        )

    def _quote(self, wish: Wish, found: OnShelf, its: Price, number: str, name: str | None) -> Quote:
        now, quote_id, product = self._clock.now(), uuid7(), found.product
        return Quote(
            quote_id=quote_id,
            member_id=wish.buyer.member_id,
            product_code=product.code,
            product_kind=product.kind,
            provider=found.provider,
            sku=found.sku,
            subdistrict_code=wish.subdistrict_code,
            waste_bank_id=wish.waste_bank_id,
            target_sealed=self._sealer.seal(number, quote_field(quote_id, "target_sealed")),
            target_fingerprint=self._sealer.blind_index(number),
            owner_sealed=None
            if name is None
            else self._sealer.seal(name, quote_field(quote_id, "owner_sealed")),
            quoted_at=now,
            expires_at=now + self._limits.quote_for,
            cost_rupiah=its.cost_rupiah,
            fee_rupiah=its.fee_rupiah,
            amount_rupiah=its.amount_rupiah,
            price_rupiah_max=its.price_rupiah_max,
        )

    def _warning(self, product: Product, number: str) -> str | None:
        """A prefix of another operator is told and not refused: the table may be behind, or the number ported."""
        phone = None if product.kind == "pln_token" else read_phone(number)
        if phone is None or operator_of(phone, self._shelf.products.operators) == product.brand:
            return None
        return "operator_differs"


def read_target(product: Product, text: str) -> str | Refusal:
    """The number as the biller takes it: a phone as `08…`, a meter as 11 or 12 digits."""
    if product.kind == "pln_token":
        return read_meter(text) or Refusal.WRONG_METER_NUMBER
    phone = read_phone(text)
    return phone.dialled if phone else Refusal.WRONG_PHONE_NUMBER


def _inquiry_refusal(failure: InquiryFailure) -> Refusal:
    return Refusal.METER_NOT_FOUND if failure is InquiryFailure.NOT_FOUND else Refusal.BILLER_SILENT


def _read_owner(text: str) -> MeterOwner:
    found = json.loads(text)
    segment = found["segment"]
    return MeterOwner(found["name"], Segment(**segment) if segment else None)
