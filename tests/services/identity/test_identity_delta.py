"""What a tablet hears of its own bank's members, and that no cursor ever passes a change that it has not heard."""

import asyncio
import random
import time
from typing import Any
from uuid import UUID

from services.identity.store.changes import mark_changed
from shared.kernel.ids import uuid7
from shared.runtime.paging import cursor_of
from tests.services.identity.people_stage import CANARY_NAME, CEMARA, KUIS, MAIN, People, new_member, refused


async def changes(people: People, cursor: str | None = None, **query: Any) -> dict[str, Any]:
    wanted = {"waste_bank_id": MAIN, **query, **({"cursor": cursor} if cursor else {})}
    answer = await people.get("members:changes", people.programme(), **wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Tablet:
    """Keeps what it hears, as a tablet would."""

    def __init__(self, bank: str = MAIN, limit: int = 500) -> None:
        self._bank, self._limit = bank, limit
        self._cursor: str | None = None
        self.members: dict[str, dict[str, Any]] = {}
        self.gone: dict[str, dict[str, Any]] = {}

    async def wake(self, people: People) -> int:
        """Ask until there is no more; returns how many pages that took."""
        pages = 0
        while True:
            page = await changes(people, self._cursor, waste_bank_id=self._bank, limit=self._limit)
            pages += 1
            for member in page["changed"]:
                self.members[member["member_id"]] = member
            for gone in page["gone"]:
                self.members.pop(gone["member_id"], None)
                self.gone[gone["member_id"]] = gone
            self._cursor = page["next_cursor"]
            if not page["more"]:
                return pages


async def test_the_own_banks_members_and_nobody_else(people: People) -> None:
    member = await people.enrolled()
    await people.enrolled(waste_bank_id=CEMARA)
    card = (await people.post(f"members/{member}:issue-card", people.operator())).json()
    answer = await people.get("members:changes", people.operator(), waste_bank_id=MAIN)
    (known,) = answer.json()["changed"]
    assert known == {
        "member_id": member,
        "code": known["code"],
        "kind": "person",
        "name": CANARY_NAME,
        "phone_tail": "9876",
        "cards": [{"card_id": card["card_id"], "number": card["number"], "blocked": False}],
    }
    assert "secret" not in answer.text
    assert (answer.json()["gone"], answer.json()["more"]) == ([], False)


async def test_only_what_changed_since_the_cursor(people: People) -> None:
    tablet = Tablet(limit=2)
    members = [await people.enrolled(phone=None) for _ in range(5)]
    assert await tablet.wake(people) == 3
    assert sorted(tablet.members) == sorted(members)
    quiet = await changes(people, tablet._cursor)
    assert (quiet["changed"], quiet["gone"], quiet["next_cursor"]) == ([], [], tablet._cursor)
    await people.post(f"members/{members[0]}:change", people.operator(), name="Lain", reason="r")
    card = (await people.post(f"members/{members[1]}:issue-card", people.operator())).json()
    heard = await changes(people, tablet._cursor)
    assert [each["member_id"] for each in heard["changed"]] == members[:2]
    await tablet.wake(people)
    await people.post(f"cards/{card['card_id']}:block", people.operator(), reason="lost")
    (blocked,) = (await changes(people, tablet._cursor))["changed"]
    assert [each["blocked"] for each in blocked["cards"]] == [True]


async def test_whoever_is_gone_is_named_with_the_reason(people: People) -> None:
    tablet, other = Tablet(), Tablet(CEMARA)
    moved, absorbed, survivor, stays = [await people.enrolled() for _ in range(4)]
    await tablet.wake(people)
    await people.post(f"members/{moved}:move", people.programme(), waste_bank_id=CEMARA, reason="r")
    merge = await people.post(
        f"members/{absorbed}:propose-merge", people.operator(), into_member_id=survivor, reason="r"
    )
    await people.post(f"merges/{merge.json()['merge_id']}:confirm", people.programme())
    await tablet.wake(people)
    await other.wake(people)
    assert sorted(tablet.members) == sorted([survivor, stays])
    assert tablet.gone == {
        moved: {"member_id": moved, "reason": "moved", "into_member_id": None},
        absorbed: {"member_id": absorbed, "reason": "merged", "into_member_id": survivor},
    }
    assert list(other.members) == [moved]
    await people.post(f"members/{moved}:move", people.programme(), waste_bank_id=MAIN, reason="r")
    await tablet.wake(people)
    assert moved in tablet.members
    fresh = Tablet()
    await fresh.wake(people)
    assert (sorted(fresh.members), fresh.gone) == (sorted([moved, survivor, stays]), {})


async def test_a_later_change_waits_for_an_earlier_one_that_has_not_committed(people: People) -> None:
    first, second, elsewhere = [await people.enrolled(**more) for more in ({}, {}, {"waste_bank_id": CEMARA})]
    tablet = Tablet()
    await tablet.wake(people)
    database = people.service.database
    may_commit, has_number = asyncio.Event(), asyncio.Event()

    async def change(bank: str, member: str, *, hold: bool) -> None:
        async with database.transaction() as tx:
            await mark_changed(tx, [(bank, UUID(member), None)])
            if hold:
                has_number.set()
                await may_commit.wait()

    slow = asyncio.create_task(change(MAIN, first, hold=True))
    await has_number.wait()
    fast = asyncio.create_task(change(MAIN, second, hold=False))
    await change(CEMARA, elsewhere, hold=False)
    await waiting_for_a_lock(people)
    assert not fast.done()
    assert (await changes(people, tablet._cursor))["changed"] == []
    may_commit.set()
    await asyncio.gather(slow, fast)
    heard = await changes(people, tablet._cursor)
    assert [each["member_id"] for each in heard["changed"]] == [first, second]


async def test_a_tablet_that_listens_while_many_write_misses_nothing(people: People) -> None:
    chance = random.Random(4)
    tablet = Tablet(limit=3)
    ids: list[str] = []
    done = asyncio.Event()

    async def write(number: int) -> None:
        writer = random.Random(number)
        for turn in range(6):
            body = new_member(phone=None, name=f"Penulis {number}-{turn}")
            assert (await people.post("members", people.operator(), **body)).status_code == 201
            ids.append(str(body["member_id"]))
            chosen = writer.choice(ids)
            path, more = writer.choice(
                [
                    ("change", {"name": f"Nama {number}-{turn}", "reason": "r"}),
                    ("move", {"waste_bank_id": writer.choice([MAIN, CEMARA]), "reason": "r"}),
                    ("issue-card", {}),
                ]
            )
            await people.post(f"members/{chosen}:{path}", people.programme(), **more)

    async def listen() -> None:
        while not done.is_set():
            await tablet.wake(people)
            await asyncio.sleep(chance.random() / 50)

    listening = asyncio.create_task(listen())
    await asyncio.gather(*[write(number) for number in range(6)])
    done.set()
    await listening
    await tablet.wake(people)
    truth = Tablet()
    await truth.wake(people)
    assert len(ids) == 36
    assert tablet.members == truth.members


async def test_who_hears_of_a_banks_members(people: People) -> None:
    async def ask(who: dict[str, str], **query: Any) -> tuple[int, str]:
        return refused(await people.get("members:changes", who, **{"waste_bank_id": MAIN, **query}))

    for outsider in (people.operator(CEMARA), people.programme(KUIS), people.abroad()):
        assert await ask(outsider) == (403, "not_your_area")
    assert await ask(people.programme(), waste_bank_id="nowhere") == (403, "not_your_area")
    for role in (people.office(), people.member(uuid7())):
        assert await ask(role) == (403, "not_allowed")
    for wrong in (
        {"cursor": "1"},
        {"cursor": "members-x"},
        {"cursor": cursor_of(999)},
        {"cursor": "members-123"},
        {"limit": 501},
        {"limit": 0},
        {"waste_bank_id": "a b"},
    ):
        assert await ask(people.operator(), **wrong) == (422, "invalid_request")


async def waiting_for_a_lock(people: People) -> None:
    """Look until some session waits for an advisory lock."""
    deadline = time.monotonic() + 10
    query = """
        select 1 from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())
    """
    while not await people.rows(query):
        assert time.monotonic() < deadline, "nobody waits"
        await asyncio.sleep(0.02)
