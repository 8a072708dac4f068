"""What residents can choose from, and what it costs them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.payout.domain.meters import Tariff
from shared.kernel.words import PositiveInt, Slug, Text, Word, Written

Kind = Literal["pln_token", "pulsa", "data", "cash"]
Rupiah = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]


class CashSteps(Written):
    """Which amounts of cash can be had: multiples of the step, between the two bounds. All in rupiah."""

    min_rupiah: PositiveInt
    max_rupiah: PositiveInt
    step_rupiah: PositiveInt

    @model_validator(mode="after")
    def _meets_its_own_steps(self) -> Self:
        if self.min_rupiah > self.max_rupiah or self.min_rupiah % self.step_rupiah:
            raise ValueError("the smallest amount of cash is a multiple of the step and below the largest")
        return self

    def allows(self, amount_rupiah: int) -> bool:
        """Whether the amount can be had."""
        within = self.min_rupiah <= amount_rupiah <= self.max_rupiah
        return within and amount_rupiah % self.step_rupiah == 0


class Product(Written):
    """One product. `skus` maps a biller's name to the code that our account there has for it; cash has no biller."""

    code: Slug
    kind: Kind
    brand: Text
    name_id: Text
    name_en: Text
    nominal_rupiah: PositiveInt | None = None
    quota_mb: PositiveInt | None = None
    days: PositiveInt | None = None
    fee_rupiah: Rupiah
    skus: dict[Word, Text] = Field(default_factory=dict)
    cash: CashSteps | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.kind == "data" and (self.quota_mb is None or self.days is None):
            raise ValueError(f"{self.code}: a data package has a quota and days")
        if (self.kind == "cash") == (self.cash is None) or (self.kind == "cash") == bool(self.skus):
            raise ValueError(
                f"{self.code}: cash has steps and no biller, everything else has a biller and no steps"
            )
        if self.kind == "cash" and self.fee_rupiah:
            raise ValueError(f"{self.code}: what is held for cash is what is handed over")
        if self.kind not in {"data", "cash"} and self.nominal_rupiah is None:
            raise ValueError(f"{self.code}: a token or phone credit has a nominal")
        return self


class TariffLine(Written):
    """The price of a kWh for a tariff and power, in hundredths of a rupiah."""

    tariff: Text
    volt_ampere: PositiveInt
    hundredths_per_kwh: PositiveInt


class Products(Written):
    """The file of products: operators with their prefixes, PLN's tariffs, and all that can be chosen."""

    operators: dict[Text, Annotated[tuple[str, ...], Field(min_length=1)]]
    tariffs: tuple[TariffLine, ...]
    products: Annotated[tuple[Product, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        codes = [product.code for product in self.products]
        if len(set(codes)) != len(codes):
            raise ValueError("a product code stands twice")
        for product in self.products:
            if product.kind in {"pulsa", "data"} and product.brand not in self.operators:
                raise ValueError(f"{product.code}: operator {product.brand} has no prefixes")
        return self

    def find(self, code: str) -> Product | None:
        """The product of a code, or None."""
        return next((product for product in self.products if product.code == code), None)

    def known_tariffs(self) -> tuple[Tariff, ...]:
        """The tariffs as the rule about a month's kWh takes them."""
        return tuple(Tariff(t.tariff, t.volt_ampere, t.hundredths_per_kwh) for t in self.tariffs)


class Price(Written):
    """What a product costs today: what the biller takes, our fee, and the most that we would let the biller take."""

    cost_rupiah: int
    fee_rupiah: int
    price_rupiah_max: int

    @property
    def amount_rupiah(self) -> int:
        """What the resident pays, to the rupiah, whatever the biller takes in the end."""
        return self.cost_rupiah + self.fee_rupiah


def price(offer_rupiah: int, fee_rupiah: int, tolerance_rupiah: int) -> Price:
    """Price a product. A biller that became dearer within the tolerance eats into our fee, never into more."""
    return Price(
        cost_rupiah=offer_rupiah,
        fee_rupiah=fee_rupiah,
        price_rupiah_max=offer_rupiah + min(tolerance_rupiah, fee_rupiah),
    )
