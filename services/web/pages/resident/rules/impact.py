"""How much waste a member kept from the landfill, by class and by month, for pages and for a chart without a script."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.kernel import wib
from shared.kernel.rounding import reporting_grams

MONTHS_SHOWN = 6
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Sort:
    """What the catalogue says about an item."""

    waste_class: str
    grams_per_unit_estimate: int | None


@dataclass(frozen=True, slots=True)
class Brought:
    """One line of a deposit that counts."""

    item_code: str
    unit: str
    quantity: int
    weighed_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """A class, or a month, with its weight and its part of the largest one in percent: the length of its bar."""

    name: str
    grams: int
    percent_of_largest: int


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a member brought. Lines of items that the catalogue does not know count as `other` if weighed."""

    grams: int
    by_class: tuple[Share, ...]
    by_month: tuple[Share, ...]


def grams_of(line: Brought, sorts: Mapping[str, Sort]) -> int:
    """The weight that reports count for one line."""
    sort = sorts.get(line.item_code)
    return reporting_grams(line.unit, line.quantity, sort.grams_per_unit_estimate if sort else None)


def weigh_up(lines: Iterable[Brought], sorts: Mapping[str, Sort], today: date) -> Impact:
    """Sum up, the heaviest class first, and the last six months, the oldest first, also those without anything."""
    classes: Counter[str] = Counter()
    months: Counter[str] = Counter()
    for line in lines:
        sort, grams = sorts.get(line.item_code), grams_of(line, sorts)
        classes[sort.waste_class if sort else "other"] += grams
        months[_month(wib.day(line.weighed_at))] += grams
    heavy = [(name, grams) for name, grams in classes.most_common() if grams > 0]
    shown = [(name, months[name]) for name in _last_months(today)]
    return Impact(sum(classes.values()), _shares(heavy), _shares(shown))


def _shares(named: Sequence[tuple[str, int]]) -> tuple[Share, ...]:
    largest = max((grams for _, grams in named), default=0) or 1
    return tuple(Share(name, grams, grams * 100 // largest) for name, grams in named)


def _month(on: date) -> str:
    return f"{on.year}-{on.month:02}"


def _last_months(today: date) -> list[str]:
    last = today.year * _MONTHS_A_YEAR + today.month - 1
    return [
        f"{at // _MONTHS_A_YEAR}-{at % _MONTHS_A_YEAR + 1:02}"
        for at in range(last - MONTHS_SHOWN + 1, last + 1)
    ]
