"""Valuation's doors: what anybody may read, what only the programme may publish, what only a second person may pass."""

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
from services.valuation.store.lists import PriceBooks
from services.valuation.workflows.valuing import value_deposits
from shared.contracts import DepositRecorded
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
    Ear,
    MovableClock,
    line,
    prices_of,
    recorded,
    said,
    voided,
)

ROLLOUT = Path("deploy/rollout/deli-serdang.yaml")
OPEN_TO_ALL = {
    ("GET", "/v1/catalogue"),
    ("GET", "/v1/price-lists/current"),
    ("GET", "/v1/price-lists"),
    ("GET", "/v1/price-lists/{price_list_id}"),
    ("POST", "/v1/estimates"),
}


@dataclass
class Place:
    """A valuation with its door open, and somebody of each role before it."""

    door: httpx.AsyncClient
    database: Database
    clock: MovableClock
    rollout: Rollout
    mint: TokenMint = field(default_factory=TokenMint)
    programme: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **more: Any) -> Any:
        answer = await self.door.get(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def hear(self, *deposits: DepositRecorded) -> None:
        async with self.database.transaction() as tx:
            await value_deposits(tx, list(deposits), PriceBooks(), self.rollout, self.clock.now())

    def operator(self, *banks: str, subject: UUID = SECOND_PERSON) -> dict[str, str]:
        return self.mint.header(Role.OPERATOR, subject=subject, waste_bank_ids=banks)

    async def draft(self, price_list_id: UUID, **body: Any) -> httpx.Response:
        words = {"name": "Daftar harga baru", "based_on": str(GENERAL)} | body
        return await self.door.put(
            f"/v1/price-list-drafts/{price_list_id}", json=words, headers=self.programme
        )

    async def publish(self, price_list_id: UUID, **body: Any) -> httpx.Response:
        path = f"/v1/price-list-drafts/{price_list_id}:publish"
        return await self.door.post(path, json=body, headers=self.programme)


@pytest.fixture
async def place(database: Database, clock: MovableClock, rollout: Rollout) -> AsyncIterator[Place]:
    mint = TokenMint()
    means = api.Means(database=database, books=PriceBooks(), watcher=RolloutWatcher(ROLLOUT), clock=clock)
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
        httpx.AsyncClient(
            transport=httpx.ASGITransport(application, raise_app_exceptions=False),
            base_url="http://valuation",
        ) as door,
    ):
        yield Place(door, database, clock, rollout, mint, mint.header(Role.PROGRAMME))


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_the_catalogue_is_open_and_found_by_the_words_of_the_trade(place: Place) -> None:
    whole = await place.get("/v1/catalogue")
    assert len(whole["items"]) >= 45
    assert len(whole["waste_classes"]) == 9
    found = await place.get("/v1/catalogue", params={"q": "asoy"})
    assert [item["code"] for item in found["items"]] == ["P11"]


async def test_a_tablet_gets_the_list_of_its_waste_bank(place: Place) -> None:
    general = await place.get("/v1/price-lists/current", params={"waste_bank_id": BANK})
    assert general["price_list_id"] == str(GENERAL)
    assert prices_of(general["prices"])["P05", "bersih"] == 1_625
    assert general["deductions"][0]["basis_points"] == 500
    assert general["price_list_max_age_days"] == 30
    own = await place.get("/v1/price-lists/current", params={"waste_bank_id": OWN_LIST_BANK})
    assert own["price_list_id"] == str(CEMARA)
    assert prices_of(own["prices"])["P05", "bersih"] == 1_550
    assert prices_of(own["prices"])["L05", "terkelupas"] == 50_000
    assert {each["unit"] for each in own["prices"]} == {"kg", "litre", "piece"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"waste_bank_id": "nowhere"}, (404, "price_waste_bank_unknown")),
        ({"waste_bank_id": BANK, "at": "2026-01-01T00:00:00Z"}, (404, "price_list_not_in_force")),
        ({"waste_bank_id": BANK, "at": "2026-01-01T00:00:00"}, (422, "invalid_request")),
        ({"waste_bank_id": BANK, "at": "9999-12-31T23:59:59Z"}, (422, "invalid_request")),
        ({}, (422, "invalid_request")),
    ],
)
async def test_no_list_for_that(place: Place, query: dict[str, str], expected: tuple[int, str]) -> None:
    assert code_of(await place.door.get("/v1/price-lists/current", params=query)) == expected


async def test_an_estimate_is_what_a_deposit_would_get(place: Place) -> None:
    lines = [
        {"item_code": "P05", "grade": "bersih", "quantity": 2_000},
        {"item_code": "M01", "grade": "bersih", "quantity": 1_500},
        {"item_code": "B02", "grade": "-", "quantity": 3},
    ]
    answer = await place.door.post("/v1/estimates", json={"waste_bank_id": BANK, "lines": lines})
    assert answer.status_code == 200, answer.text
    estimated = answer.json()
    assert (estimated["gross_rupiah"], estimated["net_rupiah"]) == (11_050, 10_498)
    deposit = recorded(
        line(), line("M01", "bersih", 1_500, 6_000, "litre"), line("B02", "-", 3, 1_800, "piece")
    )
    await place.hear(deposit)
    stored = await place.get(f"/v1/valuations/{deposit.deposit_id}", headers=place.programme)
    assert {key: stored[key] for key in estimated} == estimated


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"waste_bank_id": "nowhere"}, (404, "price_waste_bank_unknown")),
        ({"lines": [{"item_code": "P99", "grade": "-", "quantity": 1}]}, (422, "price_item_not_priced")),
        ({"lines": []}, (422, "invalid_request")),
        ({"lines": [{"item_code": "P05", "grade": "bersih", "quantity": 0}]}, (422, "invalid_request")),
        ({"lines": [{"item_code": "P05", "grade": "bersih", "quantity": 1.5}]}, (422, "invalid_request")),
        ({"more": 1}, (422, "invalid_request")),
    ],
)
async def test_what_cannot_be_estimated(
    place: Place, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    body = {
        "waste_bank_id": BANK,
        "lines": [{"item_code": "P05", "grade": "bersih", "quantity": 1}],
    } | changed
    assert code_of(await place.door.post("/v1/estimates", json=body)) == expected


async def test_the_programme_drafts_and_publishes_and_then_it_stands(place: Place) -> None:
    price_list_id = uuid7()
    price = {"item_code": "P05", "grade": "bersih", "price_rupiah": 1_900, "source": "rapat 20 November"}
    drafted = await place.draft(price_list_id, prices=[price])
    assert (drafted.status_code, drafted.json()["state"]) == (200, "draft")
    assert len(drafted.json()["prices"]) == 100
    hidden = await place.door.get(f"/v1/price-lists/{price_list_id}")
    assert code_of(hidden) == (404, "price_list_unknown")
    noon = place.clock.now() + timedelta(hours=1)
    published = await place.publish(price_list_id, effective_at=noon.isoformat())
    assert (published.status_code, published.json()["state"]) == (200, "published")
    before = await place.get("/v1/price-lists/current", params={"waste_bank_id": BANK})
    assert before["price_list_id"] == str(GENERAL)
    assert before["next_effective_at"] is not None
    place.clock.at = noon
    after = await place.get("/v1/price-lists/current", params={"waste_bank_id": BANK})
    assert after["price_list_id"] == str(price_list_id)
    assert prices_of(after["prices"])["P05", "bersih"] == 1_900
    own = await place.get("/v1/price-lists/current", params={"waste_bank_id": OWN_LIST_BANK})
    assert own["price_list_id"] == str(CEMARA)
    assert code_of(await place.draft(price_list_id)) == (409, "price_list_already_published")
    again = await place.publish(price_list_id)
    assert again.status_code == 200
    (fact,) = await said(place.database)
    assert (fact["type"], fact["price_list_id"], fact["waste_bank_id"]) == (
        "list_published",
        str(price_list_id),
        None,
    )


async def test_what_cannot_be_published(place: Place) -> None:
    first, second, unfinished = uuid7(), uuid7(), uuid7()
    at = (place.clock.now() + timedelta(days=1)).isoformat()
    assert code_of(await place.publish(first)) == (404, "price_list_unknown")
    for price_list_id in (first, second):
        assert (await place.draft(price_list_id)).status_code == 200
    past = (place.clock.now() - timedelta(seconds=1)).isoformat()
    assert code_of(await place.publish(first, effective_at=past)) == (422, "price_list_effective_in_past")
    assert (await place.publish(first, effective_at=at)).status_code == 200
    assert code_of(await place.publish(second, effective_at=at)) == (409, "price_list_effective_taken")
    assert code_of(await place.publish(first, effective_at=past)) == (409, "price_list_already_published")
    alone = {
        "based_on": None,
        "prices": [{"item_code": "P05", "grade": "bersih", "price_rupiah": 1, "source": "x"}],
    }
    assert (await place.draft(unfinished, **alone)).status_code == 200
    assert code_of(await place.publish(unfinished)) == (422, "price_list_incomplete")
    assert len(await said(place.database)) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"waste_bank_id": "nowhere"}, (404, "price_waste_bank_unknown")),
        ({"based_on": str(SECOND_PERSON)}, (404, "price_list_unknown")),
        (
            {"prices": [{"item_code": "P99", "grade": "-", "price_rupiah": 1, "source": "x"}]},
            (422, "price_list_incomplete"),
        ),
        (
            {"prices": [{"item_code": "P05", "grade": "bersih", "price_rupiah": -1, "source": "x"}]},
            (422, "invalid_request"),
        ),
        ({"name": "a\u0000b"}, (422, "invalid_request")),
    ],
)
async def test_what_cannot_be_drafted(place: Place, body: dict[str, Any], expected: tuple[int, str]) -> None:
    assert code_of(await place.draft(uuid7(), **body)) == expected


async def test_deductions_that_take_more_than_everything_are_refused(place: Place) -> None:
    rule = {"name_id": "a", "name_en": "a", "reason_id": "a", "reason_en": "a"}
    rules = [{"beneficiary": name, "basis_points": 6_000, **rule} for name in ("waste_bank", "school")]
    assert code_of(await place.draft(uuid7(), deductions=rules)) == (422, "price_list_incomplete")


async def test_history_goes_back_page_by_page(place: Place) -> None:
    made = []
    for days in (1, 2, 3):
        price_list_id = uuid7()
        await place.draft(price_list_id)
        await place.publish(
            price_list_id, effective_at=(place.clock.now() + timedelta(days=days)).isoformat()
        )
        made.append(str(price_list_id))
    seen: list[str] = []
    following: str | None = None
    while True:
        query = {"waste_bank_id": BANK, "limit": 2} | ({"cursor": following} if following else {})
        page = await place.get("/v1/price-lists", params=query)
        seen += [each["price_list_id"] for each in page["price_lists"]]
        following = page["next_cursor"]
        if following is None:
            break
    assert seen == [*reversed(made), str(GENERAL)]
    broken = await place.door.get("/v1/price-lists", params={"cursor": "gestern"})
    assert code_of(broken) == (422, "invalid_request")


async def test_a_flag_is_seen_and_passed_by_a_second_person_alone(place: Place) -> None:
    deposit = recorded(line(shown=999))
    await place.hear(deposit)
    (flag,) = (await place.get("/v1/flags", headers=place.operator(BANK)))["flags"]
    assert flag["deposit_id"] == str(deposit.deposit_id)
    assert flag["flag"]["reasons"] == ["shown_price_differs"]
    assert flag["flag"]["lines"][0]["shown_rupiah"] == 999
    assert (await place.get("/v1/flags", headers=place.operator(OWN_LIST_BANK)))["flags"] == []
    asked_for = {"waste_bank_id": BANK}
    assert (await place.get("/v1/flags", params=asked_for, headers=place.operator(OWN_LIST_BANK)))[
        "flags"
    ] == []
    path, body = f"/v1/flags/{deposit.deposit_id}:approve", {"reason": "sudah ditimbang ulang"}
    recorder = await place.door.post(path, json=body, headers=place.operator(BANK, subject=RECORDER))
    assert code_of(recorder) == (403, "flag_own_deposit")
    stranger = await place.door.post(path, json=body, headers=place.operator(OWN_LIST_BANK))
    assert code_of(stranger) == (404, "flag_unknown")
    passed = await place.door.post(path, json=body, headers=place.operator(BANK))
    assert (passed.status_code, passed.json()["state"], passed.json()["gross_rupiah"]) == (
        200,
        "valued",
        3_250,
    )
    late = await place.door.post(path, json=body, headers=place.programme)
    assert code_of(late) == (409, "flag_closed")
    assert (await place.get("/v1/flags", headers=place.programme))["flags"] == []


async def test_a_member_sees_what_is_their_own(place: Place) -> None:
    deposit = recorded()
    await place.hear(deposit)
    path = f"/v1/valuations/{deposit.deposit_id}"
    own = place.mint.header(Role.MEMBER, member_id=deposit.member_id)
    assert (await place.get(path, headers=own))["net_rupiah"] == 3_088
    other = await place.door.get(path, headers=place.mint.header(Role.MEMBER, member_id=uuid7()))
    assert code_of(other) == (404, "valuation_unknown")
    elsewhere = await place.door.get(path, headers=place.operator(OWN_LIST_BANK))
    assert code_of(elsewhere) == (404, "valuation_unknown")


async def test_price_differences_are_listed(place: Place, rollout: Rollout) -> None:
    ear = Ear(place.database, rollout, place.clock)
    await ear.publish(timedelta(0), P05=2_000)
    weighed_at = place.clock.now() + timedelta(minutes=1)
    deposits = [recorded(weighed_at=weighed_at) for _ in range(3)]
    await ear.hear(*deposits)
    await ear.hear(voided(deposits[0]))
    first = await place.get("/v1/price-differences", params={"limit": 1}, headers=place.programme)
    rest = await place.get(
        "/v1/price-differences",
        params={"limit": 5, "cursor": first["next_cursor"]},
        headers=place.mint.header(Role.OFFICE),
    )
    listed = first["deposits"] + rest["deposits"]
    assert [each["price_difference_rupiah"] for each in listed] == [-750, -750]
    assert {each["deposit_id"] for each in listed} == {str(each.deposit_id) for each in deposits[1:]}


async def test_reading_needs_no_sign_in_and_everything_else_does(place: Place) -> None:
    schema = await place.get("/openapi.json")
    operations = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}
    doors = {(method, path) for method, path in operations if path.startswith("/v1/")}
    assert doors >= OPEN_TO_ALL
    for method, path in doors - OPEN_TO_ALL:
        filled = path.replace("{price_list_id}", str(GENERAL)).replace("{deposit_id}", str(GENERAL))
        answer = await place.door.request(method, filled, json={})
        assert code_of(answer) == (401, "sign_in_needed"), (method, path)


async def test_no_door_lets_an_operator_set_a_price(place: Place) -> None:
    before = await place.get("/v1/price-lists/current", params={"waste_bank_id": BANK})
    for role in (Role.OPERATOR, Role.MEMBER, Role.OFFICE, Role.SERVICE):
        header = place.mint.header(role, waste_bank_ids=[BANK], member_id=uuid7())
        path = f"/v1/price-list-drafts/{uuid7()}"
        drafted = await place.door.put(path, json={"name": "x", "based_on": str(GENERAL)}, headers=header)
        assert code_of(drafted) == (403, "not_allowed")
        assert code_of(await place.door.post(f"{path}:publish", json={}, headers=header)) == (
            403,
            "not_allowed",
        )
    assert await place.get("/v1/price-lists/current", params={"waste_bank_id": BANK}) == before
