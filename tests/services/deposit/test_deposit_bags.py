"""Bags are labelled now, weighed later: none is lost, none weighed twice unasked, no deposit refused for one."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts import BagDiscarded, BagReopened, BagsReceived, BagWeighed, DepositRecorded
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.deposit.people import merged
from tests.services.deposit.stage import BANK, CLOSED_BANK, CLOSED_CODE, OTHER_BANK, Stage, weighing

RECEIVED = "2026-11-22T08:00:00+07:00"


def bag(member_id: UUID, label: str = "LP-0001", **changes: Any) -> dict[str, Any]:
    """A labelled bag as a tablet sends it."""
    return {
        "bag_id": str(uuid7()),
        "member_id": str(member_id),
        "waste_bank_id": BANK,
        "label": label,
        "received_at": RECEIVED,
    } | changes


async def receive(stage: Stage, *bags: Any, who: dict[str, str] | None = None) -> list[dict[str, Any]]:
    answer = await stage.post("/v1/bags:batch", {"bags": bags}, who)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def waiting(stage: Stage, bank: str = BANK) -> set[str]:
    answer = await stage.get("/v1/bags", stage.as_programme, waste_bank_id=bank)
    return {each["bag_id"] for each in answer.json()["bags"]}


async def waiting_as_heard(stage: Stage) -> set[str]:
    """Which bags wait at any waste bank, by what was said, heard in a random order and twice."""
    said = await stage.said() * 2
    random.shuffle(said)
    received = {str(bag_id) for each in said if isinstance(each, BagsReceived) for bag_id in each.bag_ids}
    turns = sorted(
        (each for each in said if isinstance(each, BagWeighed | BagReopened)), key=lambda each: each.turn
    )
    last = {str(each.bag_id): each for each in turns}
    assert len({(each.bag_id, each.turn) for each in turns}) == len({each.event_id for each in turns})
    weighed = {bag_id for bag_id, each in last.items() if isinstance(each, BagWeighed)}
    return received - weighed - {str(each.bag_id) for each in said if isinstance(each, BagDiscarded)}


async def test_what_became_of_a_bag_is_said(stage: Stage) -> None:
    member = await stage.known_member()
    weighed, thrown, early = bag(member), bag(member, "LP-2"), bag(member, "LP-3")
    deposit = weighing(member, bag_ids=[weighed["bag_id"], early["bag_id"]])
    await receive(stage, weighed, thrown)
    for _ in range(2):
        await stage.send(deposit)
        await stage.post(f"/v1/bags/{thrown['bag_id']}:discard", {"reason": "Basah"})
    # A bag that no tablet has told of yet is not spoken of.
    facts = [each for each in await stage.said() if isinstance(each, BagWeighed | BagDiscarded)]
    first, gone = facts
    assert isinstance(first, BagWeighed)
    assert isinstance(gone, BagDiscarded)
    assert (str(first.bag_id), str(first.deposit_id), first.turn) == (
        weighed["bag_id"],
        deposit["deposit_id"],
        1,
    )
    assert (first.member_id, first.waste_bank_id, first.received_at.isoformat()) == (
        member,
        BANK,
        "2026-11-22T01:00:00+00:00",
    )
    (recorded,) = [each for each in await stage.said() if isinstance(each, DepositRecorded)]
    assert first.weighed_at == recorded.weighed_at
    assert (str(gone.bag_id), gone.turn, gone.key) == (thrown["bag_id"], 1, str(member))
    await receive(stage, early)
    assert await waiting_as_heard(stage) == await waiting(stage) == set()
    await stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", {"reason": "Salah"})
    again = [each for each in await stage.said() if isinstance(each, BagReopened)]
    assert {(str(each.bag_id), each.turn) for each in again} == {(weighed["bag_id"], 2), (early["bag_id"], 2)}
    assert await waiting_as_heard(stage) == await waiting(stage) == {weighed["bag_id"], early["bag_id"]}


async def test_bags_wait_until_a_deposit_weighs_them(stage: Stage) -> None:
    member = await stage.known_member()
    bags = [bag(member, "LP-0001"), bag(member, "LP-0002"), bag(await stage.known_member(), "LP-0003")]
    assert [each["status"] for each in await receive(stage, *bags)] == ["recorded"] * 3
    assert [each["status"] for each in await receive(stage, *bags)] == ["repeated"] * 3
    (twist,) = await receive(stage, bags[0] | {"label": "LP-0009"})
    assert (twist["status"], twist["code"]) == ("refused", "bag_conflict")
    said = [each for each in await stage.said() if isinstance(each, BagsReceived)]
    assert sorted(str(i) for each in said for i in each.bag_ids) == sorted(each["bag_id"] for each in bags)
    assert len(said) == 2
    deposit = weighing(member, bag_ids=[each["bag_id"] for each in bags[:2]])
    (result,) = await stage.send(deposit)
    assert (result["status"], result["bags"]) == ("recorded", None)
    assert await waiting(stage) == {bags[2]["bag_id"]}
    assert await stage.statuses(deposit) == ["repeated"]
    assert await stage.statuses(deposit | {"bag_ids": []}) == ["conflict"]
    story = (await stage.get(f"/v1/deposits/{deposit['deposit_id']}")).json()
    assert story["bag_ids"] == deposit["bag_ids"]


async def test_pages_of_waiting_bags_are_whole(stage: Stage) -> None:
    member = await stage.known_member()
    bags = [bag(member, f"LP-{n:04}", received_at=f"2026-11-22T08:{n % 7:02}:00+07:00") for n in range(23)]
    await receive(stage, *bags)
    seen, cursor = [], None
    while True:
        query: dict[str, Any] = {"waste_bank_id": BANK, "limit": 5} | ({"cursor": cursor} if cursor else {})
        page = (await stage.get("/v1/bags", **query)).json()
        seen += [(each["received_at"], each["bag_id"]) for each in page["bags"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(seen)
    assert {bag_id for _, bag_id in seen} == {each["bag_id"] for each in bags}


async def test_a_label_in_use_is_told_and_taken_in(stage: Stage) -> None:
    member = await stage.known_member()
    first, second = bag(member), bag(member)
    await receive(stage, first)
    (told,) = await receive(stage, second)
    assert (told["status"], told["label_in_use"]) == ("recorded", True)
    (elsewhere,) = await receive(stage, bag(member, waste_bank_id=OTHER_BANK), who=stage.as_stranger)
    assert elsewhere["label_in_use"] is False


async def test_what_is_odd_about_a_bag_is_marked_and_the_deposit_counts(stage: Stage) -> None:
    member, other = await stage.known_member(), await stage.known_member()
    mine, others, thrown, elsewhere = (
        bag(member),
        bag(other, "LP-2"),
        bag(member, "LP-3"),
        bag(member, "LP-4", waste_bank_id=CLOSED_BANK),
    )
    await receive(stage, mine, others, thrown, elsewhere)
    await stage.post(f"/v1/bags/{thrown['bag_id']}:discard", {"reason": "Kosong"})
    first = weighing(member, bag_ids=[mine["bag_id"]])
    await stage.send(first)
    stray = str(uuid7())
    named = [mine["bag_id"], others["bag_id"], thrown["bag_id"], elsewhere["bag_id"], stray]
    second = weighing(member, bag_ids=named, weighed_at="2026-11-21T09:30:00+07:00")
    codes = [
        "bag_weighed_before",
        "bag_of_another_member",
        "bag_discarded",
        "bag_of_another_waste_bank",
        "bag_unknown",
    ]
    for status in ("recorded", "repeated"):
        (result,) = await stage.send(second)
        assert result["status"] == status
        assert [(each["bag_id"], each["code"]) for each in result["bags"]] == list(
            zip(named, codes, strict=True)
        )
    single = await stage.post("/v1/deposits", second)
    assert (single.status_code, len(single.json()["bags"])) == (200, 5)
    assert await waiting(stage) == {others["bag_id"]}
    (pair,) = (await stage.get("/v1/suspicions")).json()["suspicions"]
    assert (pair["kind"], pair["deposit_id"], pair["other_deposit_id"]) == (
        "bag_weighed_twice",
        second["deposit_id"],
        first["deposit_id"],
    )
    path = f"/v1/suspicions/{pair['suspicion_id']}:void"
    answer = await stage.post(path, {"deposit_id": first["deposit_id"], "reason": "Dua kali"})
    assert answer.status_code == 200
    assert await stage.state_of(first["deposit_id"]) == "voided"
    assert (await stage.get("/v1/suspicions")).json()["suspicions"] == []
    assert mine["bag_id"] not in await waiting(stage)
    # The one at the other waste bank waits there.
    assert await waiting_as_heard(stage) == {others["bag_id"], elsewhere["bag_id"]}


async def test_a_voided_weighing_lets_its_bags_wait_again(stage: Stage) -> None:
    member = await stage.known_member()
    one = bag(member)
    await receive(stage, one)
    deposit = weighing(member, bag_ids=[one["bag_id"]])
    await stage.send(deposit)
    await stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", {"reason": "Salah"})
    assert await waiting(stage) == {one["bag_id"]}
    right = weighing(member, bag_ids=[one["bag_id"]])
    (result,) = await stage.send(right)
    assert result["bags"] is None
    assert await waiting(stage) == await waiting_as_heard(stage) == set()
    corrected = weighing(member, bag_ids=[one["bag_id"]])
    body = {"reason": "Berat salah", "deposit": corrected}
    answer = await stage.post(f"/v1/deposits/{right['deposit_id']}:correct", body)
    assert (answer.status_code, answer.json()["bags"]) == (201, None)
    assert await waiting(stage) == await waiting_as_heard(stage) == set()


async def test_a_bag_is_discarded_once_and_with_a_reason(stage: Stage) -> None:
    member = await stage.known_member()
    one, weighed = bag(member), bag(member, "LP-2")
    await receive(stage, one, weighed)
    await stage.send(weighing(member, bag_ids=[weighed["bag_id"]]))
    path = f"/v1/bags/{one['bag_id']}:discard"
    assert (await stage.post(path, {})).status_code == 422
    assert (await stage.post(path, {"reason": "Basah"}, stage.as_stranger)).status_code == 404
    assert (await stage.post(path, {"reason": "Basah"}, stage.as_member(member))).status_code == 403
    for _ in range(2):
        assert (await stage.post(path, {"reason": "Basah"})).status_code == 200
    assert await waiting(stage) == set()
    refused = await stage.post(f"/v1/bags/{weighed['bag_id']}:discard", {"reason": "Basah"})
    assert (refused.status_code, refused.json()["code"]) == (409, "bag_weighed")
    unknown = await stage.post(f"/v1/bags/{uuid7()}:discard", {"reason": "Basah"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "bag_not_found")
    (line,) = (await stage.get("/v1/audit", stage.as_programme, subject_id=one["bag_id"])).json()["lines"]
    assert (line["action"], line["reason"]) == ("bag_discarded", "Basah")


@pytest.mark.parametrize(
    "change",
    [
        {"label": "lp 1"},
        {"label": ""},
        {"label": "LP-\x00"},
        {"bag_id": "x"},
        {"bag_id": "00000000-0000-4000-8000-000000000000"},
        {"received_at": "2026-11-22T08:00:00"},
        {"waste_bank_id": None},
    ],
)
async def test_wrong_bags_are_refused_in_words(stage: Stage, change: dict[str, Any]) -> None:
    answer = await stage.post("/v1/bags:batch", {"bags": [bag(uuid7()) | change]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert (await stage.post("/v1/bags:batch", {"bags": []})).status_code == 422


async def test_bags_belong_to_an_area(stage: Stage) -> None:
    one = bag(uuid7())
    (refused,) = await receive(stage, one, who=stage.as_stranger)
    assert (refused["status"], refused["code"]) == ("refused", "not_your_waste_bank")
    of_kuis = stage.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=[CLOSED_CODE])
    assert (await receive(stage, one, who=of_kuis))[0]["status"] == "refused"
    assert (await stage.get("/v1/bags", of_kuis, waste_bank_id=BANK)).status_code == 403
    assert (await stage.get("/v1/bags", of_kuis, waste_bank_id=CLOSED_BANK)).status_code == 200
    assert (await stage.get("/v1/bags")).status_code == 422
    assert (await stage.post("/v1/bags:batch", {"bags": [one]}, stage.as_member(uuid7()))).status_code == 403
    assert (await receive(stage, one))[0]["status"] == "recorded"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), together=st.booleans())
async def test_order_and_repetition_do_not_matter_to_bags(stage: Stage, seed: int, together: bool) -> None:
    chance = random.Random(seed)
    member, twin = await stage.known_member(), await stage.known_member()
    weighed, of_twin, open_again, left = (bag(each) for each in (member, twin, member, member))
    first = weighing(member, bag_ids=[weighed["bag_id"], of_twin["bag_id"]])
    second = weighing(member, bag_ids=[open_again["bag_id"]])
    messages: list[Callable[[], Awaitable[Any]]] = [
        lambda: receive(stage, weighed, of_twin),
        lambda: receive(stage, open_again, left),
        lambda: stage.send(first),
        lambda: stage.send(second),
        lambda: stage.post(f"/v1/deposits/{second['deposit_id']}:void", {"reason": "Salah"}),
        lambda: stage.hear(merged(twin, member)),
    ] * chance.randint(1, 2)
    chance.shuffle(messages)
    if together:
        await asyncio.gather(*[message() for message in messages])
    else:
        for message in messages:
            await message()
    mine = {each["bag_id"] for each in (weighed, of_twin, open_again, left)}
    assert await waiting(stage) & mine == {open_again["bag_id"], left["bag_id"]}
    assert await waiting_as_heard(stage) & mine == {open_again["bag_id"], left["bag_id"]}
