"""Reading deposits: who sees what, page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.kernel.ids import uuid7
from tests.services.deposit.stage import BANK, OTHER_BANK, Stage, weighing


async def pages(stage: Stage, who: dict[str, str], **query: Any) -> list[str]:
    """The ids of every page, and each page no longer than asked."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        answer = await stage.get(
            "/v1/deposits", who, limit=3, **query, **({"cursor": cursor} if cursor else {})
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["deposits"]) <= 3
        seen += [deposit["deposit_id"] for deposit in page["deposits"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen


async def filled(stage: Stage) -> tuple[UUID, list[dict[str, Any]]]:
    """A member's ten deposits at two waste banks over two days, the latest weighing first; and a stranger's."""
    member = await stage.known_member()
    begin = datetime(2026, 11, 20, 12, tzinfo=UTC)
    deposits = [
        weighing(
            member,
            waste_bank_id=BANK if number % 2 else OTHER_BANK,
            weighed_at=(begin + timedelta(hours=3 * (number // 2))).isoformat(),
        )
        for number in range(10)
    ]
    await stage.send(*deposits, weighing(await stage.known_member()), who=stage.as_programme)
    deposits.sort(key=lambda deposit: (deposit["weighed_at"], deposit["deposit_id"]), reverse=True)
    return member, deposits


def ids(deposits: list[dict[str, Any]]) -> list[str]:
    return [deposit["deposit_id"] for deposit in deposits]


async def test_everybody_sees_what_is_theirs_the_latest_weighing_first(stage: Stage) -> None:
    member, deposits = await filled(stage)
    at_bank = [deposit for deposit in deposits if deposit["waste_bank_id"] == BANK]
    assert await pages(stage, stage.as_member(member)) == ids(deposits)
    assert await pages(stage, stage.as_programme, member_id=str(member)) == ids(deposits)
    assert (await pages(stage, stage.as_programme))[1:] == ids(deposits)
    assert (await pages(stage, stage.as_operator))[1:] == ids(at_bank)
    assert await pages(stage, stage.as_operator, member_id=str(member)) == ids(at_bank)
    assert await pages(stage, stage.as_member(uuid7())) == []


async def test_a_list_is_narrowed_by_bank_day_and_state(stage: Stage) -> None:
    member, deposits = await filled(stage)
    mine = stage.as_member(member)
    assert await pages(stage, mine, waste_bank_id=OTHER_BANK) == ids(
        [deposit for deposit in deposits if deposit["waste_bank_id"] == OTHER_BANK]
    )
    # 17:00 UTC is midnight in Lubuk Pakam.
    evening = [deposit for deposit in deposits if deposit["weighed_at"] < "2026-11-20T17:00"]
    assert await pages(stage, mine, day="2026-11-20") == ids(evening)
    await stage.post(f"/v1/deposits/{evening[0]['deposit_id']}:void", {"reason": "Salah"}, stage.as_programme)
    assert await pages(stage, mine, state="voided") == [evening[0]["deposit_id"]]
    assert await pages(stage, stage.as_programme, state="voided", waste_bank_id="antah") == []


async def test_nobody_reads_what_is_not_theirs(stage: Stage) -> None:
    member, deposits = await filled(stage)
    path = f"/v1/deposits/{deposits[0]['deposit_id']}"
    assert (await stage.get(path, stage.as_member(member))).status_code == 200
    for who in (stage.as_member(uuid7()), stage.as_stranger):
        assert (await stage.get(path, who)).status_code == 404
    assert (
        await stage.get("/v1/deposits", stage.as_member(uuid7()), member_id=str(member))
    ).status_code == 403
    assert (await stage.get("/v1/deposits", stage.as_stranger, waste_bank_id=BANK)).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"},
        {"cursor": "_" * 64},
        {"cursor": "~"},
        {"limit": 0},
        {"limit": 201},
        {"day": "0001-01-01"},
        {"day": "kemarin"},
        {"state": "baik"},
        {"member_id": "saya"},
        {"waste_bank_id": "a\x00"},
    ],
)
async def test_a_wrong_question_is_told_so(stage: Stage, query: dict[str, Any]) -> None:
    answer = await stage.get("/v1/deposits", **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
