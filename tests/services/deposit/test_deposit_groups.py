"""One class's list is taken in in one go; each row is a deposit of its own."""

from typing import Any
from uuid import UUID

import pytest

from shared.kernel.ids import uuid7
from tests.services.deposit.stage import BANK, OTHER_BANK, Stage

LINE = {"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 1500, "shown_rupiah": 4500}
BOTTLES = {"item_code": "B02", "grade": "-", "unit": "piece", "quantity": 4, "shown_rupiah": 2000}


def row(member_id: UUID, **changes: Any) -> dict[str, Any]:
    """One pupil's line of the list."""
    return {"deposit_id": str(uuid7()), "member_id": str(member_id), "lines": [LINE, BOTTLES]} | changes


def a_class(*rows: Any, **changes: Any) -> dict[str, Any]:
    """The whole list."""
    return {
        "waste_bank_id": BANK,
        "weighed_at": "2026-11-22T09:30:00+07:00",
        "price_list_id": "01a201c0-0000-7000-8000-000000000001",
        "rows": rows,
    } | changes


async def statuses(stage: Stage, body: Any) -> list[str]:
    answer = await stage.post("/v1/group-deposits", body)
    assert answer.status_code == 200, answer.text
    return [each["status"] for each in answer.json()["results"]]


async def test_a_class_of_sixty_is_recorded_once(stage: Stage) -> None:
    rows = [row(await stage.known_member()) for _ in range(59)] + [row(uuid7())]
    assert await statuses(stage, a_class(*rows)) == ["recorded"] * 59 + ["waiting"]
    assert await statuses(stage, a_class(*rows)) == ["repeated"] * 60
    assert await stage.said_names() == ["DepositRecorded"] * 59
    story = (await stage.get(f"/v1/deposits/{rows[0]['deposit_id']}")).json()
    assert (story["channel"], story["waste_bank_id"], story["lines"]) == ("assisted", BANK, rows[0]["lines"])
    assert story["tablet_id"] == str(stage.tablet)
    again = rows[0] | {"lines": [LINE]}
    assert await statuses(stage, a_class(again)) == ["conflict"]


async def test_a_bad_row_does_not_block_the_class(stage: Stage) -> None:
    good = [row(await stage.known_member()) for _ in range(2)]
    bad = row(uuid7(), lines=[LINE | {"quantity": 0}])
    answer = await stage.post("/v1/group-deposits", a_class(good[0], bad, "nothing", good[1]))
    results = answer.json()["results"]
    assert [each["status"] for each in results] == ["recorded", "refused", "refused", "recorded"]
    assert results[1]["deposit_id"] == bad["deposit_id"]
    assert results[1]["errors"][0]["field"] == "lines.0.quantity"


async def test_a_row_cannot_leave_its_class(stage: Stage) -> None:
    pupil = row(await stage.known_member(), waste_bank_id=OTHER_BANK)
    assert await statuses(stage, a_class(pupil)) == ["recorded"]
    assert (await stage.get(f"/v1/deposits/{pupil['deposit_id']}")).json()["waste_bank_id"] == BANK


@pytest.mark.parametrize(
    "change",
    [
        {"rows": []},
        {"rows": None},
        {"rows": [None] * 61},
        {"weighed_at": "2026-11-22T09:30:00"},
        {"waste_bank_id": "\x00"},
        {"channel": "by pigeon"},
        {"price_list_id": 3},
    ],
)
async def test_a_wrong_list_is_refused_as_a_whole(stage: Stage, change: dict[str, Any]) -> None:
    answer = await stage.post("/v1/group-deposits", a_class(row(uuid7())) | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_only_staff_of_the_area_may_send_one(stage: Stage) -> None:
    body = a_class(row(await stage.known_member()))
    for who, code in ((stage.as_stranger, "not_your_area"), (stage.as_member(uuid7()), "not_allowed")):
        answer = await stage.post("/v1/group-deposits", body, who)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    unknown = await stage.post("/v1/group-deposits", body | {"waste_bank_id": "tidak-ada"})
    assert (unknown.status_code, unknown.json()["code"]) == (403, "not_your_area")
    assert await stage.said_names() == []
