"""Two enrolments of one person become one, by two people who work there, and never in circles."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.kernel.ids import uuid7
from tests.services.identity.people_stage import CEMARA, KUIS, MAIN, PAKAM, People, refused

FIRST, SECOND = uuid7(), uuid7()


async def proposed(people: People, member: str, into: str, **who: Any) -> dict[str, Any]:
    answer = await people.post(
        f"members/{member}:propose-merge",
        who.get("by") or people.operator(subject=FIRST),
        into_member_id=into,
        reason="orang yang sama",
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def decided(people: People, merge: dict[str, Any], verb: str = "confirm", **who: Any) -> httpx.Response:
    by = who.get("by") or people.operator(subject=SECOND)
    return await people.post(f"merges/{merge['merge_id']}:{verb}", by, reason="sudah dicek")


async def merged(people: People, member: str, into: str) -> None:
    answer = await decided(people, await proposed(people, member, into))
    assert answer.status_code == 200, answer.text


async def test_one_proposes_and_another_confirms(people: People) -> None:
    absorbed, survivor = await people.enrolled(pin="837261"), await people.enrolled(name="Sama")
    merge = await proposed(people, absorbed, survivor)
    again = await people.post(
        f"members/{absorbed}:propose-merge",
        people.operator(subject=FIRST),
        into_member_id=survivor,
        reason="lagi",
    )
    assert (again.status_code, again.json()["merge_id"]) == (200, merge["merge_id"])
    own = await decided(people, merge, by=people.operator(subject=FIRST))
    assert refused(own) == (403, "merge_needs_another")
    own = await decided(people, merge, "decline", by=people.programme(subject=FIRST))
    assert refused(own) == (403, "merge_needs_another")
    done = await decided(people, merge)
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert (await decided(people, merge)).json() == done.json()
    late = await decided(people, merge, by=people.programme())
    assert refused(late) == (409, "merge_already_decided")
    (said,) = await people.said("members_merged")
    assert (said["member_id"], said["into_member_id"]) == (absorbed, survivor)
    assert (said["proposed_by"], said["merged_by"]) == (str(FIRST), str(SECOND))
    assert said["into_subdistrict_code"] == PAKAM
    for who in (people.operator(), people.member(absorbed), people.member(survivor)):
        read = await people.get(f"members/{absorbed}", who)
        assert (read.status_code, read.json()["merged_into"]) == (200, survivor)
    assert await people.rows("select 1 from credential") == []
    actions = [row["action"] for row in await people.audit() if row["action"] != "enrol_member"]
    assert actions == ["propose_merge", "confirm_merge"]


async def test_declined_they_stay_two(people: People) -> None:
    one, two = await people.enrolled(), await people.enrolled()
    merge = await proposed(people, one, two)
    listed = (await people.get("merges", people.operator())).json()["merges"]
    assert [each["merge_id"] for each in listed] == [merge["merge_id"]]
    declined = await decided(people, merge, "decline")
    assert (declined.json()["state"], declined.json()["decided_reason"]) == ("declined", "sudah dicek")
    assert (await people.get("merges", people.operator())).json()["merges"] == []
    assert (await people.get(f"members/{one}", people.operator())).json()["merged_into"] is None
    assert await people.said("members_merged") == []
    await merged(people, one, two)


async def test_what_was_merged_before_goes_along(people: People) -> None:
    first, second, third = [await people.enrolled() for _ in range(3)]
    await merged(people, first, second)
    await merged(people, second, third)
    for each in (first, second):
        assert (await people.get(f"members/{each}", people.operator())).json()["merged_into"] == third
    record = (await people.get(f"members/{first}/own-data", people.member(first))).json()
    assert record["member"]["member_id"] == third
    assert sorted(each["member_id"] for each in record["merged"]) == sorted([first, second])


async def test_no_circles_and_nobody_twice(people: People) -> None:
    one, two, three = [await people.enrolled() for _ in range(3)]

    async def propose(member: str, into: str, who: dict[str, str] | None = None) -> tuple[int, str]:
        return refused(
            await people.post(
                f"members/{member}:propose-merge",
                who or people.operator(subject=FIRST),
                into_member_id=into,
                reason="sama",
            )
        )

    assert await propose(one, one) == (422, "merge_with_itself")
    there, back = await proposed(people, one, two), await proposed(people, two, one)
    assert await propose(one, three) == (409, "merge_already_proposed")
    assert await propose(one, two, people.programme()) == (409, "merge_already_proposed")
    answers = await asyncio.gather(decided(people, there), decided(people, back))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    states = await people.rows("select state from merge_proposal order by state")
    assert [row["state"] for row in states] == ["confirmed", "overtaken"]
    survivor, gone = (two, one) if answers[0].status_code == 200 else (one, two)
    assert await propose(survivor, gone) == (409, "member_merged")
    assert await propose(gone, three) == (409, "member_merged")
    for path, body in (
        ("change", {"name": "X", "reason": "r"}),
        ("move", {"waste_bank_id": CEMARA, "reason": "r"}),
        ("issue-card", {}),
        ("erase", {"reason": "r"}),
    ):
        answer = await people.post(f"members/{gone}:{path}", people.programme(), **body)
        assert refused(answer) == (409, "member_merged")


async def test_one_person_has_one_working_card(people: People) -> None:
    one, two, three = [await people.enrolled() for _ in range(3)]

    async def card(member: str) -> str:
        answer = await people.post(f"members/{member}:issue-card", people.operator())
        return str(answer.json()["number"])

    of_one = await card(one)
    await merged(people, one, two)
    found = await people.get(f"cards/{of_one}", people.operator())
    assert found.json()["member_id"] == two
    of_three = await card(three)
    await merged(people, two, three)
    assert refused(await people.get(f"cards/{of_one}", people.operator())) == (409, "card_blocked")
    assert (await people.get(f"cards/{of_three}", people.operator())).json()["member_id"] == three


async def test_both_members_must_lie_in_the_area(people: People) -> None:
    here, there = await people.enrolled(), await people.enrolled(waste_bank_id=CEMARA)

    async def propose(who: dict[str, str]) -> httpx.Response:
        return await people.post(f"members/{here}:propose-merge", who, into_member_id=there, reason="sama")

    for who in (people.operator(), people.operator(CEMARA), people.programme(KUIS), people.abroad()):
        assert refused(await propose(who)) == (404, "unknown_member_here")
    for who in (people.office(), people.member(here)):
        assert refused(await propose(who)) == (403, "not_allowed")
        assert refused(await people.get("merges", who)) == (403, "not_allowed")
    merge = await proposed(people, here, there, by=people.operator(MAIN, CEMARA, subject=FIRST))
    for who in (people.operator(), people.programme(KUIS)):
        assert refused(await decided(people, merge, by=who)) == (404, "unknown_merge")
        assert (await people.get("merges", who)).json()["merges"] == []
    assert len((await people.get("merges", people.programme(PAKAM))).json()["merges"]) == 1
    assert (await decided(people, merge, by=people.programme(PAKAM))).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"members/{uuid7()}:propose-merge", {"into_member_id": str(uuid7())}),
        (f"members/{uuid7()}:propose-merge", {"into_member_id": "x", "reason": "r"}),
        (f"merges/{uuid7()}:confirm", {"reason": ""}),
        ("merges/1:decline", {}),
    ],
)
async def test_wrong_input_about_merging(people: People, path: str, body: dict[str, Any]) -> None:
    assert refused(await people.post(path, people.operator(), **body)) == (422, "invalid_request")


async def test_unknown_members_and_proposals(people: People) -> None:
    member = await people.enrolled()
    answer = await people.post(
        f"members/{member}:propose-merge", people.programme(), into_member_id=str(uuid7()), reason="r"
    )
    assert refused(answer) == (404, "unknown_member_here")
    assert refused(await people.post(f"merges/{uuid7()}:confirm", people.programme())) == (
        404,
        "unknown_merge",
    )
    assert refused(await people.get("merges", people.programme(), state="lost")) == (422, "invalid_request")
