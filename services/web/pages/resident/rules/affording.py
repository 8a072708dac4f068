"""What a balance is enough for, and how much waste is missing for the rest: told instead of refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

_GRAMS_A_KILOGRAM = 1000
_ROUNDED_TO_GRAMS = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """So many rupiah were paid for so many grams. `usual` is what this member brought, else it is a typical price."""

    rupiah: int
    grams: int
    usual: bool

    @property
    def rupiah_a_kilogram(self) -> int:
        """Rounded down: a promise is never higher than what was paid."""
        return self.rupiah * _GRAMS_A_KILOGRAM // self.grams


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How much is missing for something. `missing_grams` is None where nothing tells what a kilogram brings."""

    missing_rupiah: int
    missing_grams: int | None
    rate: Rate | None


def usual_rate(paid: Sequence[tuple[int, int]]) -> Rate | None:
    """What the member's deposits brought, from pairs of net rupiah and grams; None without any that says something."""
    counted = [(rupiah, grams) for rupiah, grams in paid if rupiah > 0 and grams > 0]
    if not counted:
        return None
    return Rate(sum(each[0] for each in counted), sum(each[1] for each in counted), usual=True)


def typical_rate(prices_a_kilogram: Sequence[int]) -> Rate | None:
    """The middle of a price list: for members who have not brought anything yet."""
    above_zero = [price for price in prices_a_kilogram if price > 0]
    return Rate(median_low(above_zero), _GRAMS_A_KILOGRAM, usual=False) if above_zero else None


def shortfall(amount_rupiah: int, available_rupiah: int, rate: Rate | None) -> Shortfall | None:
    """What is missing for an amount, in rupiah and in waste rounded up to 0.1 kg; None if the balance is enough."""
    missing = amount_rupiah - available_rupiah
    if missing <= 0:
        return None
    if rate is None:
        return Shortfall(missing, None, None)
    exact = -(-missing * rate.grams // rate.rupiah)
    return Shortfall(missing, -(-exact // _ROUNDED_TO_GRAMS) * _ROUNDED_TO_GRAMS, rate)
