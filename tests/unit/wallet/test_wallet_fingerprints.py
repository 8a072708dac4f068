"""What wallet remembers of a fact to tell a repetition from a contradiction never changes for the same fact.

A release that computed it otherwise would set every redelivered event aside. The facts are the golden samples.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.wallet.workflows import deposits, floats, redemptions
from shared.contracts import BY_TYPE
from shared.contracts.base import Event

GOLDEN = Path(__file__).resolve().parents[2] / "contracts" / "golden"

PINNED: tuple[tuple[str, Callable[[Any], bytes], str], ...] = (
    ("id.timbang.valuation.valued.v1", deposits._credit_fingerprint, "e6b1d31a515439f1"),
    ("id.timbang.valuation.reversed.v1", deposits._reversal_fingerprint, "0f4b591f45297143"),
    ("id.timbang.redemption.requested.v1", redemptions._request_fingerprint, "8b37f807376b64b5"),
    ("id.timbang.redemption.delivered.v1", redemptions._verdict_fingerprint, "57017997d44809e3"),
    ("id.timbang.redemption.delivered_late.v1", redemptions._verdict_fingerprint, "57017997d44809e3"),
    ("id.timbang.redemption.failed.v1", redemptions._verdict_fingerprint, "3c8c3a70306a1ae0"),
    ("id.timbang.redemption.reversed.v1", redemptions._verdict_fingerprint, "57017997d44809e3"),
    ("id.timbang.redemption.float_changed.v1", floats._fingerprint, "90825cb1a8a05db7"),
)


def sample(type_name: str) -> Event:
    content = json.loads((GOLDEN / f"{type_name}.json").read_text(encoding="utf-8"))
    return BY_TYPE[type_name].model_validate(content["samples"][0]["value"])


@pytest.mark.parametrize(("type_name", "fingerprint", "pinned"), PINNED, ids=[name for name, _, _ in PINNED])
def test_the_same_fact_has_the_same_fingerprint_for_ever(
    type_name: str, fingerprint: Callable[[Any], bytes], pinned: str
) -> None:
    assert fingerprint(sample(type_name)).hex()[:16] == pinned
