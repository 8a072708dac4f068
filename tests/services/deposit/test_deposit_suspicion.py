"""The same member, item and weight within an hour asks a person; nothing is refused or held up."""

from typing import Any
from uuid import UUID

import pytest

from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.deposit.stage import BANK, CLOSED_CODE, OTHER_BANK, Stage, weighing


def lines(quantity: int = 1500, item: str = "P05") -> list[dict[str, Any]]:
    return [{"item_code": item, "grade": "bersih", "unit": "kg", "quantity": quantity, "shown_rupiah": 4500}]


def at(minute: int, member: UUID, **changes: Any) -> dict[str, Any]:
    hour, rest = divmod(9 * 60 + minute, 60)
    moment = f"2026-11-22T{hour:02}:{rest:02}:00+07:00"
    return weighing(member, **({"lines": lines(), "weighed_at": moment} | changes))


async def pairs(stage: Stage, who: dict[str, str] | None = None) -> list[dict[str, Any]]:
    answer = await stage.get("/v1/suspicions", who or stage.as_programme)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["suspicions"]
    return found


async def test_a_double_is_asked_about_and_counts(stage: Stage) -> None:
    member = await stage.known_member()
    first, second = at(0, member), at(20, member, lines=[*lines(700, "K04"), *lines()])
    (plain,) = await stage.send(first)
    assert (plain["status"], plain["suspected_duplicate_of"]) == ("recorded", None)
    for status in ("recorded", "repeated"):
        (asked,) = await stage.send(second)
        assert (asked["status"], asked["suspected_duplicate_of"]) == (status, first["deposit_id"])
    (pair,) = await pairs(stage)
    assert (pair["kind"], pair["deposit_id"], pair["other_deposit_id"], pair["waste_bank_id"]) == (
        "same_weighing",
        second["deposit_id"],
        first["deposit_id"],
        BANK,
    )
    third = at(30, member)
    answer = await stage.post("/v1/deposits", third)
    assert answer.status_code == 201
    assert answer.json()["suspected_duplicate_of"] in {first["deposit_id"], second["deposit_id"]}
    assert (await stage.said_names()).count("DepositRecorded") == 3


@pytest.mark.parametrize(
    ("second", "asked"),
    [
        ({"minute": 60}, True),
        ({"minute": 61}, False),
        ({"minute": -60}, True),
        ({"minute": 5, "lines": lines(1501)}, False),
        ({"minute": 5, "lines": lines(item="P06")}, False),
        ({"minute": 5, "waste_bank_id": OTHER_BANK}, True),
    ],
)
async def test_member_item_weight_and_hour_decide(stage: Stage, second: dict[str, Any], asked: bool) -> None:
    member = await stage.known_member()
    for together in (True, False):
        who = await stage.known_member() if together else member
        first, other = (
            at(0, who),
            at(second["minute"], who, **{k: v for k, v in second.items() if k != "minute"}),
        )
        if together:
            results = await stage.send(first, other, who=stage.as_programme)
        else:
            results = [(await stage.send(each, who=stage.as_programme))[0] for each in (first, other)]
        assert [each["status"] for each in results] == ["recorded"] * 2
        assert results[0]["suspected_duplicate_of"] is None
        assert (results[1]["suspected_duplicate_of"] is not None) == asked


async def test_other_members_voided_ones_and_corrections_are_no_doubles(stage: Stage) -> None:
    member = await stage.known_member()
    first = at(0, member)
    await stage.send(first, at(0, await stage.known_member()))
    right = at(0, member, replaces={"deposit_id": first["deposit_id"], "reason": "Salah nama"})
    (result,) = await stage.send(right)
    assert result["suspected_duplicate_of"] is None
    await stage.post(f"/v1/deposits/{right['deposit_id']}:void", {"reason": "Salah"})
    (result,) = await stage.send(at(1, member))
    assert result["suspected_duplicate_of"] is None
    assert await pairs(stage) == []


async def test_a_person_says_that_both_stand(stage: Stage) -> None:
    member = await stage.known_member()
    first, second = at(0, member), at(1, member)
    await stage.send(first, second)
    (pair,) = await pairs(stage)
    path = f"/v1/suspicions/{pair['suspicion_id']}"
    reason = {"reason": "Dua karung yang sama berat"}
    assert (await stage.post(f"{path}:confirm", {})).status_code == 422
    assert (await stage.post(f"{path}:confirm", reason, stage.as_stranger)).status_code == 404
    assert (await stage.post(f"{path}:confirm", reason, stage.as_member(member))).status_code == 403
    assert (await stage.post(f"/v1/suspicions/{uuid7()}:confirm", reason)).status_code == 404
    for _ in range(2):
        answer = await stage.post(f"{path}:confirm", reason, stage.as_second)
        assert (answer.status_code, answer.json()["state"]) == (200, "both_stand")
    assert await pairs(stage) == []
    too_late = await stage.post(f"{path}:void", reason | {"deposit_id": first["deposit_id"]})
    assert (too_late.status_code, too_late.json()["code"]) == (409, "suspicion_decided")
    lines_ = (await stage.get("/v1/audit", stage.as_programme, subject_id=second["deposit_id"])).json()[
        "lines"
    ]
    assert [(each["action"], each["after"]) for each in lines_] == [
        ("suspicion_decided", {"state": "both_stand"})
    ]


async def test_a_person_voids_one_of_the_two(stage: Stage) -> None:
    member = await stage.known_member()
    first, second = at(0, member), at(1, member)
    await stage.send(first, second)
    (pair,) = await pairs(stage)
    path = f"/v1/suspicions/{pair['suspicion_id']}:void"
    other = await stage.post(path, {"deposit_id": str(uuid7()), "reason": "Dobel"})
    assert (other.status_code, other.json()["code"]) == (422, "suspicion_of_others")
    body = {"deposit_id": second["deposit_id"], "reason": "Dobel"}
    assert (await stage.post(path, body, stage.as_stranger)).status_code == 404
    for _ in range(2):
        answer = await stage.post(path, body)
        assert (answer.status_code, answer.json()["state"]) == (200, "one_voided")
    assert await stage.state_of(second["deposit_id"]) == "voided"
    assert await stage.state_of(first["deposit_id"]) == "recorded"
    assert (await stage.said_names()).count("DepositVoided") == 1
    late = await stage.post(path.replace(":void", ":confirm"), {"reason": "Benar"})
    assert (late.status_code, late.json()["code"]) == (409, "suspicion_decided")
    audit = (await stage.get("/v1/audit", stage.as_programme, subject_id=second["deposit_id"])).json()[
        "lines"
    ]
    assert {each["action"] for each in audit} == {"deposit_voided", "suspicion_decided"}


async def test_an_ordinary_void_settles_it_too(stage: Stage) -> None:
    member = await stage.known_member()
    first, second = at(0, member), at(1, member)
    await stage.send(first, second)
    assert len(await pairs(stage)) == 1
    await stage.post(f"/v1/deposits/{first['deposit_id']}:void", {"reason": "Dobel"})
    assert await pairs(stage) == []


async def test_pairs_are_listed_by_area(stage: Stage) -> None:
    member = await stage.known_member()
    await stage.send(at(0, member), at(1, member), at(2, member))
    assert len(await pairs(stage)) == 2
    assert len(await pairs(stage, stage.as_operator)) == 2
    assert await pairs(stage, stage.as_stranger) == []
    of_kuis = stage.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=[CLOSED_CODE])
    assert await pairs(stage, of_kuis) == []
    assert (await stage.get("/v1/suspicions", waste_bank_id=OTHER_BANK)).status_code == 403
    first = (await stage.get("/v1/suspicions", limit=1)).json()
    rest = (await stage.get("/v1/suspicions", limit=1, cursor=first["next_cursor"])).json()
    assert rest["next_cursor"] is None
    assert first["suspicions"][0]["suspicion_id"] != rest["suspicions"][0]["suspicion_id"]
