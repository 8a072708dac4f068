"""Disputes about deposits: opened in one step, answered by somebody else, by a day that the member knows."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from services.deposit.workflows.disputes_reading import open_by_subdistrict
from shared.contracts import DisputeAnswered, DisputeOpened
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.deposit.field_stage import NOBODY, FieldStage
from tests.services.deposit.people import erased, merged
from tests.services.deposit.stage import BANK, CLOSED_BANK, OPEN_CODE, OTHER_BANK, weighing

WORDS = "Ditimbang dua kilo padahal tiga, kata Pak Ungu"


def complaint(**changes: Any) -> dict[str, Any]:
    return {"dispute_id": str(uuid7()), "complaint": "weight", "words": WORDS} | changes


async def disputed(field: FieldStage) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """A member, their deposit, and the dispute about it."""
    member = await field.known_member()
    deposit = weighing(member)
    await field.send(deposit)
    body = complaint(deposit_id=deposit["deposit_id"])
    answer = await field.post("/v1/disputes", body, field.as_member(member))
    assert answer.status_code == 201, answer.text
    return member, deposit, answer.json()


def answer_of(**changes: Any) -> dict[str, Any]:
    return {"outcome": "turned_down", "words": "Timbangan sudah ditera"} | changes


async def test_a_member_complains_and_knows_when_an_answer_is_due(field: FieldStage) -> None:
    member, deposit, dispute = await disputed(field)
    # Seven WIB calendar days after Sunday: until the end of the next Sunday.
    assert dispute["due_at"] == "2026-11-29T17:00:00Z"
    assert (dispute["words"], dispute["late"], dispute["outcome"]) == (WORDS, False, None)
    body = complaint(dispute_id=dispute["dispute_id"], deposit_id=deposit["deposit_id"])
    again = await field.post("/v1/disputes", body, field.as_member(member))
    assert (again.status_code, again.json()) == (200, dispute)
    other = await field.post("/v1/disputes", body | {"words": "lain"}, field.as_member(member))
    assert (other.status_code, other.json()["code"]) == (409, "dispute_conflict")
    second = await field.post("/v1/disputes", body | {"dispute_id": str(uuid7())}, field.as_member(member))
    assert (second.status_code, second.json()["code"]) == (409, "dispute_already_open")
    (event,) = [each for each in await field.said() if isinstance(each, DisputeOpened)]
    assert (str(event.deposit_id), event.complaint, event.assisted) == (
        deposit["deposit_id"],
        "weight",
        False,
    )
    assert (event.waste_bank_id, event.subdistrict_code) == (BANK, OPEN_CODE)
    assert event.due_at == datetime(2026, 11, 29, 17, tzinfo=UTC)


async def test_one_dispute_is_read_by_whom_it_concerns(field: FieldStage) -> None:
    member, deposit, dispute = await disputed(field)
    path = f"/v1/disputes/{dispute['dispute_id']}"
    for who in (field.as_member(member), field.as_operator, field.as_programme):
        assert (await field.get(path, who)).json() == dispute
    survivor = await field.known_member()
    assert (await field.get(path, field.as_member(survivor))).status_code == 404
    await field.hear(merged(member, survivor))
    assert (await field.get(path, field.as_member(survivor))).json() == dispute
    of_kuis = field.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=["12.07.27"])
    for who in (field.as_stranger, of_kuis, field.as_member(uuid7())):
        answer = await field.get(path, who)
        assert (answer.status_code, answer.json()["code"]) == (404, "dispute_not_found")
    unknown = await field.get(f"/v1/disputes/{uuid7()}", field.as_programme)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "dispute_not_found")
    assert (await field.get("/v1/disputes/bukan-id", field.as_programme)).status_code == 422
    assert (await field.get(path, field.mint.header(Role.OFFICE))).status_code == 403
    del deposit


async def test_twenty_at_once_open_one(field: FieldStage) -> None:
    member = await field.known_member()
    deposit = weighing(member)
    await field.send(deposit)
    answers = await asyncio.gather(
        *[
            field.post("/v1/disputes", complaint(deposit_id=deposit["deposit_id"]), field.as_member(member))
            for _ in range(20)
        ]
    )
    assert sorted(each.status_code for each in answers) == [201] + [409] * 19
    same = complaint(complaint="missing")
    repeats = await asyncio.gather(
        *[field.post("/v1/disputes", same, field.as_member(member)) for _ in range(10)]
    )
    assert sorted(each.status_code for each in repeats) == [200] * 9 + [201]


async def test_only_about_the_own_deposit_and_only_what_makes_sense(field: FieldStage) -> None:
    member, deposit, _ = await disputed(field)
    stranger = field.as_member(await field.known_member())
    foreign = await field.post("/v1/disputes", complaint(deposit_id=deposit["deposit_id"]), stranger)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "deposit_not_found")
    mine = field.as_member(member)
    for wrong in (
        {"complaint": "weight"},
        {"complaint": "missing", "deposit_id": deposit["deposit_id"]},
    ):
        answer = await field.post("/v1/disputes", complaint(**wrong), mine)
        assert (answer.status_code, answer.json()["code"]) == (422, "dispute_complaint_does_not_fit")
    for wrong in ({"words": ""}, {"complaint": "cuaca"}, {"words": "a\x00"}, {"dispute_id": "7"}):
        assert (await field.post("/v1/disputes", complaint(**wrong), mine)).status_code == 422
    assert (await field.post("/v1/disputes", complaint(member_id=str(uuid7())), mine)).status_code == 403
    assert (await field.post("/v1/disputes", complaint(), NOBODY)).status_code == 401


async def test_a_missing_deposit_is_answered_where_it_was_made(field: FieldStage) -> None:
    member = await field.known_member()
    missing = complaint(complaint="missing", waste_bank_id=OTHER_BANK)
    there = (await field.post("/v1/disputes", missing, field.as_member(member))).json()
    home = (await field.post("/v1/disputes", complaint(complaint="missing"), field.as_member(member))).json()
    assert (there["waste_bank_id"], home["waste_bank_id"]) == (OTHER_BANK, BANK)
    nowhere = await field.post("/v1/disputes", complaint(complaint="missing"), field.as_member(uuid7()))
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "dispute_place_unknown")
    # The missing one was found on a tablet: it is named as the correction, and it must be this member's.
    found, foreign = weighing(member), weighing(await field.known_member())
    await field.send(found, foreign)
    path = f"/v1/disputes/{home['dispute_id']}:answer"
    wrong = await field.post(path, answer_of(outcome="upheld", correction_deposit_id=foreign["deposit_id"]))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "dispute_not_corrected")
    right = await field.post(path, answer_of(outcome="upheld", correction_deposit_id=found["deposit_id"]))
    assert (right.status_code, right.json()["correction_deposit_id"]) == (200, found["deposit_id"])


async def test_an_operator_opens_it_for_a_member_at_the_counter(field: FieldStage) -> None:
    member = await field.known_member()
    deposit = weighing(member)
    await field.send(deposit)
    body = complaint(deposit_id=deposit["deposit_id"], member_id=str(member))
    foreign = await field.post("/v1/disputes", body, field.as_stranger)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not_your_area")
    named = await field.post("/v1/disputes", body | {"waste_bank_id": BANK}, field.as_stranger)
    assert named.json()["code"] == "not_your_area"
    assert (await field.post("/v1/disputes", complaint(deposit_id=deposit["deposit_id"]))).status_code == 422
    opened = await field.post("/v1/disputes", body)
    assert (opened.status_code, opened.json()["assisted"]) == (201, True)
    (line,) = await field.audited(body["dispute_id"])
    assert (line["action"], line["actor_id"]) == ("dispute_opened", str(field.operator))
    own = (await field.get("/v1/disputes", field.as_member(member))).json()["disputes"]
    assert [each["words"] for each in own] == [WORDS]


async def test_never_answered_by_whoever_recorded_the_deposit(field: FieldStage) -> None:
    member, _, dispute = await disputed(field)
    path = f"/v1/disputes/{dispute['dispute_id']}:answer"
    own = await field.post(path, answer_of())
    assert (own.status_code, own.json()["code"]) == (403, "dispute_own_deposit")
    for who in (field.as_stranger, field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])):
        assert (await field.post(path, answer_of(), who)).status_code == 404
    assert (await field.post(path, answer_of(), field.as_member(member))).status_code == 403
    for wrong in ({"outcome": "withdrawn"}, {"words": ""}, {"outcome": "menang"}):
        assert (await field.post(path, answer_of(**wrong), field.as_second)).status_code == 422
    for _ in range(2):
        answer = await field.post(path, answer_of(), field.as_second)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "turned_down")
    other = await field.post(path, answer_of(words="lain"), field.as_second)
    assert (other.status_code, other.json()["code"]) == (409, "dispute_already_answered")
    (event,) = [each for each in await field.said() if isinstance(each, DisputeAnswered)]
    assert (event.outcome, event.answered_by) == ("turned_down", field.second_operator)
    (own_view,) = (await field.get("/v1/disputes", field.as_member(member))).json()["disputes"]
    assert (own_view["words"], own_view["answer_words"]) == (WORDS, "Timbangan sudah ditera")
    assert [line["action"] for line in await field.audited(dispute["dispute_id"])] == [
        "dispute_answered",
        "dispute_opened",
    ]


async def test_a_correction_must_really_stand_in_place_of_the_disputed_one(field: FieldStage) -> None:
    member, deposit, dispute = await disputed(field)
    path = f"/v1/disputes/{dispute['dispute_id']}:answer"
    other = weighing(member)
    await field.send(other)
    for claimed in (other["deposit_id"], deposit["deposit_id"], str(uuid7())):
        answer = await field.post(
            path, answer_of(outcome="upheld", correction_deposit_id=claimed), field.as_second
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "dispute_not_corrected")
    first, second = weighing(member), weighing(member)
    for wrong, right in ((deposit, first), (first, second)):
        corrected = await field.post(
            f"/v1/deposits/{wrong['deposit_id']}:correct", {"reason": "salah timbang", "deposit": right}
        )
        assert corrected.status_code == 201, corrected.text
    answer = await field.post(
        path, answer_of(outcome="upheld", correction_deposit_id=second["deposit_id"]), field.as_second
    )
    assert (answer.status_code, answer.json()["correction_deposit_id"]) == (200, second["deposit_id"])


async def test_a_void_is_a_correction_too(field: FieldStage) -> None:
    _, deposit, dispute = await disputed(field)
    await field.post(f"/v1/deposits/{deposit['deposit_id']}:void", {"reason": "bukan miliknya"})
    answer = await field.post(
        f"/v1/disputes/{dispute['dispute_id']}:answer",
        answer_of(outcome="upheld", correction_deposit_id=deposit["deposit_id"]),
        field.as_second,
    )
    assert answer.status_code == 200, answer.text


async def test_the_member_takes_it_back(field: FieldStage) -> None:
    member, deposit, dispute = await disputed(field)
    path = f"/v1/disputes/{dispute['dispute_id']}:withdraw"
    assert (await field.post(path, None, field.as_member(uuid7()))).status_code == 404
    assert (await field.post(path, None, field.as_operator)).status_code == 403
    for _ in range(2):
        answer = await field.post(path, None, field.as_member(member))
        assert (answer.status_code, answer.json()["outcome"]) == (200, "withdrawn")
    late = await field.post(f"/v1/disputes/{dispute['dispute_id']}:answer", answer_of(), field.as_second)
    assert late.json()["code"] == "dispute_already_answered"
    again = await field.post(
        "/v1/disputes", complaint(deposit_id=deposit["deposit_id"]), field.as_member(member)
    )
    assert again.status_code == 201


async def test_an_area_sees_its_own_open_ones_first_and_late_ones_say_so(field: FieldStage) -> None:
    _, _, first = await disputed(field)
    field.clock.move(days=1)
    _, _, second = await disputed(field)
    elsewhere = await field.known_member()
    await field.post(
        "/v1/disputes",
        complaint(complaint="missing", waste_bank_id=CLOSED_BANK),
        field.as_member(elsewhere),
    )
    await field.post(f"/v1/disputes/{first['dispute_id']}:answer", answer_of(), field.as_second)
    field.clock.move(days=8)
    seen = (await field.get("/v1/disputes", field.as_programme)).json()["disputes"]
    assert [each["outcome"] for each in seen] == [None, None, "turned_down"]
    assert [each["late"] for each in seen] == [True, True, False]
    assert seen[0]["dispute_id"] == second["dispute_id"]
    only = (await field.get("/v1/disputes", field.as_programme, open_only=True)).json()["disputes"]
    assert len(only) == 2
    pages, cursor = [], None
    while True:
        query = {"limit": 1} | ({} if cursor is None else {"cursor": cursor})
        page = (await field.get("/v1/disputes", field.as_programme, **query)).json()
        pages += page["disputes"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == seen
    assert (await field.get("/v1/disputes", field.as_stranger)).json()["disputes"] == []
    nowhere = field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])
    assert (await field.get("/v1/disputes", nowhere)).json()["disputes"] == []
    assert (await field.get("/v1/disputes", field.mint.header(Role.OFFICE))).status_code == 403
    assert (await field.get("/v1/disputes", field.as_programme, cursor="abc")).status_code == 422
    async with field.service.database.reading() as tx:
        counted = await open_by_subdistrict(tx, field.clock.now())
    assert sorted(counted) == [("12.07.27", 1, 1), (OPEN_CODE, 1, 1)]


async def test_the_words_of_both_sides_are_only_kept_sealed_and_forgotten(field: FieldStage) -> None:
    member, _, dispute = await disputed(field)
    await field.post(f"/v1/disputes/{dispute['dispute_id']}:answer", answer_of(), field.as_second)
    stored = await field.everything_stored()
    for word in ("Pak Ungu", "ditera"):
        assert word not in stored
        assert word.encode().hex() not in stored
    for _ in range(2):
        await field.hear(erased(member))
    (seen,) = (await field.get("/v1/disputes", field.as_second)).json()["disputes"]
    assert (seen["words"], seen["answer_words"], seen["outcome"]) == (None, None, "turned_down")
    new = await field.post("/v1/disputes", complaint(complaint="missing"), field.as_member(member))
    assert new.status_code in {404, 422}


async def test_a_survivor_speaks_for_what_was_opened_under_the_other_id(field: FieldStage) -> None:
    member, _, dispute = await disputed(field)
    survivor = await field.known_member()
    await field.hear(merged(member, survivor))
    own = (await field.get("/v1/disputes", field.as_member(survivor))).json()["disputes"]
    assert [each["dispute_id"] for each in own] == [dispute["dispute_id"]]
    path = f"/v1/disputes/{dispute['dispute_id']}:withdraw"
    assert (await field.post(path, None, field.as_member(survivor))).json()["outcome"] == "withdrawn"


@pytest.mark.parametrize("days", [1, 14])
async def test_the_configured_days_count(field: FieldStage, days: int) -> None:
    text = field.rollout_path.read_text(encoding="utf-8")
    field.rollout_path.write_text(
        text.replace('"dispute_answer_days": 7', f'"dispute_answer_days": {days} '), encoding="utf-8"
    )
    assert await field.rollout.look()
    _, _, dispute = await disputed(field)
    due = datetime.fromisoformat(dispute["due_at"])
    assert (due - datetime(2026, 11, 22, 17, tzinfo=UTC)).days == days
