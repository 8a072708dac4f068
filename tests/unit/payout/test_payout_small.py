"""References and prices are made by rule; a meter's owner is found where the shared seal looks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.payout.domain.cash import bank_of, counter_of
from services.payout.domain.disputes import due_at
from services.payout.domain.products import CashSteps, Product, price
from services.payout.domain.references import reference_of
from services.payout.domain.sealed import owner_of_meter
from services.payout.providers.known_codes import metric_code
from shared.kernel.ids import uuid7


def test_the_place_of_a_meters_owner_is_written_as_postgresql_writes_bytes() -> None:
    assert owner_of_meter(b"\x00\xff") == "meter_owner|\\x00ff|owner_sealed"


def test_references_are_made_not_drawn() -> None:
    redemption_id = uuid7()
    assert reference_of(redemption_id, 1) == reference_of(redemption_id, 1)
    assert reference_of(redemption_id, 1) != reference_of(redemption_id, 2)
    assert len(reference_of(redemption_id, 1)) == len("TB-") + 26 + len("-1")


def test_the_resident_pays_the_quote_and_the_tolerance_is_ours() -> None:
    its = price(20_590, 1000, 500)
    assert (its.amount_rupiah, its.price_rupiah_max) == (21_590, 21_090)
    assert price(20_590, 200, 500).price_rupiah_max == 20_790


STEPS = {"min_rupiah": 10_000, "max_rupiah": 50_000, "step_rupiah": 1_000}
CASH = {
    "code": "tunai",
    "kind": "cash",
    "brand": "Tunai",
    "name_id": "Uang",
    "name_en": "Cash",
    "fee_rupiah": 0,
}


def test_cash_comes_in_steps() -> None:
    steps = CashSteps(**STEPS)
    assert [amount for amount in (9_000, 10_000, 10_500, 49_000, 50_000, 51_000) if steps.allows(amount)] == [
        10_000,
        49_000,
        50_000,
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"cash": STEPS, "skus": {"digiflazz": "x"}},
        {"cash": STEPS, "fee_rupiah": 500},
        {"cash": STEPS | {"max_rupiah": 5_000}},
        {"cash": STEPS | {"min_rupiah": 10_500}},
        {"kind": "pulsa", "cash": STEPS, "nominal_rupiah": 5_000},
        {"kind": "pulsa", "nominal_rupiah": 5_000},
    ],
)
def test_a_product_is_either_cash_or_a_billers(wrong: dict[str, Any]) -> None:
    assert Product(**CASH, cash=STEPS).cash == CashSteps(**STEPS)
    with pytest.raises(ValidationError):
        Product(**CASH | wrong)


def test_a_counter_is_a_provider_of_its_own() -> None:
    assert bank_of(counter_of("lubuk-pakam-induk")) == "lubuk-pakam-induk"
    assert bank_of("digiflazz") is None


def test_what_a_biller_invents_makes_no_new_series() -> None:
    assert [metric_code("digiflazz", code) for code in ("00", "", "9999", "<script>")] == [
        "00",
        "",
        "other",
        "other",
    ]
    assert metric_code("somebody", "00") == "other"


def test_a_complaint_is_due_at_the_end_of_the_last_day() -> None:
    late = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)  # 23:59 WIB
    assert due_at(late, 7) == datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert due_at(late + timedelta(minutes=1), 7) == datetime(2026, 11, 30, 17, tzinfo=UTC)
