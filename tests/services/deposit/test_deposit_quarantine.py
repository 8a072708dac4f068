"""What is set aside: waiting for a member, quarantined after a day, decided by a second person."""

import asyncio

from shared.contracts import DepositQuarantined, DepositRecorded, DepositRejected
from shared.kernel.ids import uuid7
from tests.services.deposit.stage import (
    CLOSED_BANK,
    CLOSED_CODE,
    OPEN_CODE,
    Stage,
    registration,
    weighing,
    write_rollout,
)

YES, NO = {"reason": "Sudah dicek"}, {"reason": "Bukan warga kita"}


async def test_a_deposit_waits_for_its_member_and_counts_once_known(stage: Stage) -> None:
    member = uuid7()
    deposits = [weighing(member), weighing(member)]
    assert await stage.statuses(*deposits) == ["waiting", "waiting"]
    assert await stage.said() == []
    await stage.hear(registration(member), registration(member))
    await stage.hear(registration(member))
    events = await stage.said()
    assert [str(event.deposit_id) for event in events if isinstance(event, DepositRecorded)] == [
        deposit["deposit_id"] for deposit in deposits
    ]
    first = events[0]
    assert isinstance(first, DepositRecorded)
    assert [line.model_dump() for line in first.lines] == deposits[0]["lines"]
    assert (first.recorder_id, first.tablet_id, first.subdistrict_code) == (
        stage.operator,
        stage.tablet,
        OPEN_CODE,
    )
    assert await stage.statuses(*deposits, weighing(member)) == ["repeated", "repeated", "recorded"]
    story = (await stage.get(f"/v1/deposits/{deposits[0]['deposit_id']}")).json()
    assert [step["step"] for step in story["history"]] == ["received", "waiting_for_member", "recorded"]


async def test_no_deposit_is_left_waiting_for_a_member_who_is_registered_meanwhile(stage: Stage) -> None:
    members = [uuid7() for _ in range(30)]
    deposits = [weighing(member) for member in members]
    await asyncio.gather(
        *[stage.hear(registration(member)) for member in members],
        *[stage.post("/v1/deposits", deposit) for deposit in deposits[:15]],
        stage.send(*deposits[15:]),
    )
    assert [await stage.state_of(deposit["deposit_id"]) for deposit in deposits] == ["recorded"] * 30
    assert len(await stage.said()) == 30


async def test_after_a_day_a_person_has_to_look(stage: Stage) -> None:
    member = uuid7()
    early, late = weighing(member), weighing(uuid7())
    await stage.send(early)
    stage.clock.move(hours=23)
    await stage.send(late)
    assert await stage.set_overdue_aside() == 0
    stage.clock.move(hours=1)
    assert sorted(await asyncio.gather(stage.set_overdue_aside(), stage.set_overdue_aside())) == [0, 1]
    (event,) = await stage.said()
    assert isinstance(event, DepositQuarantined)
    assert (str(event.deposit_id), event.why) == (early["deposit_id"], "unknown_member")
    page = (await stage.get("/v1/quarantine")).json()
    assert [deposit["deposit_id"] for deposit in page["deposits"]] == [early["deposit_id"]]
    # A registration that comes late still ends the wait: nobody has to decide what has become clear.
    await stage.hear(registration(member))
    assert await stage.state_of(early["deposit_id"]) == "recorded"
    assert await stage.state_of(late["deposit_id"]) == "waiting_for_member"


async def test_a_second_person_accepts(stage: Stage) -> None:
    deposit = weighing(await stage.known_member(), waste_bank_id=CLOSED_BANK)
    await stage.send(deposit)
    path = f"/v1/quarantine/{deposit['deposit_id']}:accept"
    answer = await stage.post(path, YES)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_person_needed")
    answer = await stage.post(path, YES, stage.as_stranger)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_waste_bank")
    for _ in range(2):
        answer = await stage.post(path, YES, stage.as_second)
        assert (answer.status_code, answer.json()["state"]) == (200, "recorded")
    assert await stage.said_names() == ["DepositQuarantined", "DepositRecorded"]
    late = await stage.post(f"/v1/quarantine/{deposit['deposit_id']}:reject", NO, stage.as_programme)
    assert (late.status_code, late.json()["code"]) == (409, "quarantine_resolved")
    story = (await stage.get(f"/v1/deposits/{deposit['deposit_id']}")).json()
    assert [(step["step"], step["by_id"]) for step in story["history"]] == [
        ("received", str(stage.operator)),
        ("quarantined", None),
        ("accepted", str(stage.second_operator)),
    ]


async def test_a_second_person_rejects_with_a_reason(stage: Stage) -> None:
    deposit = weighing(await stage.known_member(), waste_bank_id=CLOSED_BANK)
    await stage.send(deposit)
    path = f"/v1/quarantine/{deposit['deposit_id']}:reject"
    assert (await stage.post(path, {}, stage.as_second)).status_code == 422
    assert (await stage.post(path, NO)).status_code == 403
    for _ in range(2):
        answer = await stage.post(path, NO, stage.as_programme)
        assert (answer.status_code, answer.json()["state"]) == (200, "rejected")
    rejected = (await stage.said())[-1]
    assert isinstance(rejected, DepositRejected)
    assert (rejected.rejected_by, rejected.reason) == (stage.programme, "Bukan warga kita")
    void = await stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", NO)
    assert (void.status_code, void.json()["code"]) == (409, "deposit_already_ended")
    assert (await stage.get("/v1/quarantine")).json() == {"deposits": [], "next_cursor": None}
    assert len(await stage.said()) == 2


async def test_an_accepted_place_still_waits_for_an_unknown_member(stage: Stage) -> None:
    member = uuid7()
    deposit = weighing(member, waste_bank_id=CLOSED_BANK)
    await stage.send(deposit)
    path = f"/v1/quarantine/{deposit['deposit_id']}:accept"
    assert (await stage.post(path, YES, stage.as_second)).json()["state"] == "waiting_for_member"
    stage.clock.move(hours=24)
    assert await stage.set_overdue_aside() == 1
    assert (await stage.post(path, YES, stage.as_second)).json()["state"] == "recorded"
    assert await stage.said_names() == ["DepositQuarantined", "DepositQuarantined", "DepositRecorded"]


async def test_a_waste_bank_has_to_be_known_before_its_deposit_counts(stage: Stage) -> None:
    deposit = weighing(await stage.known_member(), waste_bank_id="pakam-tiga")
    await stage.send(deposit)
    path = f"/v1/quarantine/{deposit['deposit_id']}:accept"
    answer = await stage.post(path, YES, stage.as_programme)
    assert (answer.status_code, answer.json()["code"]) == (409, "waste_bank_still_unknown")
    write_rollout(stage.rollout_path, more_banks=["pakam-tiga"])
    await stage.rollout.look()
    assert (await stage.post(path, YES, stage.as_programme)).json()["state"] == "recorded"
    recorded = (await stage.said())[-1]
    assert isinstance(recorded, DepositRecorded)
    assert recorded.subdistrict_code == OPEN_CODE


async def test_the_list_is_the_own_waste_banks_oldest_first_page_by_page(stage: Stage) -> None:
    member = await stage.known_member()
    ids = []
    for _ in range(5):
        deposit = weighing(member, waste_bank_id=CLOSED_BANK)
        await stage.send(deposit)
        ids.append(deposit["deposit_id"])
        stage.clock.move(seconds=1)
    seen, cursor = [], None
    while True:
        page = (await stage.get("/v1/quarantine", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [deposit["deposit_id"] for deposit in page["deposits"]]
        assert all(deposit["subdistrict_code"] == CLOSED_CODE for deposit in page["deposits"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids
    assert (await stage.get("/v1/quarantine", stage.as_stranger)).json()["deposits"] == []
    assert (await stage.get("/v1/quarantine", stage.as_member(member))).status_code == 403
