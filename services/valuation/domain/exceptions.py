"""Exceptions to a price or a deduction: when one holds, and what it changes for a deposit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from shared.kernel.catalogue import DeductionRule
from shared.kernel.rounding import line_value_rupiah

BASIS_POINTS_A_PERCENT = 100
# An exception that holds for longer is a price list.
HOLDS_MAX = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class PriceException:
    """An approved exception at one waste bank: a price for an item in a grade, or a beneficiary's percentage.

    `member_id` is None if it is for everybody; `family` is every id that means that member, merged ones as well. From
    `ended_at` on, if it was ended early, it does not hold any more.
    """

    id: UUID
    waste_bank_id: str
    member_id: UUID | None
    item_code: str | None
    grade: str | None
    price_rupiah: int | None
    beneficiary: str | None
    percent: int | None
    from_at: datetime
    until_at: datetime
    ended_at: datetime | None = None
    family: frozenset[UUID] = frozenset()

    def covers(self, member_id: UUID, at: datetime) -> bool:
        """Whether it holds for a member's weighing at an instant."""
        return self.was_for(member_id, at) and (self.ended_at is None or at < self.ended_at)

    def was_for(self, member_id: UUID, at: datetime) -> bool:
        """Whether it was ever meant for it, ended early since or not."""
        theirs = self.member_id in {None, member_id} or member_id in self.family
        return theirs and self.from_at <= at < self.until_at


class Used(NamedTuple):
    """By which exception a part of a deposit was valued: `of` is the line's number from 1, or a beneficiary."""

    of: str
    exception_id: UUID


def in_order(exceptions: Iterable[PriceException]) -> tuple[PriceException, ...]:
    """The order in which they are tried: a member's own first, then as they begin."""
    return tuple(sorted(exceptions, key=lambda each: (each.member_id is None, each.from_at, each.id)))


def agreed(
    exceptions: Sequence[PriceException], item: tuple[str, str], unit: str, quantity: int, shown_rupiah: int
) -> tuple[UUID, int] | None:
    """The exception by which a line is worth exactly what its tablet showed, and its price; None if there is none."""
    for each in exceptions:
        price = each.price_rupiah
        if (
            price is not None
            and (each.item_code, each.grade) == item
            and line_value_rupiah(unit, quantity, price) == shown_rupiah
        ):
            return each.id, price
    return None


def favoured(
    rules: Sequence[DeductionRule], exceptions: Sequence[PriceException]
) -> tuple[tuple[DeductionRule, ...], list[Used]]:
    """Deductions as exceptions lower them, and which did; one that would deduct more than the list is not used."""
    lowered: list[DeductionRule] = []
    used: list[Used] = []
    for rule in rules:
        least = rule.basis_points
        by: UUID | None = None
        for each in exceptions:
            if each.percent is None or each.beneficiary != rule.beneficiary:
                continue
            points = each.percent * BASIS_POINTS_A_PERCENT
            if points < least:
                least, by = points, each.id
        if by is not None:
            used.append(Used(rule.beneficiary, by))
            lowered.append(rule.model_copy(update={"basis_points": least}))
        else:
            lowered.append(rule)
    return tuple(lowered), used
