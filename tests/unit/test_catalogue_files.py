"""The waste catalogue and the first price lists, as people wrote them."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.kernel.catalogue import Catalogue, Item, PriceList, PriceLists
from shared.kernel.rollout import Rollout
from shared.kernel.units import Unit
from shared.kernel.waste_classes import WasteClass
from shared.runtime.rollout import load_rollout
from shared.runtime.written import load_written

FEWEST_ITEMS = 45
FOLDER = Path("deploy/catalogue")
PRICE_FILES = sorted(FOLDER.glob("prices-*.yaml"))
SOURCES = (
    "Tanah Datar 2026",
    "Pekalongan BSI 2025-04",
    "USK Aceh 2024-06",
    "Sidamanik 2023-11",
    "Surabaya BSI 2018-04",
)
TRADE_WORDS = (
    "dos",
    "box",
    "duplek",
    "duplex",
    "emberan",
    "bodong",
    "bodongan",
    "boncos",
    "kresek",
    "asoy",
    "karah-karah",
    "jelantah",
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_written(FOLDER / "items.yaml", Catalogue)


@pytest.fixture(scope="module", params=PRICE_FILES, ids=lambda path: path.stem)
def price_lists(request: pytest.FixtureRequest) -> PriceLists:
    return load_written(request.param, PriceLists)


@pytest.fixture(scope="module")
def rollout() -> Rollout:
    return load_rollout(Path("deploy/rollout/deli-serdang.yaml"))


def test_the_catalogue_is_large_enough_and_covers_every_class_and_unit(catalogue: Catalogue) -> None:
    assert len(catalogue.items) >= FEWEST_ITEMS
    assert {item.waste_class for item in catalogue.items} == set(WasteClass)
    assert {item.unit for item in catalogue.items} == set(Unit)
    assert any(item.used_goods for item in catalogue.items)


def test_names_are_not_used_twice(catalogue: Catalogue) -> None:
    for names in ([item.name_id for item in catalogue.items], [item.name_en for item in catalogue.items]):
        assert len(set(names)) == len(names)


def test_the_words_of_the_trade_find_something(catalogue: Catalogue) -> None:
    words = {word for item in catalogue.items for text in item.search_words for word in (text, *text.split())}
    words |= {word.lower() for item in catalogue.items for word in item.name_id.split()}
    assert set(TRADE_WORDS) <= words


def test_every_price_belongs_to_an_item_and_grade_and_none_is_missing(
    catalogue: Catalogue, price_lists: PriceLists
) -> None:
    sold = {(item.code, grade.grade) for item in catalogue.items for grade in item.grades}
    for each in price_lists.price_lists:
        whole = price_lists.whole(each)
        assert {(price.item, price.grade) for price in whole.prices} == sold, each.name


def test_the_better_grade_pays_more(catalogue: Catalogue, price_lists: PriceLists) -> None:
    for each in price_lists.price_lists:
        paid = {(price.item, price.grade): price.price_rupiah for price in price_lists.whole(each).prices}
        for item in catalogue.items:
            in_order = [paid[item.code, grade.grade] for grade in item.grades]
            assert in_order == sorted(set(in_order), reverse=True), (each.name, item.code)


def test_every_price_names_its_source_or_the_rule_that_it_was_derived_by(price_lists: PriceLists) -> None:
    named = [text.partition(":")[0] for text in price_lists.sources]
    assert sorted(named) == sorted(SOURCES)
    for each in price_lists.price_lists:
        for price in each.prices:
            assert price.source.startswith((*SOURCES, "derived: ")), price


def test_real_prices_are_the_published_ones(price_lists: PriceLists) -> None:
    general = next(each for each in price_lists.price_lists if each.waste_bank_id is None)
    paid = {(price.item, price.grade): (price.price_rupiah, price.source) for price in general.prices}
    assert paid["K04", "baik"] == (845, "Tanah Datar 2026")
    assert paid["P05", "bersih"] == (1625, "Tanah Datar 2026")
    assert paid["P05", "kotor"] == (780, "Tanah Datar 2026")
    assert paid["L05", "terkelupas"] == (50_000, "Pekalongan BSI 2025-04")
    assert paid["M01", "bersih"] == (4000, "USK Aceh 2024-06")
    assert paid["P17", "baik"] == (1000, "Surabaya BSI 2018-04")


def test_lists_of_a_waste_bank_name_one_that_exists(price_lists: PriceLists, rollout: Rollout) -> None:
    scopes = [each.waste_bank_id for each in price_lists.price_lists]
    assert None in scopes
    own = [scope for scope in scopes if scope is not None]
    assert own
    assert all(rollout.waste_bank(scope) is not None for scope in own)


def test_an_override_takes_the_rest_from_its_base(price_lists: PriceLists) -> None:
    for each in price_lists.price_lists:
        if each.based_on is None:
            continue
        base = next(other for other in price_lists.price_lists if other.id == each.based_on)
        own = {(price.item, price.grade) for price in each.prices}
        for price in price_lists.whole(each).prices:
            if (price.item, price.grade) not in own:
                assert price in base.prices


GRADE = {"grade": "-", "name_id": "a", "name_en": "a", "condition_id": "a", "condition_en": "a"}
ITEM: dict[str, Any] = {
    "code": "P05",
    "name_id": "a",
    "name_en": "a",
    "waste_class": "plastic",
    "unit": "kg",
    "grades": [GRADE],
}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"unit": "piece"}, "grams_per_unit_estimate"),
        ({"grams_per_unit_estimate": 10}, "second truth"),
        ({"used_goods": True}, "by the piece"),
        ({"grades": [GRADE, GRADE]}, "grade twice"),
        ({"waste_class": "nappies"}, "waste_class"),
        ({"code": "plastic"}, "code"),
    ],
)
def test_what_an_item_must_not_say(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Item.model_validate(ITEM | changed)


PRICE = {"item": "P05", "grade": "-", "price_rupiah": 100, "source": "x"}
RULE = {"beneficiary": "waste_bank", "name_id": "a", "name_en": "a", "reason_id": "a", "reason_en": "a"}
LIST: dict[str, Any] = {
    "id": "01a0d15b-0b80-7000-8000-000000000001",
    "name": "a",
    "effective_on": "2026-10-01",
    "prices": [PRICE],
}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"prices": [PRICE, PRICE]}, "twice"),
        ({"prices": []}, "no price"),
        ({"prices": [PRICE | {"price_rupiah": -1}]}, "price_rupiah"),
        ({"prices": [PRICE | {"price_rupiah": 10.5}]}, "price_rupiah"),
        (
            {"deductions": [RULE | {"basis_points": 6000}, RULE | {"basis_points": 5000}]},
            "more than everything",
        ),
    ],
)
def test_what_a_price_list_must_not_say(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        PriceList.model_validate(LIST | changed)


def test_an_override_without_its_base_is_refused() -> None:
    lonely = PriceList.model_validate(LIST | {"based_on": "01a0d15b-0b80-7000-8000-000000000009"})
    with pytest.raises(ValueError, match="based on a list"):
        PriceLists(sources=(), price_lists=(lonely,)).whole(lonely)
