"""What a tablet signs is read exactly, and nothing else is taken for it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.deposit.domain.signed import UnreadableError, signed_text
from services.deposit.workflows.tablet_keys import TabletKey
from shared.kernel.ids import uuid7
from tests.signing import SigningTablet, short
from tests.signing import signed_text as text_of

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)


def weighing(**changes: Any) -> dict[str, Any]:
    return {
        "deposit_id": str(uuid7()),
        "member_id": str(uuid7()),
        "waste_bank_id": "pakam-satu",
        "channel": "pickup",
        "weighed_at": "2026-11-22T09:30:00.125000+07:00",
        "price_list_id": str(uuid7()),
        "lines": [
            {"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 1500, "shown_rupiah": 4500}
        ],
        "replaces": {"deposit_id": str(uuid7()), "reason": "Salah timbang: botol → gelas"},
        "bag_ids": [str(uuid7()), str(uuid7())],
    } | changes


def test_a_signed_text_says_what_the_door_reads() -> None:
    given, tablet, recorder = weighing(), uuid7(), uuid7()
    said = signed_text(json.loads(text_of(given, tablet, recorder)))
    assert (said.tablet_id, said.recorder_id, str(said.deposit_id)) == (tablet, recorder, given["deposit_id"])
    assert said.weighing == given | {"weighed_at": "2026-11-22T02:30:00.125000+00:00"}


def test_a_deposit_of_three_lines_fits_a_code_that_a_phone_reads() -> None:
    signed = SigningTablet().signed(weighing(replaces=None, bag_ids=[]))
    assert len(f"TMD1.{signed['signature']}.{signed['signed']}") < 400


def parts() -> list[Any]:
    found: list[Any] = json.loads(text_of(weighing()))
    return found


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (0, 2),
        (0, "1"),
        (0, True),
        (1, "x" * 22),
        (1, "AaIBwNtOdYPdjmBPM9DyEw=="),
        (1, None),
        (2, 5),
        (3, short(uuid7())[:-1]),
        (4, "AaIBwNtOdYPdjmBPM9DyEx"),
        (7, 1795487400000.0),
        (7, True),
        (7, 10**30),
        (7, -1),
        (8, []),
        (9, None),
        (9, [["P05", "bersih", "kg", 5]]),
        (9, [{"item_code": "P05"}]),
        (10, []),
        (10, ["x", "y"]),
        (11, None),
        (11, [5]),
    ],
)
def test_what_has_another_shape_is_not_read(place: int, wrong: Any) -> None:
    changed = parts()
    changed[place] = wrong
    with pytest.raises(UnreadableError):
        signed_text(changed)


@pytest.mark.parametrize("wrong", [None, {}, "x", 5, [], [1], parts()[:-1], [*parts(), None]])
def test_what_is_no_such_array_is_not_read(wrong: Any) -> None:
    with pytest.raises(UnreadableError):
        signed_text(wrong)


def test_only_the_tablets_own_signature_over_every_letter_fits() -> None:
    tablet = SigningTablet()
    signed = tablet.signed(weighing())
    text, signature = signed["signed"], signed["signature"]
    key = TabletKey("pakam-satu", tablet.key.public_key(), None, AT)
    assert key.signed(text, signature)
    assert not key.signed(text + " ", signature)
    assert not key.signed(text.replace("4500", "9500"), signature)
    for wrong in ("", "A" * 86, signature[:-1], signature + "A", signature + "=", "é" * 86, "_" * 86):
        assert not key.signed(text, wrong)
    assert not TabletKey("pakam-satu", SigningTablet().key.public_key(), None, AT).signed(text, signature)
    assert not TabletKey("pakam-satu", None, None, AT).signed(text, signature)


def test_ids_are_written_in_one_way_only() -> None:
    an_id = UUID(int=2**128 - 1)
    assert short(an_id) == "_" * 21 + "w"
    changed = parts()
    changed[1] = "_" * 22
    with pytest.raises(UnreadableError):
        signed_text(changed)
