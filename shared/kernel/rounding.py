"""Every rounding of money and weight there is; tests/contracts/rounding.json holds the tablet to the same."""

from collections.abc import Iterable

BASIS_POINTS = 10_000
PARTS_OF_A_THOUSAND = 1000
PIECE = "piece"


def line_value_rupiah(unit: str, quantity: int, price_rupiah: int) -> int:
    """What one line is worth, in whole rupiah, rounded down.

    `quantity` is grams for `kg`, millilitres for `litre`, a count for `piece`; the price is for one of them.
    """
    if unit == PIECE:
        return quantity * price_rupiah
    return quantity * price_rupiah // PARTS_OF_A_THOUSAND


def deduction_rupiah(gross_rupiah: int, basis_points: int) -> int:
    """What one deduction takes of the gross value: rounded down, so the fraction stays the resident's."""
    return gross_rupiah * basis_points // BASIS_POINTS


def net_rupiah(gross_rupiah: int, basis_points: Iterable[int]) -> int:
    """What is left for the resident after every deduction, each of them taken from the gross value."""
    return gross_rupiah - sum(deduction_rupiah(gross_rupiah, part) for part in basis_points)


def reporting_grams(unit: str, quantity: int, grams_per_unit_estimate: int | None) -> int:
    """The weight that reports count: weighed for `kg`, estimated for litres and pieces. Never used for money.

    An item without an estimate counts nothing rather than a guess.
    """
    if unit == "kg":
        return quantity
    if grams_per_unit_estimate is None:
        return 0
    if unit == PIECE:
        return quantity * grams_per_unit_estimate
    return quantity * grams_per_unit_estimate // PARTS_OF_A_THOUSAND
