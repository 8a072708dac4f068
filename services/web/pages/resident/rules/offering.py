"""What can be chosen, as tiles: an amount is never typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, TypeVar

_CASH_ROUND = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


class Sold(Protocol):
    """A product as far as a tile needs it; `amount_rupiah` is what it costs today."""

    @property
    def code(self) -> str: ...  # noqa: D102 - see the class
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def brand(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def nominal_rupiah(self) -> int | None: ...  # noqa: D102
    @property
    def amount_rupiah(self) -> int | None: ...  # noqa: D102
    @property
    def available(self) -> bool: ...  # noqa: D102
    @property
    def why_not(self) -> str | None: ...  # noqa: D102
    @property
    def smallest_rupiah(self) -> int | None: ...  # noqa: D102
    @property
    def largest_rupiah(self) -> int | None: ...  # noqa: D102
    @property
    def step_rupiah(self) -> int | None: ...  # noqa: D102


SoldT = TypeVar("SoldT", bound=Sold)


@dataclass(frozen=True, slots=True)
class Tile:
    """Something to choose: its value in the form, its nominal or name, and what it costs at least, if known."""

    value: str
    nominal_rupiah: int | None
    name: str
    brand: str
    amount_rupiah: int | None
    available: bool
    why_not: str | None
    all_of_it: bool = False


def tiles_of(products: Sequence[Sold]) -> list[Tile]:
    """One tile for each nominal, whatever the operator: it costs what the cheapest costs; the quote says exactly."""
    ordered = sorted(products, key=lambda each: each.nominal_rupiah or 0)
    return [_tile(list(same)) for _, same in groupby(ordered, key=lambda each: each.nominal_rupiah)]


def _tile(same: list[Sold]) -> Tile:
    sold = [each for each in same if each.available] or same
    priced = [each.amount_rupiah for each in sold if each.amount_rupiah is not None]
    first = sold[0]
    return Tile(
        value=str(first.nominal_rupiah),
        nominal_rupiah=first.nominal_rupiah,
        name=first.name,
        brand="",
        amount_rupiah=min(priced, default=None),
        available=first.available,
        why_not=first.why_not,
    )


def package_tiles(products: Sequence[Sold]) -> list[Tile]:
    """One tile for each package: operators sell different ones."""
    return [
        Tile(
            each.code,
            None,
            each.name,
            each.brand,
            each.amount_rupiah,
            each.available,
            each.why_not,
        )
        for each in products
    ]


def cash_tiles(products: Sequence[Sold], available_rupiah: int | None) -> list[Tile]:
    """Round amounts within the steps, and all that one has; one that is too high is shown with what is missing."""
    found = next((each for each in products if each.kind == "cash"), None)
    if found is None or not (found.smallest_rupiah and found.largest_rupiah and found.step_rupiah):
        return []
    amounts = {
        each
        for each in (found.smallest_rupiah, *_CASH_ROUND)
        if found.smallest_rupiah <= each <= found.largest_rupiah and each % found.step_rupiah == 0
    }
    top = min(available_rupiah or 0, found.largest_rupiah) // found.step_rupiah * found.step_rupiah
    most = top if top >= found.smallest_rupiah else None
    return [
        Tile(
            str(each),
            each,
            found.name,
            "",
            each,
            found.available,
            found.why_not,
            all_of_it=each == most,
        )
        for each in sorted(amounts | ({most} if most else set()))
    ]


def product_for(products: Sequence[SoldT], chosen: str, operator: str | None) -> SoldT | None:
    """The product behind a tile: a code, a nominal of the operator's, or an amount of cash."""
    for each in products:
        if each.code == chosen or each.kind == "cash":
            return each
        named = each.kind != "data" and str(each.nominal_rupiah) == chosen
        if named and (each.kind == "pln_token" or each.brand == operator):
            return each
    return None
