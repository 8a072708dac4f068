"""What is taken in and for how much: the catalogue, a waste bank's price list, an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from services.web.clients import Door
from services.web.pages.resident.reading.asking import instant_or_none
from services.web.pages.resident.rules.impact import Sort


@dataclass(frozen=True, slots=True)
class Offer:
    """An item in one grade with its price for a kilogram, litre or piece; `grade` is `-` where there is only one."""

    item_code: str
    item_name: str
    waste_class: str
    grade: str
    grade_name: str | None
    condition: str
    unit: str
    price_rupiah: int

    @property
    def key(self) -> str:
        """Names the offer in a form."""
        return f"{self.item_code}.{self.grade}"


@dataclass(frozen=True, slots=True)
class Deduction:
    """Which part is kept of the gross value, by whom and why; 100 basis points are one percent."""

    beneficiary: str
    basis_points: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PriceList:
    """The list in force at a waste bank."""

    offers: tuple[Offer, ...]
    deductions: tuple[Deduction, ...]
    effective_at: datetime | None
    next_effective_at: datetime | None

    def of_class(self, waste_class: str) -> list[Offer]:
        """The offers of one class of waste."""
        return [offer for offer in self.offers if offer.waste_class == waste_class]

    def by_item(self, waste_class: str) -> list[list[Offer]]:
        """The same, the grades of an item together."""
        return [list(same) for _, same in groupby(self.of_class(waste_class), lambda offer: offer.item_code)]

    @property
    def classes(self) -> list[str]:
        """The classes that are taken, in the order of the catalogue."""
        return list(dict.fromkeys(offer.waste_class for offer in self.offers))

    def find(self, key: str) -> Offer | None:
        """The offer that a form names."""
        return next((offer for offer in self.offers if offer.key == key), None)


@dataclass(frozen=True, slots=True)
class Names:
    """The catalogue's names in the reader's language."""

    items: dict[str, dict[str, Any]]
    english: bool

    def item(self, code: str) -> str:
        """The item's name, or its code if the catalogue does not have it any more."""
        found = self.items.get(code)
        return code if found is None else str(found["name_en" if self.english else "name_id"])

    def grade(self, code: str, grade: str) -> str | None:
        """The grade's name; None where there is only one."""
        if grade == "-":
            return None
        grades = self.items.get(code, {}).get("grades", [])
        found = next((each for each in grades if each["grade"] == grade), None)
        return grade if found is None else str(found["name_en" if self.english else "name_id"])

    def sorts(self) -> dict[str, Sort]:
        """What the impact needs to know of each item."""
        return {
            code: Sort(item["waste_class"], item.get("grams_per_unit_estimate"))
            for code, item in self.items.items()
        }


async def read_names(door: Door, *, english: bool) -> Names:
    """The catalogue."""
    told: dict[str, Any] = await door.get("valuation", "/v1/catalogue")
    return Names({item["code"]: item for item in told["items"]}, english)


async def read_prices(door: Door, waste_bank_id: str, names: Names) -> PriceList:
    """The list in force at a waste bank."""
    told: dict[str, Any] = await door.get("valuation", "/v1/price-lists/current", waste_bank_id=waste_bank_id)
    return PriceList(
        offers=tuple(_offers(told["prices"], names)),
        deductions=tuple(_deduction(rule, english=names.english) for rule in told["deductions"]),
        effective_at=instant_or_none(told["effective_at"]),
        next_effective_at=instant_or_none(told["next_effective_at"]),
    )


def _offers(prices: Sequence[dict[str, Any]], names: Names) -> list[Offer]:
    found = [_offer(price, names) for price in prices if price["item_code"] in names.items]
    order = {code: at for at, code in enumerate(names.items)}
    return sorted(found, key=lambda offer: order[offer.item_code])


def _offer(price: dict[str, Any], names: Names) -> Offer:
    item = names.items[price["item_code"]]
    grade = next((each for each in item["grades"] if each["grade"] == price["grade"]), None)
    language = "en" if names.english else "id"
    return Offer(
        item_code=price["item_code"],
        item_name=item[f"name_{language}"],
        waste_class=item["waste_class"],
        grade=price["grade"],
        grade_name=names.grade(price["item_code"], price["grade"]),
        condition=grade[f"condition_{language}"] if grade else "",
        unit=price["unit"],
        price_rupiah=price["price_rupiah"],
    )


def _deduction(rule: dict[str, Any], *, english: bool) -> Deduction:
    language = "en" if english else "id"
    return Deduction(
        rule["beneficiary"], rule["basis_points"], rule[f"name_{language}"], rule[f"reason_{language}"]
    )
