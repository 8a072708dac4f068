"""Enrolling one or many, changing, looking at a member, and what is known about them, through the door."""

import csv
import io
from typing import Any

import httpx
import pytest

from services.identity.api.enrolling import PINS_MAX
from shared.kernel.ids import uuid7
from shared.runtime.problem_catalogue import CATALOGUE
from tests.services.identity.people_stage import (
    CANARY_NAME,
    CANARY_PLACE,
    CEMARA,
    ELSEWHERE,
    KUIS,
    MAIN,
    PAKAM,
    People,
    new_member,
    refused,
)


@pytest.mark.parametrize("kind", ["person", "household", "group", "waste_bank_unit"])
async def test_every_kind_is_enrolled_with_or_without_a_phone(people: People, kind: str) -> None:
    with_phone = await people.enrolled(kind=kind)
    without = await people.enrolled(kind=kind, phone=None, address=None, village=None)
    first = (await people.get(f"members/{with_phone}", people.operator())).json()
    assert (first["kind"], first["phone"], first["address"]) == (kind, "+62812*****876", CANARY_PLACE)
    second = (await people.get(f"members/{without}", people.operator())).json()
    assert (second["phone"], second["address"], second["village"]) == (None, None, None)
    said = await people.said("member_registered")
    assert [event["has_phone"] for event in said] == [True, False]


async def test_who_may_read_a_member(people: People) -> None:
    member = await people.enrolled()
    other = await people.enrolled(phone=None)

    async def read(who: dict[str, str]) -> httpx.Response:
        return await people.get(f"members/{member}", who)

    own = (await read(people.member(member))).json()
    assert (own["name"], own["phone"]) == (CANARY_NAME, "+6281200009876")
    for may in (people.operator(), people.programme(), people.programme(PAKAM)):
        assert (await read(may)).status_code == 200
    for may_not in (people.operator(CEMARA), people.programme(KUIS), people.abroad(), people.member(other)):
        assert refused(await read(may_not)) == (404, "unknown_member_here")
    assert refused(await read(people.office())) == (403, "not_allowed")
    assert refused(await read({})) == (401, "sign_in_needed")
    unknown = await people.get(f"members/{uuid7()}", people.programme())
    assert refused(unknown) == (404, "unknown_member_here")


async def test_members_are_enrolled_only_within_an_area(people: People) -> None:
    async def enrol(who: dict[str, str], **changes: Any) -> tuple[int, str]:
        return refused(await people.post("members", who, **new_member(**changes)))

    assert await enrol(people.operator(CEMARA)) == (403, "not_your_waste_bank_for_member")
    assert await enrol(people.programme(KUIS)) == (403, "not_your_waste_bank_for_member")
    assert await enrol(people.operator(), waste_bank_id="nowhere") == (422, "unknown_waste_bank_for_member")
    assert await enrol(people.office()) == (403, "not_allowed")
    assert await enrol(people.operator(), address="x" * 301) == (422, "invalid_request")
    assert await enrol(people.operator(), address="a\x00b") == (422, "invalid_request")
    assert await enrol(people.operator(), pin="123456") == (422, "pin_too_common")
    assert await people.rows("select 1 from member") == []


async def test_a_change_is_audited_without_its_values_and_the_enrolment_can_still_be_repeated(
    people: People,
) -> None:
    body = new_member()
    assert (await people.post("members", people.operator(), **body)).status_code == 201
    path = f"members/{body['member_id']}:change"
    changed = await people.post(path, people.operator(), name="Kenari Baru", phone=None, reason="salah tulis")
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["phone"]) == ("Kenari Baru", None)
    assert changed.json()["address"] == CANARY_PLACE
    (act,) = [row for row in await people.audit() if row["action"] == "change_member"]
    assert (act["after"], act["why"]) == ('{"changed": ["name", "phone"]}', "salah tulis")
    again = await people.post("members", people.operator(), **body)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    other = await people.post("members", people.operator(), **{**body, "name": "Kenari Baru"})
    assert refused(other) == (409, "member_conflict")
    same = await people.post(path, people.operator(), name="Kenari Baru", reason="lagi")
    assert same.status_code == 200
    assert len(await people.audit()) == 2


async def test_a_change_is_refused_outside_the_area_and_for_wrong_words(people: People) -> None:
    member = await people.enrolled()

    async def change(who: dict[str, str], **body: Any) -> tuple[int, str]:
        return refused(await people.post(f"members/{member}:change", who, **body))

    assert await change(people.operator(CEMARA), name="X", reason="r") == (404, "unknown_member_here")
    assert await change(people.programme(KUIS), name="X", reason="r") == (404, "unknown_member_here")
    assert await change(people.member(member), name="X", reason="r") == (403, "not_allowed")
    assert await change(people.operator(), reason="r") == (422, "invalid_request")
    assert await change(people.operator(), name=None, reason="r") == (422, "invalid_request")
    assert await change(people.operator(), name="X") == (422, "invalid_request")
    assert await change(people.operator(), phone="021-555000", reason="r") == (422, "wrong_member_phone")
    assert (await people.get(f"members/{member}", people.operator())).json()["name"] == CANARY_NAME


async def test_a_tablet_that_comes_back_sends_all_at_once(people: People) -> None:
    known = new_member()
    assert (await people.post("members", people.operator(), **known)).status_code == 201
    fresh = new_member(phone="0812 0000 1111", pin="837261")
    weak = new_member(phone=None, pin="111111")
    members = [
        fresh,
        known,
        {**known, "name": "Somebody Else"},
        new_member(waste_bank_id=CEMARA),
        new_member(phone="021-5550000"),
        weak,
        new_member(card_number="123456789012"),
    ]
    answer = await people.post("members:batch", people.operator(), members=members)
    assert answer.status_code == 200, answer.text
    items = answer.json()["results"]
    assert [(item["status"], item["code"]) for item in items] == [
        ("recorded", None),
        ("repeated", None),
        ("conflict", "member_conflict"),
        ("refused", "not_your_waste_bank_for_member"),
        ("refused", "wrong_member_phone"),
        ("recorded", None),
        ("recorded", None),
    ]
    assert [item["member_id"] for item in items] == [each["member_id"] for each in members]
    assert all((item["detail"] is None) == (item["code"] is None) for item in items)
    assert items[4]["detail"] == CATALOGUE["wrong_member_phone"].indonesian
    assert (items[5]["pin_code"], items[6]["card_code"]) == ("pin_too_common", "wrong_card_number")
    again = (await people.post("members:batch", people.operator(), members=members)).json()["results"]
    assert [item["status"] for item in again].count("repeated") == 4
    assert len(await people.rows("select 1 from credential")) == 1
    assert len(await people.said("member_registered")) == 4


async def test_what_a_batch_may_not_be(people: People) -> None:
    too_many = [new_member(pin="837261") for _ in range(PINS_MAX + 1)]
    answer = await people.post("members:batch", people.operator(), members=too_many)
    assert refused(answer) == (422, "too_many_pins")
    assert answer.json()["parameters"] == {"pins_max": PINS_MAX}
    for members in ([], [new_member() for _ in range(201)], [new_member(kind="robot")]):
        answer = await people.post("members:batch", people.operator(), members=members)
        assert refused(answer) == (422, "invalid_request")
    for who in (people.office(), people.member(uuid7())):
        answer = await people.post("members:batch", who, members=[new_member()])
        assert refused(answer) == (403, "not_allowed")
    assert await people.rows("select 1 from member") == []


async def test_two_hundred_members_in_one_go(people: People) -> None:
    members = [new_member(phone=f"0812-0000-{number:04}") for number in range(200)]
    answer = await people.post("members:batch", people.operator(), members=members)
    assert {item["status"] for item in answer.json()["results"]} == {"recorded"}
    assert len(await people.audit()) == 200


async def test_nothing_that_names_a_member_stands_anywhere_in_clear(people: People) -> None:
    member = await people.enrolled()
    changed = await people.post(
        f"members/{member}:change", people.operator(), address="Lorong Canary 9", reason="pindah rumah"
    )
    assert changed.status_code == 200
    assert (await people.get(f"members/{member}/own-data", people.operator())).status_code == 200
    everything = await people.everything()
    assert MAIN in everything
    for canary in ("Canary", "Simanullang", "Kenari", "12000098", "0000-9876"):
        assert canary not in everything


async def test_the_same_phone_is_a_reason_to_look_twice_within_ones_area(people: People) -> None:
    first = await people.enrolled()
    second = await people.enrolled(name="Sarinah  Pohan", phone="+62 812 0000 9876")
    await people.enrolled(waste_bank_id=CEMARA)
    at_bank = (await people.get(f"members/{first}/look-alikes", people.operator())).json()["members"]
    assert [(each["member_id"], each["initials"], each["phone"]) for each in at_bank] == [
        (second, "S. P.", "+62812*****876")
    ]
    in_regency = await people.get(f"members/{first}/look-alikes", people.programme())
    assert len(in_regency.json()["members"]) == 2
    outside = await people.get(f"members/{first}/look-alikes", people.operator(CEMARA))
    assert refused(outside) == (404, "unknown_member_here")
    assert refused(await people.get(f"members/{first}/look-alikes", people.member(first))) == (
        403,
        "not_allowed",
    )
    alone = await people.enrolled(phone=None)
    assert (await people.get(f"members/{alone}/look-alikes", people.operator())).json() == {"members": []}


async def test_staff_find_members_of_their_area_by_phone_or_code(people: People) -> None:
    member = await people.enrolled()
    await people.enrolled(waste_bank_id=CEMARA, phone="0812 0000 9876")

    async def find(who: dict[str, str], **body: Any) -> list[dict[str, Any]]:
        answer = await people.post("members:find", who, **body)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["members"]
        return found

    (found,) = await find(people.operator(), phone="62 812-0000-9876")
    assert (found["member_id"], found["phone"]) == (member, "+62812*****876")
    assert len(await find(people.programme(), phone="081200009876")) == 2
    assert await find(people.programme(KUIS), phone="081200009876") == []
    assert [each["member_id"] for each in await find(people.operator(), code=found["code"].lower())] == [
        member
    ]
    assert await find(people.operator(CEMARA), code=found["code"]) == []
    for wrong in ({}, {"phone": "081200009876", "code": "X"}, {"code": "a\x00"}):
        answer = await people.post("members:find", people.operator(), **wrong)
        assert refused(answer) == (422, "invalid_request")
    answer = await people.post("members:find", people.operator(), phone="021-5550000")
    assert refused(answer) == (422, "wrong_member_phone")
    for who in (people.office(), people.member(member)):
        assert refused(await people.post("members:find", who, code="X")) == (403, "not_allowed")


async def test_members_take_away_what_is_known_about_them(people: People) -> None:
    member = await people.enrolled(name="=HYPERLINK(1)", pin="837261")
    await people.post(f"members/{member}:move", people.programme(), waste_bank_id=CEMARA, reason="dekat")
    own = await people.get(f"members/{member}/own-data", people.member(member))
    assert own.status_code == 200, own.text
    found = own.json()
    assert (found["member"]["phone"], found["member"]["address"]) == ("+6281200009876", CANARY_PLACE)
    assert [move["waste_bank_id"] for move in found["moves"]] == [CEMARA]
    assert [deed["action"] for deed in found["deeds"]] == ["enrol_member", "move_member"]
    assert found["can_sign_in"] is True
    as_csv = await people.get(f"members/{member}/own-data", people.member(member), format="csv")
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(as_csv.text)))
    values = {(line["part"], line["number"], line["field"]): line["value"] for line in lines}
    assert values["member", "1", "name"] == "'=HYPERLINK(1)"
    assert values["member", "1", "phone"] == "'+6281200009876"
    assert values["move", "1", "from_waste_bank_id"] == MAIN
    assert not [row for row in await people.audit() if row["action"] == "read_own_record"]
    assert (await people.get(f"members/{member}/own-data", people.operator(CEMARA))).status_code == 200
    assert len([row for row in await people.audit() if row["action"] == "read_own_record"]) == 1


async def test_nobody_else_takes_it_away(people: People) -> None:
    member = await people.enrolled()
    path = f"members/{member}/own-data"
    for who in (people.operator(CEMARA), people.programme(KUIS), people.member(uuid7()), people.abroad()):
        assert refused(await people.get(path, who)) == (404, "unknown_member_here")
    assert refused(await people.get(path, people.office())) == (403, "not_allowed")
    assert refused(await people.get(path, people.member(member), format="pdf")) == (422, "invalid_request")


async def test_a_member_goes_to_another_waste_bank_and_the_history_is_kept(people: People) -> None:
    member = await people.enrolled()
    path = f"members/{member}:move"
    operator = people.operator()
    assert refused(await people.post(path, operator, waste_bank_id=CEMARA, reason="r")) == (
        403,
        "not_your_area",
    )
    assert refused(await people.post(path, operator, waste_bank_id="nowhere", reason="r")) == (
        422,
        "unknown_waste_bank_for_member",
    )
    assert refused(await people.post(path, operator, waste_bank_id=CEMARA)) == (422, "invalid_request")
    outside = people.operator(CEMARA)
    assert refused(await people.post(path, outside, waste_bank_id=CEMARA, reason="r")) == (
        404,
        "unknown_member_here",
    )
    kuis = await people.post(path, people.programme(), waste_bank_id=ELSEWHERE, reason="pindah")
    assert kuis.status_code == 200, kuis.text
    again = await people.post(path, people.programme(), waste_bank_id=ELSEWHERE, reason="pindah")
    assert (again.status_code, again.json()["moved_at"]) == (200, None)
    (said,) = await people.said("member_moved")
    assert (said["from_subdistrict_code"], said["subdistrict_code"]) == (PAKAM, KUIS)
    assert refused(await people.get(f"members/{member}", operator)) == (404, "unknown_member_here")
    assert (await people.get(f"members/{member}", people.programme(KUIS))).status_code == 200
    (move,) = await people.rows("select * from member_move")
    assert (move["from_waste_bank_id"], move["waste_bank_id"]) == (MAIN, ELSEWHERE)
    (act,) = [row for row in await people.audit() if row["action"] == "move_member"]
    assert (act["why"], act["subdistrict_code"]) == ("pindah", KUIS)


async def test_staff_read_what_was_done_to_a_member_of_their_area(people: People) -> None:
    member = await people.enrolled()
    seen = await people.get("audit", people.programme(), subject_id=member)
    assert [line["action"] for line in seen.json()["lines"]] == ["enrol_member"]
    assert (await people.get("audit", people.programme(KUIS), subject_id=member)).json()["lines"] == []
    assert refused(await people.get("audit", people.operator(), subject_id=member)) == (403, "not_allowed")
