"""What is on the shelf now: each product with its live price, or the reason why it cannot be had."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.payout.domain.cash import CASH_SKU, COUNTER
from services.payout.domain.offers import in_cut_off
from services.payout.domain.products import Price, Product, Products, price
from services.payout.store import offers as store
from services.payout.store.offers import FAILURES_TO_CLOSE, KnownOffer
from services.payout.workflows.views import ProductView, product_name
from shared.kernel import wib
from shared.runtime.database import Tx

# After our account was refused, nobody is sent there for this long.
ACCOUNT_PAUSE = timedelta(minutes=5)


class WhyNot(StrEnum):
    """Why a product cannot be had now, for the screens to put into words."""

    NOT_OFFERED = "not_offered"
    CLOSED_BY_SELLER = "closed_by_seller"
    OUT_OF_STOCK = "out_of_stock"
    NIGHTLY_PAUSE = "nightly_pause"
    FAILING_NOW = "failing_now"
    FUNDS_BEING_TOPPED_UP = "funds_being_topped_up"
    BILLER_DISTURBED = "biller_disturbed"


class OnShelf(NamedTuple):
    """A product with its price (None if nobody offers it) and what stands in the way (None if nothing does)."""

    product: Product
    provider: str
    sku: str
    price: Price | None
    why_not: WhyNot | None


class Shelf:
    """Reads the shelf of one biller. Prices older than `age_max` are not promised to anybody."""

    def __init__(
        self, products: Products, provider: str, *, tolerance_rupiah: int, age_max: timedelta
    ) -> None:
        self.products = products
        self._provider = provider
        self._tolerance_rupiah = tolerance_rupiah
        self._age_max = age_max

    async def look(self, tx: Tx, now: datetime) -> list[OnShelf]:
        """Every product, in the order of the file."""
        offers = await store.known_offers(tx, self._provider, now)
        disturbed = await store.account_disturbed(tx, self._provider, now - ACCOUNT_PAUSE)
        floats = {found.provider: found.balance_rupiah for found in await store.balances(tx)}
        left = floats.get(self._provider)
        return [
            self._place(product, offers, left, now, disturbed=disturbed) for product in self.products.products
        ]

    async def find(self, tx: Tx, code: str, now: datetime) -> OnShelf | None:
        """One product; None if the code is not known."""
        return next((found for found in await self.look(tx, now) if found.product.code == code), None)

    def _place(
        self,
        product: Product,
        offers: dict[str, KnownOffer],
        left: int | None,
        now: datetime,
        *,
        disturbed: bool,
    ) -> OnShelf:
        if product.kind == "cash":
            # Its amount is chosen, and each counter is a provider of its own.
            return OnShelf(product, COUNTER, CASH_SKU, None, None)
        sku = product.skus.get(self._provider, "")
        known = offers.get(sku)
        if known is None or now - known.read_at > self._age_max:
            return OnShelf(product, self._provider, sku, None, WhyNot.NOT_OFFERED)
        its = price(known.offer.price_rupiah, product.fee_rupiah, self._tolerance_rupiah)
        why_not = WhyNot.BILLER_DISTURBED if disturbed else _why_not(known, left, now)
        return OnShelf(product, self._provider, sku, its, why_not)


def _why_not(known: KnownOffer, left: int | None, now: datetime) -> WhyNot | None:
    offer = known.offer
    obstacles = (
        (not offer.on_sale, WhyNot.CLOSED_BY_SELLER),
        (not offer.stock_left, WhyNot.OUT_OF_STOCK),
        (in_cut_off(offer, now.astimezone(wib.WIB)), WhyNot.NIGHTLY_PAUSE),
        (known.failures >= FAILURES_TO_CLOSE, WhyNot.FAILING_NOW),
        (left is not None and left < offer.price_rupiah, WhyNot.FUNDS_BEING_TOPPED_UP),
    )
    return next((reason for stands, reason in obstacles if stands), None)


def product_view(found: OnShelf, *, english: bool) -> ProductView:
    """A product as the catalogue shows it."""
    product, its = found.product, found.price
    return ProductView(
        code=product.code,
        kind=product.kind,
        brand=product.brand,
        name=product_name(product, english=english),
        nominal_rupiah=product.nominal_rupiah,
        quota_mb=product.quota_mb,
        days=product.days,
        amount_rupiah=its.amount_rupiah if its else None,
        biller_price_rupiah=its.cost_rupiah if its else None,
        fee_rupiah=product.fee_rupiah,
        available=found.why_not is None,
        why_not=found.why_not,
        smallest_rupiah=product.cash.min_rupiah if product.cash else None,
        largest_rupiah=product.cash.max_rupiah if product.cash else None,
        step_rupiah=product.cash.step_rupiah if product.cash else None,
    )
