"""Cards: numbers whose slips are noticed, blank ones for tablets, replacing, blocking and finding whose one is."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.cards import (
    BODIES,
    CODE_LENGTH,
    SECRET_LENGTH,
    as_typed,
    number_is_whole,
    numbered,
    printed_code,
)
from services.identity.domain.seeded import seeded_people
from services.identity.domain.seeded_cards import seeded_card
from services.identity.store.cards import secret_fits
from services.identity.workflows.seeding import people_file, seed_people
from shared.kernel.ids import uuid7
from shared.runtime.sealing import Sealer
from shared.runtime.wall_clock import WallClock
from tests.services.identity.people_stage import CEMARA, KUIS, MAIN, SECRET, People, new_member, refused


@given(st.integers(0, BODIES - 1))
def test_every_wrong_digit_and_every_swap_of_neighbours_is_noticed(body: int) -> None:
    number = numbered(body)
    assert len(number) == 12
    assert number_is_whole(number)
    for at, digit in enumerate(number):
        for wrong in set("0123456789") - {digit}:
            assert not number_is_whole(number[:at] + wrong + number[at + 1 :])
        if at and number[at - 1] != digit:
            assert not number_is_whole(number[: at - 1] + digit + number[at - 1] + number[at + 1 :])


def test_vectors_that_a_tablet_computes_alike() -> None:
    assert numbered(1_234_567_890) == "123456789092"
    assert numbered(0) == "000000000098"
    assert printed_code("X" * 26) == "CAKFRKFR"
    assert as_typed("k7q2-94wm o il") == "K7Q294WM011"


def test_invented_cards_are_all_different_and_always_the_same() -> None:
    cards = [seeded_card(member) for member in seeded_people().members]
    assert len({card.number for card in cards}) == len({card.secret for card in cards}) == 40
    assert cards == [seeded_card(member) for member in seeded_people().members]
    assert all(number_is_whole(card.number) for card in cards)


async def allotted(people: People, count: int = 1, bank: str = MAIN) -> list[dict[str, Any]]:
    answer = await people.post("cards:allot", people.operator(bank), waste_bank_id=bank, count=count)
    assert answer.status_code == 201, answer.text
    cards: list[dict[str, Any]] = answer.json()["cards"]
    return cards


async def issued(people: People, member: str, **body: Any) -> httpx.Response:
    return await people.post(f"members/{member}:issue-card", people.operator(), **body)


async def test_blank_cards_are_told_once_and_bound_by_an_enrolment_from_offline(people: People) -> None:
    tablet = uuid7()
    answer = await people.post("cards:allot", people.operator(tablet_id=tablet), waste_bank_id=MAIN, count=50)
    cards = answer.json()["cards"]
    assert len({card["number"] for card in cards}) == len({card["secret"] for card in cards}) == 50
    assert {(len(card["secret"]), len(card["code"])) for card in cards} == {(SECRET_LENGTH, CODE_LENGTH)}
    assert cards[0]["qr"] == f"TMB1:{cards[0]['number']}:{cards[0]['secret']}"
    everything = await people.everything()
    assert not any(card["secret"] in everything or card["code"] in everything for card in cards)
    (row,) = await people.rows("select distinct tablet_id from card")
    assert row["tablet_id"] == tablet
    body = new_member(card_number=cards[0]["number"])
    for expected in ("recorded", "repeated"):
        sent = await people.post("members:batch", people.operator(), members=[body])
        (item,) = sent.json()["results"]
        assert (item["status"], item["card_id"], item["card_code"]) == (
            expected,
            cards[0]["card_id"],
            None,
        )
    found = (await people.get(f"cards/{cards[0]['number']}", people.operator())).json()
    assert (found["member_id"], found["phone"]) == (body["member_id"], "+62812*****876")
    taken = await people.post(
        "members:batch", people.operator(), members=[new_member(card_number=cards[0]["number"])]
    )
    assert taken.json()["results"][0]["card_code"] == "card_taken"
    single = await people.post("members", people.operator(), **new_member(card_number=cards[0]["number"]))
    assert refused(single) == (409, "card_taken")
    assert len(await people.rows("select 1 from member")) == 2


async def test_secret_and_printed_code_fit_only_the_working_card(people: People) -> None:
    member = await people.enrolled()
    first = (await issued(people, member)).json()
    sealer = Sealer([SECRET], "identity")

    async def fits(typed: str) -> bool:
        async with people.service.database.reading() as tx:
            return await secret_fits(tx, sealer, UUID(member), as_typed(typed))

    printed = first["printed"]
    assert await fits(printed["secret"].lower())
    assert await fits(f"{printed['code'][:4]}-{printed['code'][4:]}")
    assert not await fits(printed["number"])
    assert not await fits("0" * SECRET_LENGTH)
    second = await people.post(f"cards/{first['card_id']}:replace", people.operator(), reason="secret_seen")
    assert second.status_code == 201, second.text
    assert not await fits(printed["secret"])
    assert await fits(second.json()["printed"]["secret"])


async def test_replacing_blocks_the_old_card_and_says_so(people: People) -> None:
    member = await people.enrolled()
    first = (await issued(people, member)).json()
    assert refused(await issued(people, member)) == (409, "member_has_card")
    (blank,) = await allotted(people)
    path = f"cards/{first['card_id']}:replace"
    second = await people.post(path, people.operator(), reason="lost", card_number=blank["number"])
    assert (second.status_code, second.json()["number"], second.json()["printed"]) == (
        201,
        blank["number"],
        None,
    )
    assert refused(await people.get(f"cards/{first['number']}", people.operator())) == (409, "card_blocked")
    assert (await people.get(f"cards/{blank['number']}", people.operator())).status_code == 200
    assert refused(await people.post(path, people.operator(), reason="lost")) == (409, "card_blocked")
    # As an older app kept it on its tablet.
    assert refused(await people.post(path, people.operator(), why="lost")) == (409, "card_blocked")
    (said,) = await people.said("card_replaced")
    assert (said["card_id"], said["replaced_card_id"], said["why"]) == (
        blank["card_id"],
        first["card_id"],
        "lost",
    )
    assert blank["number"] not in str(said)
    again = await issued(people, member, card_number=blank["number"])
    assert (again.status_code, again.json()["card_id"]) == (200, blank["card_id"])
    actions = [row["action"] for row in await people.audit()]
    assert actions == ["enrol_member", "issue_card", "allot_cards", "replace_card"]


async def test_a_replacement_that_is_refused_leaves_the_old_card_working(people: People) -> None:
    member, other = await people.enrolled(), await people.enrolled(phone=None)
    first = (await issued(people, member)).json()
    taken = (await issued(people, other)).json()
    path = f"cards/{first['card_id']}:replace"
    for number, why in ((taken["number"], "card_taken"), ("123456789012", "wrong_card_number")):
        answer = await people.post(path, people.operator(), reason="damaged", card_number=number)
        assert answer.json()["code"] == why
    assert (await people.get(f"cards/{first['number']}", people.operator())).status_code == 200
    assert await people.said("card_replaced") == []


async def test_a_member_blocks_a_lost_card_and_the_next_one_replaces_it(people: People) -> None:
    member, other = await people.enrolled(), await people.enrolled(phone=None)
    first = (await issued(people, member)).json()
    path = f"cards/{first['card_id']}:block"
    assert refused(await people.post(path, people.member(other), reason="lost")) == (404, "unknown_card")
    blocked = await people.post(path, people.member(member), reason="stolen")
    assert (blocked.status_code, blocked.json()["reason"]) == (200, "stolen")
    again = await people.post(path, people.operator(), reason="lost")
    assert again.json() == blocked.json()
    second = await issued(people, member)
    assert second.status_code == 201
    (said,) = await people.said("card_replaced")
    assert (said["why"], said["replaced_card_id"]) == ("stolen", first["card_id"])


async def test_cards_are_for_staff_of_the_area(people: People) -> None:
    member = await people.enrolled()
    card = (await issued(people, member)).json()
    (blank,) = await allotted(people)
    operator = people.operator()
    for outsider in (people.operator(CEMARA), people.programme(KUIS), people.abroad()):
        assert refused(await people.get(f"cards/{card['number']}", outsider)) == (404, "unknown_card")
        assert refused(await people.get(f"cards/{blank['number']}", outsider)) == (404, "unknown_card")
        for card_id in (card["card_id"], blank["card_id"]):
            answer = await people.post(f"cards/{card_id}:block", outsider, reason="lost")
            assert refused(answer) == (404, "unknown_card")
        answer = await people.post(f"cards/{card['card_id']}:replace", outsider, reason="lost")
        assert refused(answer) == (404, "unknown_card")
        answer = await people.post(f"members/{member}:issue-card", outsider)
        assert refused(answer) == (404, "unknown_member_here")
        answer = await people.post("cards:allot", outsider, waste_bank_id=MAIN, count=1)
        assert refused(answer) == (403, "not_your_area")
    assert refused(await people.get(f"cards/{blank['number']}", operator)) == (409, "card_blank")
    answer = await people.post(f"cards/{blank['card_id']}:replace", operator, reason="lost")
    assert refused(answer) == (409, "card_blank")
    for who in (people.office(), people.member(member)):
        assert refused(await people.get(f"cards/{card['number']}", who)) == (403, "not_allowed")
        answer = await people.post("cards:allot", who, waste_bank_id=MAIN, count=1)
        assert refused(answer) == (403, "not_allowed")
    assert (
        await people.post(f"cards/{blank['card_id']}:block", operator, reason="damaged")
    ).status_code == 200
    answer = await issued(people, await people.enrolled(phone=None), card_number=blank["number"])
    assert refused(answer) == (409, "card_blocked")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("cards:allot", {"waste_bank_id": MAIN, "count": 0}),
        ("cards:allot", {"waste_bank_id": MAIN, "count": 101}),
        (f"cards/{uuid7()}:replace", {"reason": "bored"}),
        (f"cards/{uuid7()}:block", {}),
        (f"members/{uuid7()}:issue-card", {"card_number": "12"}),
    ],
)
async def test_wrong_input_about_cards(people: People, path: str, body: dict[str, Any]) -> None:
    assert refused(await people.post(path, people.operator(), **body)) == (422, "invalid_request")


async def test_wrong_and_unknown_numbers(people: People) -> None:
    assert refused(await people.get("cards/123456789012", people.operator())) == (422, "wrong_card_number")
    assert refused(await people.get("cards/123456789092", people.operator())) == (404, "unknown_card")
    assert refused(await people.get("cards/12345678909x", people.operator())) == (422, "invalid_request")


async def test_the_seed_gives_cards_once_and_nothing_back_to_those_who_are_gone(people: People) -> None:
    seeded, sealer = seeded_people(), Sealer([SECRET], "identity")
    here = [member for member in seeded.members if member.waste_bank_id == MAIN]
    entries = {entry["id"]: entry for entry in people_file(seeded)}

    async def seed() -> None:
        async with people.service.database.transaction() as tx:
            hashes = {member.code: "no PIN fits this" for member in here[:3]}
            await seed_people(tx, sealer, seeded, hashes, WallClock().now())

    await seed()
    for member in here[:3]:
        number = entries[str(member.id)]["card_number"]
        found = await people.get(f"cards/{number}", people.operator())
        assert found.json()["member_id"] == str(member.id)
    first, second, third = (str(member.id) for member in here[:3])
    merge = await people.post(
        f"members/{first}:propose-merge", people.operator(), into_member_id=second, reason="sama"
    )
    await people.post(f"merges/{merge.json()['merge_id']}:confirm", people.programme())
    card = (await people.get(f"members/{third}", people.operator())).json()["card_id"]
    await people.post(f"cards/{card}:replace", people.operator(), reason="lost")
    before = await people.rows("select * from card order by id")
    await seed()
    assert await people.rows("select * from card order by id") == before
    signing_in = await people.rows("select subject_id from credential order by code")
    assert {str(row["subject_id"]) for row in signing_in} == {second, third}
