"""Whatever is sent, the door answers with a problem in words or takes it in; it never breaks."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kernel.ids import uuid7
from tests.services.deposit.stage import Stage, weighing

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "\x00",
    "\ud800",
    "a" * 5000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-22",
    "2026-11-22T09:30:00",
    str(uuid7()),
    "00000000-0000-0000-0000-000000000000",
    [],
    {},
    [[]],
    {"a": 1},
    [None] * 61,
]
odd = st.one_of(st.sampled_from(ODD), st.text(max_size=20), st.integers(), st.floats(allow_nan=False))


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A weighing with one to three of its parts replaced or left out."""
    deposit = weighing(uuid7()) | {
        "replaces": {"deposit_id": str(uuid7()), "reason": "Salah"},
        "sent_at": None,
    }
    for _ in range(draw(st.integers(1, 3))):
        place: Any = draw(st.sampled_from([deposit, deposit["lines"], deposit["replaces"]]))
        if isinstance(place, list) and place:
            place = draw(st.sampled_from([*place, place]))
        if isinstance(place, list) and place:
            place[draw(st.integers(0, len(place) - 1))] = draw(odd)
        elif isinstance(place, dict) and place:
            key = draw(st.sampled_from(sorted(place)))
            if draw(st.booleans()):
                place[key] = draw(odd)
            else:
                del place[key]
            deposit.setdefault("lines", [])
            deposit.setdefault("replaces", None)
    return deposit


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deposit=spoiled(), target=st.sampled_from(["batch", "single", "correct"]))
async def test_spoiled_weighings_are_told_apart(stage: Stage, deposit: dict[str, Any], target: str) -> None:
    body = {
        "batch": {"deposits": [deposit, weighing(uuid7())]},
        "single": deposit,
        "correct": {"reason": "Salah", "deposit": deposit},
    }[target]
    path = {"batch": ":batch", "single": "", "correct": f"/{uuid7()}:correct"}[target]
    content = json.dumps(body).encode()
    answer = await stage.door.post(f"/v1/deposits{path}", content=content, headers=stage.as_operator)
    assert answer.status_code in {200, 201, 202, 403, 409, 422}, answer.text
    if target == "batch" and answer.status_code == 200:
        assert answer.json()["results"][1]["status"] == "waiting"
    elif answer.status_code == 422:
        assert answer.json()["code"] in {"invalid_request", "replaces_itself"}


@pytest.mark.parametrize("body", ODD)
async def test_odd_bodies_at_the_other_doors(stage: Stage, body: Any) -> None:
    paths = [
        f"/v1/deposits/{uuid7()}:void",
        f"/v1/quarantine/{uuid7()}:accept",
        f"/v1/quarantine/{uuid7()}:reject",
    ]
    for path in paths:
        for sent in (body, {"reason": body}):
            content = json.dumps(sent).encode()
            answer = await stage.door.post(path, content=content, headers=stage.as_operator)
            assert answer.status_code in {200, 404, 422}, answer.text
            assert (await stage.post(path.replace("01", "0g"), {"reason": "x"})).status_code == 422
    assert await stage.said() == []
