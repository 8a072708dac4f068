"""What counts as the same weight, and what lies within somebody's area."""

from typing import Any
from uuid import UUID

import pytest

from services.deposit.domain.areas import UNKNOWN_SUBDISTRICT, lies_within
from services.deposit.domain.likeness import Earlier, alike, share_a_weight, weights_in
from services.deposit.workflows.weighings import LINES
from shared.contracts import DepositLine


def stored(*lines: dict[str, Any]) -> str:
    """The text that is stored of these lines."""
    plain = {"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 1500, "shown_rupiah": 4500}
    return LINES.dump_json(tuple(DepositLine.model_validate(plain | line) for line in lines)).decode()


def test_a_weight_is_item_grade_unit_and_quantity() -> None:
    assert weights_in(stored({}, {"item_code": "K04", "quantity": 7})) == [
        '"item_code":"P05","grade":"bersih","unit":"kg","quantity":1500,',
        '"item_code":"K04","grade":"bersih","unit":"kg","quantity":7,',
    ]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"shown_rupiah": 1}, True),
        ({"quantity": 150}, False),
        ({"quantity": 15_000}, False),
        ({"grade": "kotor"}, False),
        ({"unit": "piece"}, False),
        ({"item_code": "P06"}, False),
    ],
)
def test_only_equal_weights_are_shared(other: dict[str, Any], same: bool) -> None:
    first, second = stored({"item_code": "B02"}, {}), stored(other, {"item_code": "M01"})
    assert share_a_weight(first, second) is same
    assert share_a_weight(second, first) is same
    near = [Earlier(UUID(int=1), stored({"item_code": "X99"})), Earlier(UUID(int=2), second)]
    assert alike(first, near) == (UUID(int=2) if same else None)
    assert alike(first, ()) is None


@pytest.mark.parametrize(
    ("banks", "areas", "code", "within"),
    [
        ({"pakam"}, set(), "12.07.28", True),
        ({"kuis"}, set(), "12.07.28", False),
        (set(), {"12.07.28"}, "12.07.28", True),
        (set(), {"12.07.27"}, "12.07.28", False),
        (set(), {"12.07"}, "12.07.28", True),
        (set(), {"12.08"}, "12.07.28", False),
        (set(), {"12.07.28"}, UNKNOWN_SUBDISTRICT, False),
        (set(), {"12.07"}, UNKNOWN_SUBDISTRICT, True),
        (set(), set(), UNKNOWN_SUBDISTRICT, False),
    ],
)
def test_banks_are_named_and_areas_are_codes(
    banks: set[str], areas: set[str], code: str, within: bool
) -> None:
    assert lies_within(banks, areas, "pakam", code) is within
