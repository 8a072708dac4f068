"""Voiding and correcting deposits through the door."""

import asyncio

import pytest

from shared.contracts import DepositRecorded, DepositVoided
from shared.kernel.ids import uuid7
from tests.services.deposit.stage import BANK, CLOSED_BANK, OTHER_BANK, Stage, registration, weighing

WRONG = {"reason": "Salah timbang"}


async def test_a_void_keeps_the_original_and_says_who_and_why(stage: Stage) -> None:
    deposit = weighing(await stage.known_member())
    await stage.send(deposit)
    path = f"/v1/deposits/{deposit['deposit_id']}"
    answer = await stage.post(f"{path}:void", WRONG)
    assert (answer.status_code, answer.json()["state"]) == (200, "voided")
    again = await stage.post(f"{path}:void", {"reason": "Lain"}, stage.as_programme)
    assert (again.status_code, again.json()["state"]) == (200, "voided")
    story = (await stage.get(path)).json()
    assert story["lines"] == deposit["lines"]
    assert [(step["step"], step["by_id"], step["reason"]) for step in story["history"]] == [
        ("received", str(stage.operator), None),
        ("recorded", None, None),
        ("voided", str(stage.operator), "Salah timbang"),
    ]
    recorded, voided = await stage.said()
    assert isinstance(voided, DepositVoided)
    assert (voided.deposit_id, voided.member_id) == (recorded.deposit_id, recorded.member_id)  # type: ignore[attr-defined]
    assert (voided.voided_by, voided.reason) == (stage.operator, "Salah timbang")
    assert await stage.statuses(deposit) == ["repeated"]


async def test_only_the_waste_bank_and_the_programme_void(stage: Stage) -> None:
    deposit = weighing(await stage.known_member())
    await stage.send(deposit)
    path = f"/v1/deposits/{deposit['deposit_id']}:void"
    answer = await stage.post(path, WRONG, stage.as_stranger)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_waste_bank")
    assert (await stage.post(path, WRONG, stage.as_member(uuid7()))).status_code == 403
    assert (await stage.post(path, {"reason": ""})).status_code == 422
    assert (await stage.post(path, {"reason": "a\x00b"})).status_code == 422
    assert await stage.state_of(deposit["deposit_id"]) == "recorded"
    assert (await stage.post(path, WRONG, stage.as_programme)).status_code == 200


async def test_a_flag_is_rejected_by_a_second_person(stage: Stage) -> None:
    deposit = weighing(await stage.known_member())
    await stage.send(deposit)
    path = f"/v1/deposits/{deposit['deposit_id']}:void"
    answer = await stage.post(path, WRONG | {"second_person": True})
    assert (answer.status_code, answer.json()["code"]) == (403, "second_person_needed")
    assert (await stage.post(path, WRONG | {"second_person": True}, stage.as_second)).status_code == 200
    unknown = await stage.post(f"/v1/deposits/{uuid7()}:void", WRONG | {"second_person": True})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "deposit_not_found")


async def test_a_void_waits_for_its_deposit(stage: Stage) -> None:
    deposit = weighing(await stage.known_member())
    path = f"/v1/deposits/{deposit['deposit_id']}"
    for _ in range(2):
        answer = await stage.post(f"{path}:void", WRONG)
        assert (answer.status_code, answer.json()["state"]) == (200, "voided_ahead")
    assert (await stage.get(path)).status_code == 404
    (result,) = await stage.send(deposit)
    assert (result["status"], result["state"]) == ("recorded", "voided")
    assert await stage.said_names() == ["DepositRecorded", "DepositVoided"]
    story = (await stage.get(path)).json()
    assert (story["state"], story["lines"]) == ("voided", deposit["lines"])
    assert sorted(step["step"] for step in story["history"]) == ["received", "recorded", "voided"]
    assert await stage.statuses(deposit) == ["repeated"]
    assert await stage.statuses(deposit | {"channel": "self"}) == ["conflict"]


async def test_a_void_ahead_holds_only_at_the_waste_banks_of_who_said_it(stage: Stage) -> None:
    deposit = weighing(await stage.known_member())
    await stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", WRONG, stage.as_stranger)
    (result,) = await stage.send(deposit)
    assert (result["status"], result["state"]) == ("recorded", "recorded")
    assert await stage.said_names() == ["DepositRecorded"]
    story = (await stage.get(f"/v1/deposits/{deposit['deposit_id']}")).json()
    assert "void_refused" in [step["step"] for step in story["history"]]


async def test_a_deposit_and_its_void_at_the_same_moment_end_void(stage: Stage) -> None:
    member = await stage.known_member()
    deposits = [weighing(member) for _ in range(20)]
    jobs = [stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", WRONG) for deposit in deposits]
    jobs += [stage.post("/v1/deposits", deposit) for deposit in deposits]
    answers = await asyncio.gather(*jobs)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert [await stage.state_of(deposit["deposit_id"]) for deposit in deposits] == ["voided"] * 20
    assert sorted(await stage.said_names()) == ["DepositRecorded"] * 20 + ["DepositVoided"] * 20


async def test_a_correction_voids_and_replaces_in_one(stage: Stage) -> None:
    member = await stage.known_member()
    wrong, right = weighing(member), weighing(await stage.known_member())
    await stage.send(wrong)
    path = f"/v1/deposits/{wrong['deposit_id']}:correct"
    answer = await stage.post(path, WRONG | {"deposit": right})
    assert (answer.status_code, answer.json()["status"]) == (201, "recorded")
    again = await stage.post(path, WRONG | {"deposit": right})
    assert (again.status_code, again.json()["status"]) == (200, "repeated")
    voided, recorded = (await stage.said())[1:]
    assert isinstance(voided, DepositVoided)
    assert isinstance(recorded, DepositRecorded)
    assert str(voided.replaced_by_deposit_id) == right["deposit_id"]
    assert str(recorded.replaces_deposit_id) == wrong["deposit_id"]
    assert (await stage.get(f"/v1/deposits/{wrong['deposit_id']}")).json()["replaced_by_deposit_id"] == right[
        "deposit_id"
    ]
    twist = await stage.post(path, WRONG | {"deposit": right | {"channel": "self"}})
    assert (twist.status_code, twist.json()["code"]) == (409, "deposit_conflict")
    second = await stage.post(path, WRONG | {"deposit": weighing(member)})
    assert (second.status_code, second.json()["code"]) == (409, "deposit_already_ended")
    itself = await stage.post(f"/v1/deposits/{right['deposit_id']}:correct", WRONG | {"deposit": right})
    assert (itself.status_code, itself.json()["code"]) == (422, "replaces_itself")
    assert len(await stage.said()) == 3


async def test_a_refused_correction_changes_nothing(stage: Stage) -> None:
    member = await stage.known_member()
    deposit = weighing(member, waste_bank_id=OTHER_BANK)
    await stage.send(deposit, who=stage.as_programme)
    path = f"/v1/deposits/{deposit['deposit_id']}:correct"
    for body, code in ((weighing(member), 403), (weighing(member, waste_bank_id=OTHER_BANK), 403)):
        answer = await stage.post(path, WRONG | {"deposit": body})
        assert answer.status_code == code
        assert (await stage.get(f"/v1/deposits/{body['deposit_id']}", stage.as_programme)).status_code == 404
    assert await stage.said_names() == ["DepositRecorded"]


async def test_a_queue_may_hold_a_deposit_and_its_corrections(stage: Stage) -> None:
    member = await stage.known_member()
    first = weighing(member)
    second = weighing(member, replaces={"deposit_id": first["deposit_id"], "reason": "Salah berat"})
    third = weighing(member, replaces={"deposit_id": second["deposit_id"], "reason": "Salah jenis"})
    assert await stage.statuses(second, first, third) == ["recorded"] * 3
    assert await stage.statuses(second, first, third) == ["repeated"] * 3
    states = [await stage.state_of(deposit["deposit_id"]) for deposit in (first, second, third)]
    assert states == ["voided", "voided", "recorded"]


async def test_two_corrections_of_one_deposit_do_not_both_count(stage: Stage) -> None:
    member = await stage.known_member()
    original = weighing(member)
    await stage.send(original)
    corrections = [
        weighing(member, replaces={"deposit_id": original["deposit_id"], "reason": "Salah"}) for _ in range(5)
    ]
    results = await asyncio.gather(*[stage.send(each) for each in corrections])
    assert sorted(result[0]["status"] for result in results) == ["conflict"] * 4 + ["recorded"]
    assert (await stage.said_names()).count("DepositRecorded") == 2


async def test_a_correction_may_come_before_what_it_corrects(stage: Stage) -> None:
    member = await stage.known_member()
    original = weighing(member)
    correction = weighing(member, replaces={"deposit_id": original["deposit_id"], "reason": "Salah"})
    assert await stage.statuses(correction) == ["recorded"]
    (result,) = await stage.send(original)
    assert (result["status"], result["state"]) == ("recorded", "voided")
    story = (await stage.get(f"/v1/deposits/{original['deposit_id']}")).json()
    assert story["replaced_by_deposit_id"] == correction["deposit_id"]
    assert await stage.said_names() == ["DepositRecorded", "DepositRecorded", "DepositVoided"]


@pytest.mark.parametrize("bank", [BANK, CLOSED_BANK])
async def test_what_was_set_aside_may_be_voided(stage: Stage, bank: str) -> None:
    member = uuid7()
    deposit = weighing(member, waste_bank_id=bank)
    await stage.send(deposit)
    assert (await stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", WRONG)).json()["state"] == "voided"
    await stage.hear(registration(member))
    assert await stage.state_of(deposit["deposit_id"]) == "voided"
    assert "DepositRecorded" not in await stage.said_names()
