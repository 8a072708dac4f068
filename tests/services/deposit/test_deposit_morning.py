"""A tablet's morning: all that it must know, page by page, from the real doors of those who own the parts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.deposit.main import create as create_deposit
from services.deposit.settings import DepositSettings
from services.deposit.workflows.morning import Delta, Part, read_part
from services.identity.main import create as create_identity
from services.identity.settings import IdentitySettings
from services.valuation.main import create as create_valuation
from services.valuation.main import read_files
from services.valuation.settings import ValuationSettings
from services.valuation.workflows.publishing import seed_catalogue
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.other_doors import OtherDoorError
from shared.runtime.wall_clock import WallClock
from tests.builders import TokenMint
from tests.services.deposit.neighbours import open_to_callers

MAIN, CEMARA, ELSEWHERE = "lubuk-pakam-induk", "lubuk-pakam-cemara", "batang-kuis-pekan"
PAGE_BYTES_MAX = 2_200_000


@dataclass
class Surroundings:
    """Identity and valuation with open doors, and databases of their own."""

    identity: str
    valuation: str
    mint: TokenMint
    deposit_url: str
    people: httpx.AsyncClient

    @property
    def programme(self) -> dict[str, str]:
        return self.mint.header(Role.PROGRAMME)

    async def enrol(self, count: int, bank: str = MAIN) -> set[str]:
        """New members of a waste bank."""
        member_ids = [str(uuid7()) for _ in range(count)]
        for start in range(0, count, 200):
            members = [
                {
                    "member_id": member_id,
                    "kind": "person",
                    "name": "Warga Pakam",
                    "waste_bank_id": bank,
                    "enrolled_at": "2026-11-20T09:30:00+07:00",
                }
                for member_id in member_ids[start : start + 200]
            ]
            answer = await self.people.post(
                "/v1/members:batch", json={"members": members}, headers=self.programme
            )
            assert answer.status_code == 200, answer.text
        return set(member_ids)

    async def move(self, member_id: str, bank: str) -> None:
        body = {"waste_bank_id": bank, "reason": "Pindah rumah"}
        answer = await self.people.post(f"/v1/members/{member_id}:move", json=body, headers=self.programme)
        assert answer.status_code == 200, answer.text


@dataclass
class Tablet:
    """What a tablet has, kept as the answers say."""

    door: httpx.AsyncClient
    who: dict[str, str]
    bank: str = MAIN
    cursor: str | None = None
    members: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, Any] = field(default_factory=dict)
    largest: int = 0

    async def ask(self) -> dict[str, Any]:
        query = {"waste_bank_id": self.bank} | ({"cursor": self.cursor} if self.cursor else {})
        answer = await self.door.get("/v1/morning", params=query, headers=self.who)
        assert answer.status_code == 200, answer.text
        self.largest = max(self.largest, len(answer.content))
        page: dict[str, Any] = answer.json()
        for name, key, kept in (("members", "member_id", self.members), ("prices", "id", self.prices)):
            part = page[name]
            if part["whole"]:
                kept.clear()
            kept.update({each[key]: each for each in part["changed"]})
            for each in part["gone"]:
                kept.pop(each[key], None)
        self.cursor = page["next_cursor"]
        return page

    async def catch_up(self) -> None:
        while (await self.ask())["more"]:
            pass


@pytest.fixture
async def around(fresh_database: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Surroundings]:
    mint = TokenMint()
    key_file = tmp_path / "identity.key"
    key_file.write_text("a secret that only these tests know and nobody else")
    identity = create_identity(
        IdentitySettings(
            database_url=fresh_database("identity"), key_file=key_file, WALLET_URL="http://127.0.0.1:9"
        )
    )
    valuation = create_valuation(ValuationSettings(database_url=fresh_database("valuation")))
    await valuation.database.open()
    async with valuation.database.transaction() as tx:
        await seed_catalogue(tx, *read_files(Path("deploy/catalogue")), WallClock().now())
    await valuation.database.close()
    async with AsyncExitStack() as stack:
        identity_url = await stack.enter_async_context(open_to_callers(identity, mint))
        valuation_url = await stack.enter_async_context(open_to_callers(valuation, mint))
        people = await stack.enter_async_context(httpx.AsyncClient(base_url=identity_url, timeout=60))
        yield Surroundings(identity_url, valuation_url, mint, fresh_database("deposit"), people)


@asynccontextmanager
async def deposit_door(around: Surroundings, **urls: str) -> AsyncIterator[httpx.AsyncClient]:
    """Deposit's door, told where the others are."""
    settings = DepositSettings.model_validate(
        {"database_url": around.deposit_url}
        | {"IDENTITY_URL": around.identity, "VALUATION_URL": around.valuation}
        | urls
    )
    service = create_deposit(settings)
    service.tokens = around.mint.tokens
    application = service.application(frozenset({"door"}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(application), base_url="http://deposit", timeout=60
        ) as door,
    ):
        yield door


def operator(around: Surroundings, *banks: str) -> dict[str, str]:
    return around.mint.header(Role.OPERATOR, waste_bank_ids=banks or (MAIN,), tablet_id=uuid7())


async def test_all_pages_together_are_the_whole_and_deletions_arrive(around: Surroundings) -> None:
    mine, theirs = await around.enrol(520), await around.enrol(20, CEMARA)
    async with deposit_door(around) as door:
        tablet = Tablet(door, operator(around))
        first = await tablet.ask()
        assert (first["more"], first["members"]["whole"]) == (True, True)
        await tablet.catch_up()
        assert tablet.members.keys() == mine
        kinds = [each["kind"] for each in tablet.prices.values()]
        assert (kinds.count("catalogue"), kinds.count("price_list")) == (1, 1)
        quiet = await tablet.ask()
        for part in ("members", "prices", "pickups"):
            assert (quiet[part]["changed"], quiet[part]["gone"], quiet[part]["whole"]) == ([], [], False)
        away, new = min(mine), min(theirs)
        await around.move(away, CEMARA)
        await around.move(new, MAIN)
        page = await tablet.ask()
        assert [(each["member_id"], each["reason"]) for each in page["members"]["gone"]] == [(away, "moved")]
        assert tablet.members.keys() == mine - {away} | {new}


async def test_what_is_enrolled_while_the_pages_are_walked_is_not_skipped(around: Surroundings) -> None:
    mine = await around.enrol(540)
    async with deposit_door(around) as door:
        tablet = Tablet(door, operator(around))

        async def enrol_more() -> set[str]:
            found: set[str] = set()
            for batch in await asyncio.gather(*[around.enrol(20) for _ in range(6)]):
                found |= batch
            return found

        enrolling = asyncio.create_task(enrol_more())
        while not enrolling.done():
            await tablet.ask()
        mine |= await enrolling
        await tablet.catch_up()
        assert tablet.members.keys() == mine


@pytest.mark.parametrize("count", [510, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_however_many_members_come_in_bounded_pages(around: Surroundings, count: int) -> None:
    mine = await around.enrol(count)
    async with deposit_door(around) as door:
        tablet = Tablet(door, operator(around))
        await tablet.catch_up()
    assert tablet.members.keys() == mine
    assert tablet.largest <= PAGE_BYTES_MAX
    assert tablet.cursor is not None
    assert len(tablet.cursor) < 1_000


async def test_a_silent_part_is_marked_and_comes_later(around: Surroundings) -> None:
    mine = await around.enrol(3)
    dead = "http://127.0.0.1:9"
    who = operator(around)
    async with deposit_door(around, VALUATION_URL=dead) as door:
        tablet = Tablet(door, who)
        page = await tablet.ask()
        assert (page["members"]["available"], page["prices"]["available"], page["more"]) == (
            True,
            False,
            False,
        )
        assert tablet.members.keys() == mine
    async with deposit_door(around, IDENTITY_URL=dead) as door:
        tablet.door = door
        page = await tablet.ask()
        assert (page["members"]["available"], page["prices"]["available"]) == (False, True)
        assert page["prices"]["whole"]
        assert tablet.members.keys() == mine
    late = await around.enrol(1)
    async with deposit_door(around) as door:
        tablet.door = door
        page = await tablet.ask()
        assert [each["member_id"] for each in page["members"]["changed"]] == list(late)
        assert (page["prices"]["changed"], page["prices"]["whole"]) == ([], False)


async def test_a_cursor_that_an_owner_does_not_know_starts_that_part_anew() -> None:
    asked: list[str | None] = []

    async def read(cursor: str | None) -> Delta:
        asked.append(cursor)
        if cursor is not None:
            raise OtherDoorError("status 422")
        return Delta(changed=[{"id": "1"}], gone=[], next_cursor="new", more=False)

    part = await read_part(read, "of another time")
    assert part == Part(available=True, whole=True, changed=[{"id": "1"}], gone=[], more=False, cursor="new")
    assert asked == ["of another time", None]


async def test_who_may_ask_and_with_what(around: Surroundings) -> None:
    async with deposit_door(around) as door:
        for who, bank, status, code in (
            (operator(around, CEMARA), MAIN, 403, "not_your_area"),
            (operator(around), "tidak-ada", 403, "not_your_area"),
            (around.mint.header(Role.MEMBER, member_id=uuid7()), MAIN, 403, "not_allowed"),
            (
                around.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=["12.07.28"]),
                ELSEWHERE,
                403,
                "not_your_area",
            ),
            ({}, MAIN, 401, "sign_in_needed"),
            (operator(around), "\x00", 422, "invalid_request"),
        ):
            answer = await door.get("/v1/morning", params={"waste_bank_id": bank}, headers=who)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        for cursor in ("x", "bukan penanda", "A" * 7_000, json.dumps([1])):
            query = {"waste_bank_id": MAIN, "cursor": cursor}
            answer = await door.get("/v1/morning", params=query, headers=operator(around))
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
