"""What is hidden from the public, and grams by class, as rules without a database."""

import pytest

from services.adoption.domain.secrecy import may_show, shown
from services.adoption.domain.weights import CLASSES, COLUMNS, grams_by_class
from shared.kernel.waste_classes import WasteClass


@pytest.mark.parametrize(("people", "shows"), [(0, True), (1, False), (9, False), (10, True), (4000, True)])
def test_small_numbers_are_hidden_and_nobody_is_not(people: int, shows: bool) -> None:
    assert may_show(people) is shows
    assert shown(123, people) == (123 if shows else None)


def test_every_national_class_has_a_column() -> None:
    assert set(CLASSES) == {each.value for each in WasteClass}
    assert len(COLUMNS) == 9


def test_grams_are_summed_by_class_and_a_strange_class_is_other() -> None:
    grams = dict(
        zip(CLASSES, grams_by_class([("plastic", 5), ("plastic", 7), ("moon dust", 3)]), strict=True)
    )
    assert grams["plastic"] == 12
    assert grams["other"] == 3
    assert grams["paper"] is None
