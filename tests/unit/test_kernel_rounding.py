"""Rounding is the same everywhere and never costs the resident a rupiah."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.rounding import deduction_rupiah, line_value_rupiah, net_rupiah, reporting_grams
from shared.kernel.units import Unit

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(Path("tests/contracts/rounding.json").read_text())
FEWEST_VECTORS = 40

units = st.sampled_from([unit.value for unit in Unit])
quantities = st.integers(0, 1_000_000)
prices = st.integers(0, 100_000)
shares = st.lists(st.integers(0, 2_500), max_size=4)


def test_there_are_enough_vectors() -> None:
    assert sum(len(group) for name, group in VECTORS.items() if name != "about") >= FEWEST_VECTORS


@pytest.mark.parametrize("vector", VECTORS["line_values"], ids=lambda vector: vector["why"])
def test_a_line_is_worth_what_the_vector_says(vector: dict[str, Any]) -> None:
    worth = line_value_rupiah(vector["unit"], vector["quantity"], vector["price_rupiah"])
    assert worth == vector["value_rupiah"]


@pytest.mark.parametrize("vector", VECTORS["deductions"], ids=lambda vector: vector["why"])
def test_a_deduction_takes_what_the_vector_says(vector: dict[str, Any]) -> None:
    assert deduction_rupiah(vector["gross_rupiah"], vector["basis_points"]) == vector["deduction_rupiah"]


@pytest.mark.parametrize("vector", VECTORS["nets"], ids=lambda vector: vector["why"])
def test_the_resident_keeps_what_the_vector_says(vector: dict[str, Any]) -> None:
    assert net_rupiah(vector["gross_rupiah"], vector["basis_points"]) == vector["net_rupiah"]


@pytest.mark.parametrize("vector", VECTORS["reporting_grams"], ids=lambda vector: vector["why"])
def test_reports_count_what_the_vector_says(vector: dict[str, Any]) -> None:
    grams = reporting_grams(vector["unit"], vector["quantity"], vector["grams_per_unit_estimate"])
    assert grams == vector["reporting_grams"]


@given(units, quantities, prices)
def test_a_line_loses_less_than_a_rupiah(unit: str, quantity: int, price: int) -> None:
    worth = line_value_rupiah(unit, quantity, price)
    exact_thousandths = quantity * price * (1000 if unit == "piece" else 1)
    assert 0 <= exact_thousandths - worth * 1000 < 1000


@given(units, quantities, quantities, prices)
def test_weighing_together_never_pays_less(unit: str, one: int, other: int, price: int) -> None:
    apart = line_value_rupiah(unit, one, price) + line_value_rupiah(unit, other, price)
    assert 0 <= line_value_rupiah(unit, one + other, price) - apart <= 1


@given(st.integers(0, 10_000_000), shares)
def test_gross_is_net_and_deductions_and_the_fraction_is_the_residents(gross: int, parts: list[int]) -> None:
    net = net_rupiah(gross, parts)
    taken = [deduction_rupiah(gross, part) for part in parts]
    assert net + sum(taken) == gross
    assert net * 10_000 >= gross * (10_000 - sum(parts))
    assert 0 <= net <= gross
