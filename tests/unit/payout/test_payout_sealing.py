"""The seal: only the right key opens it, only in its own place, and changed keys still open what is old."""

import base64

import pytest

from services.payout.domain.products import price
from services.payout.domain.references import reference_of
from services.payout.store.sealing import Sealer, SealError
from shared.kernel.ids import uuid7

OLD = "2025:" + base64.b64encode(b"o" * 32).decode()
NEW = "2026:" + base64.b64encode(b"n" * 32).decode()


def test_what_is_sealed_opens_only_where_it_belongs() -> None:
    sealer = Sealer(NEW)
    sealed = sealer.seal("14000000001", "target:1")
    assert sealer.unseal(sealed, "target:1") == "14000000001"
    assert b"14000000001" not in sealed
    assert sealer.seal("14000000001", "target:1") != sealed
    with pytest.raises(SealError):
        sealer.unseal(sealed, "target:2")
    with pytest.raises(SealError):
        sealer.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "target:1")


def test_keys_can_be_changed() -> None:
    sealed = Sealer(OLD).seal("secret", "x")
    assert Sealer(f"{NEW},{OLD}").unseal(sealed, "x") == "secret"
    assert Sealer(f"{NEW},{OLD}").seal("secret", "x")[1:5] == b"2026"
    with pytest.raises(SealError):
        Sealer(NEW).unseal(sealed, "x")


def test_fingerprints_compare_without_telling() -> None:
    assert Sealer(NEW).fingerprint("a") == Sealer(f"{NEW},{OLD}").fingerprint("a")
    assert Sealer(NEW).fingerprint("a") != Sealer(NEW).fingerprint("b")
    assert Sealer(NEW).fingerprint("a") != Sealer(OLD).fingerprint("a")


@pytest.mark.parametrize(
    "keys", ["", "x", "x:", "x:!!", "x:" + base64.b64encode(b"short").decode(), ":" + OLD[5:]]
)
def test_a_malformed_key_stops_the_start(keys: str) -> None:
    with pytest.raises(SealError):
        Sealer(keys)


def test_references_are_made_not_drawn() -> None:
    redemption_id = uuid7()
    assert reference_of(redemption_id, 1) == reference_of(redemption_id, 1)
    assert reference_of(redemption_id, 1) != reference_of(redemption_id, 2)
    assert len(reference_of(redemption_id, 1)) == len("TB-") + 26 + len("-1")


def test_the_resident_pays_the_quote_and_the_tolerance_is_ours() -> None:
    its = price(20_590, 1000, 500)
    assert (its.amount_rupiah, its.price_rupiah_max) == (21_590, 21_090)
    assert price(20_590, 200, 500).price_rupiah_max == 20_790
