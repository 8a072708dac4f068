"""Somebody leaves: asked of a real wallet over HTTP, refused while anything is owed, and unreadable afterwards."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from services.wallet.consumers import hearing
from services.wallet.main import create
from services.wallet.settings import WalletSettings
from shared.contracts import Event
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.hearing import Hearer
from shared.runtime.tokens import Tokens
from shared.runtime.wall_clock import WallClock
from tests.services.identity.people_stage import CEMARA, KUIS, MAIN, People, new_member, refused
from tests.services.wallet.stage import Tape, delivered, requested, valued


class Wallet:
    """A wallet with an open door, and what it hears."""

    def __init__(self, hearer: Hearer) -> None:
        self._hearer = hearer
        self._tape = Tape()

    async def hear(self, *events: Event) -> None:
        await self._hearer.hear(self._tape.records(list(events)))


@pytest.fixture
async def wallet(people: People, fresh_database: Callable[[str], str]) -> AsyncIterator[Wallet]:
    """A wallet that verifies what identity signs, on a port of its own, which identity is told."""

    async def keys() -> dict[str, Any]:
        found: dict[str, Any] = (await people.door.get("/v1/jwks")).json()
        return found

    service = create(WalletSettings(database_url=fresh_database("wallet")))
    service.tokens = Tokens(keys, people.settings.token_issuer)
    server = uvicorn.Server(
        uvicorn.Config(service.application(frozenset({"door"})), log_config=None, ws="none", access_log=False)
    )
    serving = asyncio.create_task(server.serve(sockets=[people.wallet_socket]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield Wallet(Hearer("wallet", hearing(WallClock()), service.database))
    server.should_exit = True
    await serving


async def erase(
    people: People, member: str, who: dict[str, str] | None = None, **body: Any
) -> httpx.Response:
    return await people.post(f"members/{member}:erase", who or people.member(member), **body)


async def test_nobody_leaves_credit_or_an_open_hold_behind(people: People, wallet: Wallet) -> None:
    member = await people.enrolled()
    asked = requested(UUID(member), 10_000)
    await wallet.hear(valued(UUID(member), 10_000, fee=0))
    assert refused(await erase(people, member)) == (409, "erase_balance_left")
    await wallet.hear(asked)
    assert refused(await erase(people, member)) == (409, "erase_hold_open")
    assert (await people.get(f"members/{member}", people.operator())).status_code == 200
    await wallet.hear(delivered(asked, 9_900))
    assert (await erase(people, member)).status_code == 200


@pytest.mark.usefixtures("wallet")
async def test_after_leaving_nothing_of_the_member_is_readable(people: People) -> None:
    body = new_member(pin="837261")
    member = str(body["member_id"])
    assert (await people.post("members", people.operator(), **body)).status_code == 201
    card = (await people.post(f"members/{member}:issue-card", people.operator())).json()
    await people.post(
        f"members/{member}:move", people.programme(), waste_bank_id=CEMARA, reason="Bu Canary pindah"
    )
    gone = await erase(people, member, people.programme(), reason="atas permintaan")
    assert gone.status_code == 200, gone.text
    assert (await erase(people, member)).json() == gone.json()
    everything = await people.everything()
    assert card["number"] not in everything
    (row,) = await people.rows("select * from member")
    for column in ("name_sealed", "phone_sealed", "phone_index", "address_sealed", "village_sealed"):
        assert row[column] is None
    for table in ("card", "credential", "session", "device"):
        assert await people.rows(f"select 1 from {table}") == []
    assert [move["why"] for move in await people.rows("select why from member_move")] == [None]
    for who in (people.programme(), people.operator(CEMARA), people.member(member)):
        for path in (f"members/{member}", f"members/{member}/own-data"):
            assert refused(await people.get(path, who)) == (404, "unknown_member_here")
    assert refused(await people.get(f"cards/{card['number']}", people.programme())) == (404, "unknown_card")
    for path, more in (("change", {"name": "X"}), ("move", {"waste_bank_id": MAIN}), ("issue-card", None)):
        answer = await people.post(
            f"members/{member}:{path}", people.programme(), **({"reason": "r", **more} if more else {})
        )
        assert refused(answer) == (404, "unknown_member_here")
    (said,) = await people.said("member_erased")
    assert (said["member_id"], said["waste_bank_id"]) == (member, CEMARA)
    (act,) = [each for each in await people.audit() if each["action"] == "erase_member"]
    assert act["why"] == "atas permintaan"


@pytest.mark.usefixtures("wallet")
async def test_a_late_enrolment_brings_nobody_back(people: People) -> None:
    body = new_member()
    await people.post("members", people.operator(), **body)
    assert (await erase(people, str(body["member_id"]))).status_code == 200
    again = await people.post("members", people.operator(), **body)
    assert refused(again) == (409, "member_erased")
    sent = await people.post("members:batch", people.operator(), members=[{**body, "pin": "837261"}])
    assert sent.json()["results"][0]["code"] == "member_erased"
    assert await people.rows("select 1 from credential") == []
    assert len(await people.said("member_registered")) == 1


async def test_whoever_was_merged_into_them_leaves_with_them(people: People, wallet: Wallet) -> None:
    one, two = await people.enrolled(), await people.enrolled()
    merge = await people.post(
        f"members/{one}:propose-merge", people.operator(), into_member_id=two, reason="sama"
    )
    done = await people.post(f"merges/{merge.json()['merge_id']}:confirm", people.programme())
    assert done.status_code == 200, done.text
    # Wallet has not heard of the merge yet, and owes the one that was given up.
    await wallet.hear(valued(UUID(one), 5_000, fee=0))
    assert refused(await erase(people, two)) == (409, "erase_balance_left")
    spent = requested(UUID(one), 5_000)
    await wallet.hear(spent, delivered(spent, 4_900))
    assert (await erase(people, two)).status_code == 200
    assert {event["member_id"] for event in await people.said("member_erased")} == {one, two}
    assert await people.rows("select 1 from member where name_sealed is not null") == []


async def test_a_silent_wallet_changes_nothing(people: People) -> None:
    member = await people.enrolled()
    assert refused(await erase(people, member)) == (503, "try_again")
    assert (await people.get(f"members/{member}", people.operator())).status_code == 200
    assert await people.said("member_erased") == []


@pytest.mark.usefixtures("wallet")
async def test_who_may_erase_whom(people: People) -> None:
    member, other = await people.enrolled(), await people.enrolled()
    for who in (people.operator(), people.office()):
        assert refused(await erase(people, member, who, reason="r")) == (403, "not_allowed")
    for who in (people.programme(KUIS), people.abroad(), people.member(other)):
        assert refused(await erase(people, member, who, reason="r")) == (404, "unknown_member_here")
    assert refused(await erase(people, member, people.programme())) == (422, "invalid_request")
    assert refused(await erase(people, member, people.member(member), reason="x" * 501)) == (
        422,
        "invalid_request",
    )
    assert refused(await erase(people, str(uuid7()), people.programme(), reason="r")) == (
        404,
        "unknown_member_here",
    )
    stranger = people.mint.header(Role.MEMBER, member_id=UUID(member), may_spend=False)
    assert refused(await erase(people, member, stranger)) == (403, "card_code_needed")
    assert len(await people.rows("select 1 from member where erased_at is null")) == 2


@pytest.mark.usefixtures("wallet")
async def test_an_erased_member_is_nobody_to_merge_with(people: People) -> None:
    one, two, three = [await people.enrolled() for _ in range(3)]
    merge = await people.post(
        f"members/{two}:propose-merge", people.operator(), into_member_id=one, reason="sama"
    )
    assert (await erase(people, one)).status_code == 200
    late = await people.post(f"merges/{merge.json()['merge_id']}:confirm", people.programme())
    assert refused(late) == (409, "merge_already_decided")
    answer = await people.post(
        f"members/{three}:propose-merge", people.operator(), into_member_id=one, reason="sama"
    )
    assert refused(answer) == (409, "member_erased")
