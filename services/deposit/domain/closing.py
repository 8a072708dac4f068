"""The end of a waste bank's day: what was counted against what the book says."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.kernel.waste_classes import WasteClass


class ClosingRefusal(StrEnum):
    """Why a day was not closed or opened again. The value is the problem's code."""

    NOT_YOUR_AREA = "not_your_area"
    WASTE_BANK_UNKNOWN = "stock_waste_bank_unknown"
    CONFLICT = "closing_conflict"
    DAY_ALREADY_CLOSED = "closing_day_already_closed"
    DAY_NOT_BEGUN = "closing_day_not_begun"
    NOT_FOUND = "closing_not_found"
    ALREADY_REOPENED = "closing_already_reopened"


class ClassCount(NamedTuple):
    """One class of waste on a day, in grams: what the book has and what was counted."""

    waste_class: WasteClass
    booked_grams: int
    counted_grams: int

    @property
    def difference_grams(self) -> int:
        """Counted minus booked: negative if something is missing."""
        return self.counted_grams - self.booked_grams


def compare(booked: Mapping[WasteClass, int], counted: Mapping[WasteClass, int]) -> list[ClassCount]:
    """Every class that is in the book or was counted, in the order of the nine."""
    return [
        ClassCount(each, booked.get(each, 0), counted.get(each, 0))
        for each in WasteClass
        if booked.get(each, 0) or each in counted
    ]
