"""Weighings at the door of deposit, on a real PostgreSQL."""

import asyncio
from typing import Any

import pytest

from shared.contracts import DepositQuarantined, DepositRecorded
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.deposit.stage import (
    BANK,
    CLOSED_BANK,
    CLOSED_CODE,
    OPEN_CODE,
    OTHER_BANK,
    Stage,
    weighing,
    write_rollout,
)


async def test_a_weighing_is_recorded_with_all_that_its_hearers_need(stage: Stage) -> None:
    member = await stage.known_member()
    deposit = weighing(member)
    (result,) = await stage.send(deposit, sent_at="2026-11-22T10:00:02.500+07:00")
    assert (result["status"], result["state"]) == ("recorded", "recorded")
    (event,) = await stage.said()
    assert isinstance(event, DepositRecorded)
    assert str(event.deposit_id) == deposit["deposit_id"]
    assert (event.member_id, event.recorder_id, event.tablet_id) == (member, stage.operator, stage.tablet)
    assert (event.waste_bank_id, event.subdistrict_code, event.channel) == (BANK, OPEN_CODE, "assisted")
    assert event.clock_offset_ms == 2500
    assert event.recorded_at == stage.clock.now()
    assert [line.model_dump() for line in event.lines] == deposit["lines"]


async def test_the_same_weighing_again_is_a_repeat_and_says_nothing(stage: Stage) -> None:
    member = await stage.known_member()
    deposit = weighing(member)
    assert await stage.statuses(deposit) == ["recorded"]
    assert await stage.statuses(deposit, weighing(member), deposit) == ["repeated", "recorded", "repeated"]
    assert await stage.statuses(deposit, who=stage.as_second) == ["repeated"]
    assert await stage.said_names() == ["DepositRecorded"] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"weighed_at": "2026-11-22T09:31:00+07:00"},
        {"channel": "self"},
        {"price_list_id": "01a201c0-0000-7000-8000-000000000002"},
        {
            "lines": [
                {"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 1501, "shown_rupiah": 4500}
            ]
        },
    ],
)
async def test_the_same_id_with_other_content_is_a_conflict_and_the_first_stays(
    stage: Stage, change: dict[str, Any]
) -> None:
    deposit = weighing(await stage.known_member())
    other = deposit | change
    assert await stage.statuses(deposit, other) == ["recorded", "conflict"]
    (result,) = await stage.send(other)
    assert (result["status"], result["code"]) == ("conflict", "deposit_conflict")
    answer = await stage.post("/v1/deposits", other)
    assert (answer.status_code, answer.json()["code"]) == (409, "deposit_conflict")
    story = (await stage.get(f"/v1/deposits/{deposit['deposit_id']}")).json()
    assert story["lines"] == deposit["lines"]
    assert await stage.said_names() == ["DepositRecorded"]


async def test_the_time_of_weighing_is_the_same_in_every_zone(stage: Stage) -> None:
    deposit = weighing(await stage.known_member())
    assert await stage.statuses(deposit) == ["recorded"]
    assert await stage.statuses(deposit | {"weighed_at": "2026-11-22T02:30:00Z"}) == ["repeated"]


async def test_one_bad_record_never_blocks_the_rest(stage: Stage) -> None:
    member = await stage.known_member()
    good, last = weighing(member), weighing(member)
    bad_line = weighing(
        member, lines=[{"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": "banyak"}]
    )
    results = await stage.send(good, bad_line, "nonsense", weighing(member, deposit_id="x"), last)
    assert [result["status"] for result in results] == [
        "recorded",
        "refused",
        "refused",
        "refused",
        "recorded",
    ]
    assert [result["deposit_id"] for result in results] == [
        good["deposit_id"],
        bad_line["deposit_id"],
        None,
        None,
        last["deposit_id"],
    ]
    assert results[1]["code"] == "invalid_deposit"
    assert {error["field"]: error["words"] for error in results[1]["errors"]} == {
        "lines.0.quantity": "harus berupa bilangan bulat",
        "lines.0.shown_rupiah": "isian ini wajib ada",
    }
    assert await stage.said_names() == ["DepositRecorded"] * 2


async def test_a_batch_is_at_most_five_hundred(stage: Stage) -> None:
    member = await stage.known_member()
    full = [weighing(member) for _ in range(500)]
    assert await stage.statuses(*full) == ["recorded"] * 500
    for batch in ([*full, weighing(member)], [*full, "nonsense"], []):
        answer = await stage.post("/v1/deposits:batch", {"deposits": batch})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"deposits": 5}',
        b'{"deposits": [1',
        b"\xff\xfe",
        b'{"deposits":[{}],"sent_at":"x"}',
        b"[" * 100_000,
        b'{"deposits":[' + b"9" * 6000 + b"]}",
    ],
)
async def test_what_cannot_be_read_changes_nothing(stage: Stage, body: bytes) -> None:
    for path in ("/v1/deposits:batch", "/v1/deposits"):
        answer = await stage.door.post(path, content=body, headers=stage.as_operator)
        assert answer.status_code in {200, 422}, answer.text
    assert await stage.said() == []


async def test_a_place_that_was_not_open_that_day_is_set_aside(stage: Stage) -> None:
    member = await stage.known_member()
    early = weighing(member, weighed_at="2026-09-30T23:59:59+07:00")
    first = weighing(member, weighed_at="2026-10-01T00:00:00+07:00")
    closed = weighing(member, waste_bank_id=CLOSED_BANK)
    nowhere = weighing(member, waste_bank_id="antah-berantah")
    results = await stage.send(early, first, closed, nowhere)
    assert [(result["status"], result["reason"]) for result in results] == [
        ("quarantined", "subdistrict_not_open"),
        ("recorded", None),
        ("quarantined", "subdistrict_not_open"),
        ("quarantined", "unknown_waste_bank"),
    ]
    set_aside = [event for event in await stage.said() if isinstance(event, DepositQuarantined)]
    assert [(event.why, event.subdistrict_code) for event in set_aside] == [
        ("subdistrict_not_open", OPEN_CODE),
        ("subdistrict_not_open", CLOSED_CODE),
        ("unknown_waste_bank", "unknown"),
    ]
    assert await stage.statuses(early) == ["repeated"]


async def test_opening_a_subdistrict_is_taken_up_while_running(stage: Stage) -> None:
    member = await stage.known_member()
    assert await stage.statuses(weighing(member, waste_bank_id=CLOSED_BANK)) == ["quarantined"]
    write_rollout(stage.rollout_path, kuis_opens_on="2026-11-20")
    await stage.rollout.look()
    assert await stage.statuses(weighing(member, waste_bank_id=CLOSED_BANK)) == ["recorded"]


async def test_an_operator_records_for_the_own_waste_banks_only(stage: Stage) -> None:
    member = await stage.known_member()
    (result,) = await stage.send(weighing(member, waste_bank_id=OTHER_BANK))
    assert (result["status"], result["code"]) == ("refused", "not_your_waste_bank")
    answer = await stage.post("/v1/deposits", weighing(member, waste_bank_id=OTHER_BANK))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_waste_bank")
    assert await stage.statuses(weighing(member, waste_bank_id=OTHER_BANK), who=stage.as_programme) == [
        "recorded"
    ]
    assert await stage.said_names() == ["DepositRecorded"]


async def test_only_operators_and_the_programme_record(stage: Stage) -> None:
    deposit = weighing(uuid7())
    for role in (Role.MEMBER, Role.OFFICE, Role.SERVICE):
        answer = await stage.post("/v1/deposits:batch", {"deposits": [deposit]}, stage.mint.header(role))
        assert answer.status_code == 403
    answer = await stage.door.post("/v1/deposits:batch", json={"deposits": [deposit]})
    assert answer.status_code == 401


async def test_one_weighing_alone(stage: Stage) -> None:
    deposit = weighing(await stage.known_member()) | {"sent_at": "2026-11-22T02:59:59Z"}
    answer = await stage.post("/v1/deposits", deposit)
    assert (answer.status_code, answer.json()["status"]) == (201, "recorded")
    answer = await stage.post("/v1/deposits", deposit)
    assert (answer.status_code, answer.json()["status"]) == (200, "repeated")
    answer = await stage.post("/v1/deposits", weighing(uuid7()))
    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    answer = await stage.post("/v1/deposits", weighing(uuid7(), waste_bank_id=CLOSED_BANK))
    assert (answer.status_code, answer.json()["status"]) == (202, "quarantined")
    answer = await stage.post("/v1/deposits", deposit | {"lines": []})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"] == [
        {"field": "lines", "rule": "too_short", "words": "daftarnya terlalu pendek"}
    ]
    recorded = [event for event in await stage.said() if isinstance(event, DepositRecorded)]
    assert [event.clock_offset_ms for event in recorded] == [-1000]


async def test_many_at_once_are_answered_each_on_its_own(stage: Stage) -> None:
    member = await stage.known_member()
    deposits = [weighing(member) for _ in range(40)]
    twisted = [deposit | {"channel": "self"} for deposit in deposits[:5]]
    foreign = [weighing(member, waste_bank_id=OTHER_BANK) for _ in range(5)]
    answers = await asyncio.gather(
        *[stage.post("/v1/deposits", deposit) for deposit in [*deposits, *deposits, *twisted, *foreign]]
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses == [201] * 40 + [200] * 40 + [409] * 5 + [403] * 5
    assert len(await stage.said()) == 40


async def test_the_same_batch_twice_at_the_same_moment_counts_once(stage: Stage) -> None:
    member = await stage.known_member()
    deposits = [weighing(member) for _ in range(100)]
    results = await asyncio.gather(
        stage.statuses(*deposits),
        stage.statuses(*reversed(deposits)),
        stage.statuses(*deposits[50:], *deposits[:50]),
    )
    flat = [status for result in results for status in result]
    assert sorted(flat) == ["recorded"] * 100 + ["repeated"] * 200
    assert len(await stage.said()) == 100


async def test_openapi_shows_what_the_doors_take(stage: Stage) -> None:
    paths = (await stage.door.get("/openapi.json")).json()["paths"]
    schema = paths["/v1/deposits:batch"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    lines = schema["properties"]["deposits"]["items"]["properties"]["lines"]
    assert (lines["minItems"], lines["maxItems"]) == (1, 60)
    assert lines["items"]["properties"]["unit"]["enum"] == ["kg", "litre", "piece"]
    assert "$ref" not in str(schema)
