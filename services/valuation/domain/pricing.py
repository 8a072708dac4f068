"""What a deposit is worth by the list that its tablet showed, or why a person has to look at it first."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from services.valuation.domain.book import PriceBook, PublishedList, Tariff
from services.valuation.domain.exceptions import PriceException, Used, agreed, favoured
from shared.kernel.catalogue import DeductionRule
from shared.kernel.rounding import deduction_rupiah, line_value_rupiah, reporting_grams

# What an event can carry; a deposit beyond it is a slip of the finger, whoever approves it.
RUPIAH_MAX = 1_000_000_000_000
GRAMS_MAX = 1_000_000_000
_made = tuple.__new__


class Reason(StrEnum):
    """Why a deposit waits for a second person."""

    LIST_UNKNOWN = "price_list_unknown"
    LIST_OF_ANOTHER_BANK = "price_list_of_another_bank"
    LIST_TOO_OLD = "price_list_too_old"
    NO_LIST_IN_FORCE = "no_price_list_in_force"
    ITEM_NOT_PRICED = "item_not_priced"
    UNIT_DIFFERS = "unit_differs"
    SHOWN_DIFFERS = "shown_price_differs"
    LINE_WEIGHT = "line_weight_out_of_bounds"
    DAY_WEIGHT = "day_weight_out_of_bounds"
    DAY_VALUE = "day_value_out_of_bounds"
    DAY_DEPOSITS = "day_deposits_out_of_bounds"
    WEIGHED_IN_FUTURE = "weighed_in_the_future"


class WeighedLine(Protocol):
    """A line as the tablet recorded it."""

    @property
    def item_code(self) -> str:
        """The catalogue's code."""
        ...

    @property
    def grade(self) -> str:
        """The grade, `-` for an item that has one."""
        ...

    @property
    def unit(self) -> str:
        """kg, litre or piece."""
        ...

    @property
    def quantity(self) -> int:
        """Whole grams, millilitres or pieces."""
        ...

    @property
    def shown_rupiah(self) -> int:
        """The value that the tablet showed."""
        ...


class PricedLine(NamedTuple):
    """A line with its price: the order of the fields is the order in which it is stored."""

    item_code: str
    waste_class: str
    grade: str
    unit: str
    quantity: int
    price_rupiah: int
    value_rupiah: int
    reporting_grams: int


class Share(NamedTuple):
    """What one beneficiary keeps of the gross value."""

    beneficiary: str
    basis_points: int
    amount_rupiah: int


class Worth(NamedTuple):
    """A deposit priced `by` a list. `in_force` is the one that counted at weighing; the difference is to that one."""

    by: PublishedList
    in_force: PublishedList
    lines: tuple[PricedLine, ...]
    gross_rupiah: int
    deductions: tuple[Share, ...]
    net_rupiah: int
    price_difference_rupiah: int
    grams: int
    heaviest_line_grams: int
    as_shown: bool  # the tablet showed the same rupiah on every line
    exceptions: tuple[
        Used, ...
    ] = ()  # what was valued otherwise than the list says, each approved by two persons


def honoured(
    book: PriceBook, shown_list_id: UUID, waste_bank_id: str, weighed_at: datetime, age_max: timedelta
) -> PublishedList | Reason:
    """The list that the tablet showed, if it was ever published for that waste bank and is not too old."""
    shown = book.list_of(shown_list_id)
    if shown is None:
        return Reason.LIST_UNKNOWN
    age = book.age(shown, waste_bank_id, weighed_at)
    if age is None:
        return Reason.LIST_OF_ANOTHER_BANK
    return Reason.LIST_TOO_OLD if age > age_max else shown


def price(
    lines: Sequence[WeighedLine],
    by: PublishedList,
    in_force: PublishedList,
    exceptions: Sequence[PriceException] = (),
) -> Worth | Reason:
    """Price every line by one list, to the rupiah. The day of hearing plays no part in it.

    A line that shows otherwise than the list is paid as shown if one of the exceptions that hold for it says the same:
    the price shown is the price paid, among those that are legitimate.
    """
    found = _price_lines(lines, by.tariffs, exceptions)
    if isinstance(found, Reason):
        return found
    priced, used, gross, grams, heaviest, as_shown = found
    rules: Sequence[DeductionRule] = by.deductions
    if exceptions:
        rules, lowered = favoured(rules, exceptions)
        used += lowered
    shares = shares_of(gross, rules)
    net = gross
    for share in shares:
        net -= share.amount_rupiah
    difference = 0 if by is in_force and not used else gross - _gross_by(in_force, priced)
    return Worth(
        by,
        in_force,
        tuple(priced),
        gross,
        shares,
        net,
        difference,
        grams,
        heaviest,
        as_shown,
        tuple(used) if used else (),
    )


def _price_lines(
    lines: Sequence[WeighedLine],
    tariffs: Mapping[tuple[str, str], Tariff],
    exceptions: Sequence[PriceException],
) -> tuple[list[PricedLine], list[Used], int, int, int, bool] | Reason:
    """The lines with their prices, by which exceptions; gross rupiah, grams, the heaviest's; if all are as shown."""
    priced: list[PricedLine] = []
    used: list[Used] = []
    gross = grams = heaviest = 0
    as_shown = True
    for line in lines:
        code, grade, unit, quantity = line.item_code, line.grade, line.unit, line.quantity
        tariff = tariffs.get((code, grade))
        if tariff is None:
            return Reason.ITEM_NOT_PRICED
        if tariff.unit != unit:
            return Reason.UNIT_DIFFERS
        paid = tariff.price_rupiah
        value = line_value_rupiah(unit, quantity, paid)
        weight = quantity if unit == "kg" else reporting_grams(unit, quantity, tariff.grams_per_unit_estimate)
        if line.shown_rupiah != value:
            found = (
                agreed(exceptions, (code, grade), unit, quantity, line.shown_rupiah) if exceptions else None
            )
            if found is None:
                as_shown = False
            else:
                used.append(Used(str(len(priced) + 1), found[0]))
                paid, value = found[1], line.shown_rupiah
        gross += value
        grams += weight
        heaviest = max(weight, heaviest)
        # As PricedLine(...), in a third of the time.
        priced.append(
            _made(PricedLine, (code, tariff.waste_class, grade, unit, quantity, paid, value, weight))
        )
    return priced, used, gross, grams, heaviest, as_shown


def shares_of(gross_rupiah: int, rules: Sequence[DeductionRule]) -> tuple[Share, ...]:
    """What rules deduct, each of the gross value and floored in the resident's favour."""
    return tuple(
        [
            Share(rule.beneficiary, rule.basis_points, deduction_rupiah(gross_rupiah, rule.basis_points))
            for rule in rules
        ]
    )


def speakable(worth: Worth) -> bool:
    """True if the amounts are such as can be said and credited at all."""
    return worth.gross_rupiah <= RUPIAH_MAX and worth.heaviest_line_grams <= GRAMS_MAX


def _gross_by(other: PublishedList, priced: list[PricedLine]) -> int:
    """The gross value by another list; a line that it does not price counts as paid, so it makes no difference."""
    gross = 0
    for line in priced:
        tariff = other.tariffs.get((line.item_code, line.grade))
        if tariff is None or tariff.unit != line.unit:
            gross += line.value_rupiah
        else:
            gross += line_value_rupiah(line.unit, line.quantity, tariff.price_rupiah)
    return gross
