"""References and prices are made by rule; a meter's owner is found where the shared seal looks for it."""

from services.payout.domain.products import price
from services.payout.domain.references import reference_of
from services.payout.domain.sealed import owner_of_meter
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
