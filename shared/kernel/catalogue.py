"""What is taken in and what is paid for it: items with their grades, price lists, and who keeps a part."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.kernel.rounding import BASIS_POINTS
from shared.kernel.units import Unit
from shared.kernel.waste_classes import WasteClass
from shared.kernel.words import (
    BasisPoints,
    Grade,
    ItemCode,
    PositiveInt,
    PriceRupiah,
    Slug,
    Text,
    Word,
    Written,
)


class ItemGrade(Written):
    """One quality of an item; the price differs by it. `-` stands for an item that has only one."""

    grade: Grade
    name_id: Text
    name_en: Text
    condition_id: Text
    condition_en: Text


class Item(Written):
    """One kind of sorted waste as the counter knows it.

    `grams_per_unit_estimate` (grams a piece or a litre) is for reports and never decides about money.
    """

    code: ItemCode
    name_id: Text
    name_en: Text
    waste_class: WasteClass
    unit: Unit
    grades: Annotated[tuple[ItemGrade, ...], Field(min_length=1)]
    grams_per_unit_estimate: PositiveInt | None = None
    estimate_source: Text | None = None
    search_words: tuple[Text, ...] = ()
    used_goods: bool = False

    @model_validator(mode="after")
    def _grades_and_estimate_fit(self) -> Self:
        names = [each.grade for each in self.grades]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.code} names a grade twice")
        if self.unit is not Unit.KG and self.grams_per_unit_estimate is None:
            raise ValueError(f"{self.code} is taken by the {self.unit}: reports need grams_per_unit_estimate")
        if self.unit is Unit.KG and self.grams_per_unit_estimate is not None:
            raise ValueError(f"{self.code} is weighed: an estimate of its grams would be a second truth")
        if self.used_goods and self.unit is not Unit.PIECE:
            raise ValueError(f"{self.code} is a used good: those are priced by the piece and condition")
        return self


class Catalogue(Written):
    """Every item that a waste bank may take in. Codes are never used again for something else."""

    items: Annotated[tuple[Item, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("an item code stands twice in the catalogue")
        return self

    def item(self, code: str) -> Item | None:
        """The item of a code, or None."""
        return next((item for item in self.items if item.code == code), None)


class Price(Written):
    """What is paid for one kg, litre or piece of an item in one grade, and where the figure comes from."""

    item: ItemCode
    grade: Grade
    price_rupiah: PriceRupiah
    source: Text


class DeductionRule(Written):
    """Who keeps which part of the gross value, and how the resident is told."""

    beneficiary: Word
    basis_points: BasisPoints
    name_id: Text
    name_en: Text
    reason_id: Text
    reason_en: Text


class PriceList(Written):
    """Prices and deductions that hold from a WIB day on, for one waste bank or, without one, for all others.

    An override list names only what differs: `based_on` gives the list from which the rest is taken.
    """

    id: UUID
    name: Text
    effective_on: date
    waste_bank_id: Slug | None = None
    based_on: UUID | None = None
    prices: tuple[Price, ...]
    deductions: tuple[DeductionRule, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        keys = sorted((price.item, price.grade) for price in self.prices)
        for one, next_one in pairwise(keys):
            if one == next_one:
                raise ValueError(f"{self.name} prices {one[0]} {one[1]} twice")
        if sum(rule.basis_points for rule in self.deductions) > BASIS_POINTS:
            raise ValueError(f"{self.name} deducts more than everything")
        if not self.prices and self.based_on is None:
            raise ValueError(f"{self.name} has no price")
        return self


class PriceLists(Written):
    """The price lists of one file."""

    sources: tuple[Text, ...]
    price_lists: Annotated[tuple[PriceList, ...], Field(min_length=1)]

    def whole(self, price_list: PriceList) -> PriceList:
        """The list with every price taken over from its base. Raises ValueError if that one is missing."""
        if price_list.based_on is None:
            return price_list
        base = next((each for each in self.price_lists if each.id == price_list.based_on), None)
        if base is None or base.based_on is not None:
            raise ValueError(f"{price_list.name} is based on a list that is not a whole list of this file")
        own = {(price.item, price.grade) for price in price_list.prices}
        taken_over = tuple(price for price in base.prices if (price.item, price.grade) not in own)
        return price_list.model_copy(update={"prices": price_list.prices + taken_over, "based_on": None})
