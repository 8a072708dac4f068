"""A tablet that walks the pages has exactly what holds, whatever is published or ends meanwhile."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.valuation import api
from services.valuation.settings import ValuationSettings
from services.valuation.store import exceptions
from services.valuation.store.exceptions import StoredException
from services.valuation.store.lists import PriceBooks
from services.valuation.workflows import changes
from services.valuation.workflows.changes import PAGE_BYTES
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.service import Service
from tests.builders import TokenMint
from tests.services.valuation.stage import (
    BANK,
    CEMARA,
    GENERAL,
    OWN_LIST_BANK,
    RECORDER,
    SECOND_PERSON,
    SUBDISTRICT,
    Ear,
    MovableClock,
)

PATH = "/v1/prices:changes"


@dataclass
class Tablet:
    """What a tablet has, kept as the answers say."""

    door: httpx.AsyncClient
    who: dict[str, str]
    bank: str = BANK
    things: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    cursor: str | None = None
    pages: int = 0

    async def ask(self) -> dict[str, Any]:
        query = {"waste_bank_id": self.bank} | ({"cursor": self.cursor} if self.cursor else {})
        answer = await self.door.get(PATH, params=query, headers=self.who)
        assert answer.status_code == 200, answer.text
        assert len(answer.content) <= PAGE_BYTES * 1.1
        page: dict[str, Any] = answer.json()
        for each in page["changed"]:
            self.things[each["kind"], each["id"]] = each
        for each in page["gone"]:
            del self.things[each["kind"], each["id"]]
        self.cursor = page["next_cursor"]
        self.pages += 1
        return page

    async def catch_up(self) -> None:
        while (await self.ask())["more"]:
            pass

    def ids(self, kind: str) -> set[str]:
        return {each for one, each in self.things if one == kind}


@pytest.fixture
async def tablet(database: Database, clock: MovableClock) -> AsyncIterator[Tablet]:
    mint = TokenMint()
    watcher = RolloutWatcher(Path("deploy/rollout/deli-serdang.yaml"))
    means = api.Means(database=database, books=PriceBooks(), watcher=watcher, clock=clock)
    service = Service(
        name="valuation",
        title="Timbang valuation",
        settings=ValuationSettings(database_url=database.url),
        database=Database(database.url),
        routers=api.routers(means),
        tokens=mint.tokens,
    )
    application = service.application(frozenset({"door"}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://valuation") as door,
    ):
        yield Tablet(door, mint.header(Role.PROGRAMME))


@pytest.fixture
def ear(database: Database, rollout: Rollout, clock: MovableClock) -> Ear:
    return Ear(database, rollout, clock)


async def approve(ear: Ear, bank: str = BANK, hours: int = 5) -> str:
    """An exception of a waste bank, approved by a second person."""
    now = ear.clock.now()
    new = StoredException(
        exception_id=uuid7(),
        waste_bank_id=bank,
        subdistrict_code=SUBDISTRICT,
        member_id=None,
        item_code="P05",
        grade="bersih",
        price_rupiah=1_700,
        beneficiary=None,
        percent=None,
        from_at=now,
        until_at=now + timedelta(hours=hours),
        reason="hari lingkungan",
        state="proposed",
        proposed_by=RECORDER,
        proposed_at=now,
    )
    async with ear.database.transaction() as tx:
        await exceptions.insert(tx, new)
        await exceptions.decide(tx, new.exception_id, "approved", SECOND_PERSON, now, "ya")
    return str(new.exception_id)


async def test_the_first_answer_is_everything_and_the_next_is_nothing(tablet: Tablet) -> None:
    first = await tablet.ask()
    assert (first["more"], first["gone"]) == (False, [])
    (catalogue,) = [each for each in first["changed"] if each["kind"] == "catalogue"]
    assert len(catalogue["items"]) >= 45
    assert catalogue["price_list_max_age_days"] == 30
    assert tablet.ids("price_list") == {str(GENERAL)}
    (listed,) = [each for each in first["changed"] if each["kind"] == "price_list"]
    assert {"item_code": "P05", "grade": "bersih", "price_rupiah": 1_625} in listed["prices"]
    second = await tablet.ask()
    assert (second["changed"], second["gone"], second["more"]) == ([], [], False)
    assert second["next_cursor"] == first["next_cursor"]


async def test_a_bank_has_its_own_list_and_those_before_it(tablet: Tablet) -> None:
    tablet.bank = OWN_LIST_BANK
    await tablet.catch_up()
    assert str(CEMARA) in tablet.ids("price_list")


async def test_lists_come_before_they_hold_and_go_when_they_are_too_old(
    tablet: Tablet, ear: Ear, clock: MovableClock
) -> None:
    await tablet.catch_up()
    to_come = str(await ear.publish(timedelta(days=3), P05=2_000))
    await ear.publish(timedelta(days=1), bank="lubuk-pakam-cemara", P05=9_000)
    page = await tablet.ask()
    assert [each["id"] for each in page["changed"]] == [to_come]
    clock.at += timedelta(days=32)
    assert (await tablet.ask())["gone"] == []
    clock.at += timedelta(days=2)
    page = await tablet.ask()
    assert [each["id"] for each in page["gone"]] == [str(GENERAL)]
    assert tablet.ids("price_list") == {to_come}


async def test_exceptions_come_when_they_are_approved_and_go_when_they_are_over(
    tablet: Tablet, ear: Ear, clock: MovableClock
) -> None:
    await tablet.catch_up()
    short, long = await approve(ear, hours=1), await approve(ear, hours=9)
    await approve(ear, bank=OWN_LIST_BANK)
    page = await tablet.ask()
    assert {each["id"] for each in page["changed"]} == {short, long}
    assert "reason" not in page["changed"][0]
    assert page["changed"][0]["price_rupiah"] == 1_700
    clock.at += timedelta(hours=2)
    assert [each["id"] for each in (await tablet.ask())["gone"]] == [short]
    async with ear.database.transaction() as tx:
        await exceptions.end(tx, UUID(long), SECOND_PERSON, clock.now(), "cukup")
    assert [each["id"] for each in (await tablet.ask())["gone"]] == [long]
    assert tablet.ids("price_exception") == set()


async def test_a_changed_catalogue_comes_whole(tablet: Tablet, database: Database) -> None:
    await tablet.catch_up()
    async with database.transaction() as tx:
        await tx.execute(
            "update catalogue_item set content = (content::jsonb \
            || '{\"name_id\": \"Botol\"}')::json where code = 'P05'"
        )
    page = await tablet.ask()
    assert [each["kind"] for each in page["changed"]] == ["catalogue"]
    assert "Botol" in {item["name_id"] for item in page["changed"][0]["items"]}


async def test_the_sum_of_all_pages_is_the_whole_whatever_is_written_meanwhile(
    tablet: Tablet, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE_THINGS", 3)
    published = {str(await ear.publish(timedelta(hours=n), P05=1_000 + n)) for n in range(10)}
    approved = {await approve(ear) for _ in range(10)}
    more = True
    while more:
        more = (await tablet.ask())["more"]
        if tablet.pages % 2 == 0 and tablet.pages < 9:
            approved.add(await approve(ear))
            published.add(str(await ear.publish(timedelta(days=tablet.pages), P05=5_000)))
    assert tablet.ids("price_list") == published | {str(GENERAL)}
    assert tablet.ids("price_exception") == approved
    assert tablet.pages >= 8


async def test_a_write_that_commits_late_is_not_skipped(tablet: Tablet, ear: Ear) -> None:
    """Its instants lie before those of what the tablet has already seen."""
    async with ear.database.transaction() as tx:
        early = await _approve_within(tx, ear)
        await approve(ear)
        await tablet.catch_up()
        assert early not in tablet.ids("price_exception")
    await tablet.catch_up()
    assert early in tablet.ids("price_exception")


async def _approve_within(tx: Any, ear: Ear) -> str:
    now = ear.clock.now() - timedelta(hours=1)
    new = StoredException(
        exception_id=uuid7(),
        waste_bank_id=BANK,
        subdistrict_code=SUBDISTRICT,
        member_id=None,
        item_code=None,
        grade=None,
        price_rupiah=None,
        beneficiary="waste_bank",
        percent=0,
        from_at=now,
        until_at=now + timedelta(hours=9),
        reason="bakti",
        state="proposed",
        proposed_by=RECORDER,
        proposed_at=now,
    )
    await exceptions.insert(tx, new)
    await exceptions.decide(tx, new.exception_id, "approved", SECOND_PERSON, now, "ya")
    return str(new.exception_id)


async def test_pages_and_cursors_stay_small_with_many_lists(tablet: Tablet, ear: Ear) -> None:
    for n in range(70):
        await ear.publish(timedelta(hours=n), P05=1_000 + n)
    for _ in range(100):
        await approve(ear)
    await tablet.catch_up()
    assert tablet.cursor is not None
    assert len(tablet.cursor) <= 4_000
    assert (len(tablet.ids("price_list")), len(tablet.ids("price_exception"))) == (64, 96)
    assert len(json.dumps(list(tablet.things.values()))) <= 2 * PAGE_BYTES


async def test_who_may_ask(tablet: Tablet) -> None:
    mint = TokenMint()
    query = {"waste_bank_id": BANK}
    assert (await tablet.door.get(PATH, params=query)).status_code == 401
    assert (await tablet.door.get(PATH, params=query, headers=mint.header(Role.PROGRAMME))).status_code == 401
    for change, status, code in (
        ({"waste_bank_id": "tidak-ada"}, 404, "price_waste_bank_unknown"),
        ({"waste_bank_id": "\x00"}, 422, "invalid_request"),
        ({"cursor": "bukan penanda"}, 422, "invalid_request"),
        ({"cursor": "AAAAAAAAAAAAAAAAAAAA"}, 422, "invalid_request"),
        ({"cursor": "A" * 5_000}, 422, "invalid_request"),
    ):
        answer = await tablet.door.get(PATH, params=query | change, headers=tablet.who)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
