"""What makes a price list fit to be published."""

from collections.abc import Mapping, Sequence

from shared.kernel.catalogue import DeductionRule, Item, Price
from shared.kernel.rounding import BASIS_POINTS


def unknown_prices(prices: Sequence[Price], catalogue: Mapping[str, Item]) -> list[tuple[str, str]]:
    """Prices of an item or grade that is not in the catalogue, or that stand twice."""
    sold = _sold(catalogue)
    seen: set[tuple[str, str]] = set()
    wrong: list[tuple[str, str]] = []
    for price in prices:
        key = (price.item, price.grade)
        if key not in sold or key in seen:
            wrong.append(key)
        seen.add(key)
    return wrong


def missing_prices(prices: Sequence[Price], catalogue: Mapping[str, Item]) -> list[tuple[str, str]]:
    """Items and grades of the catalogue that have no price; a whole list has none of these."""
    priced = {(price.item, price.grade) for price in prices}
    return sorted(_sold(catalogue) - priced)


def over_deducted(rules: Sequence[DeductionRule]) -> bool:
    """True if the rules together would take more than everything, or name a beneficiary twice."""
    names = [rule.beneficiary for rule in rules]
    return sum(rule.basis_points for rule in rules) > BASIS_POINTS or len(set(names)) != len(names)


def _sold(catalogue: Mapping[str, Item]) -> set[tuple[str, str]]:
    return {(item.code, grade.grade) for item in catalogue.values() for grade in item.grades}
