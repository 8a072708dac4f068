"""What members and staff see of the ledger, and what they may not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.wallet.main import create
from services.wallet.settings import WalletSettings
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from tests.builders import TokenMint
from tests.services.wallet.stage import (
    SUBDISTRICT,
    Tape,
    delivered,
    float_changed,
    requested,
    reversed_,
    taken_back,
    valued,
)

MINT = TokenMint()


@pytest.fixture
async def door(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    service = create(WalletSettings(database_url=database.url))
    service.tokens = MINT.tokens
    application = service.application(frozenset({"door"}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://wallet") as client,
    ):
        yield client


def as_member(member_id: UUID) -> dict[str, str]:
    return MINT.header(Role.MEMBER, member_id=member_id)


async def get(door: httpx.AsyncClient, path: str, who: dict[str, str], **query: Any) -> Any:
    answer = await door.get(path, headers=who, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_member_sees_posted_held_and_available(door: httpx.AsyncClient, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    await hearer.hear(tape.records([valued(member, 10_000, fee=0), requested(member, 4_000)]))
    found = await get(door, f"/v1/members/{member}/balance", as_member(member))
    assert (found["posted_rupiah"], found["held_rupiah"], found["available_rupiah"]) == (10_000, 4_000, 6_000)
    assert found["opened_at"] is not None


async def test_a_member_without_any_credit_has_zeros(door: httpx.AsyncClient) -> None:
    member = uuid7()
    found = await get(door, f"/v1/members/{member}/balance", as_member(member))
    assert (found["posted_rupiah"], found["opened_at"]) == (0, None)
    assert (await get(door, f"/v1/members/{member}/statement", as_member(member)))["lines"] == []


@pytest.mark.parametrize("path", ["balance", "statement"])
async def test_credit_is_shown_to_whom_it_concerns(door: httpx.AsyncClient, path: str) -> None:
    member = uuid7()
    address = f"/v1/members/{member}/{path}"
    for who, status in (
        (as_member(member), 200),
        (as_member(uuid7()), 403),
        (MINT.header(Role.MEMBER), 403),
        (MINT.header(Role.OPERATOR), 200),
        (MINT.header(Role.PROGRAMME), 200),
        (MINT.header(Role.OFFICE), 403),
        ({}, 401),
    ):
        assert (await door.get(address, headers=who)).status_code == status
    refused = await door.get(address, headers=as_member(uuid7()))
    assert refused.json()["code"] == "not_your_credit"


async def test_the_balance_as_of_an_instant(door: httpx.AsyncClient, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 3_000)
    moments = [datetime.now(UTC) - timedelta(seconds=1)]
    for batch in (
        [valued(member, 5_000, fee=0)],
        [request],
        [delivered(request, 2_900)],
        [valued(member, 100, fee=0)],
    ):
        await hearer.hear(tape.records(batch))
        moments.append(datetime.now(UTC))
    seen = []
    for moment in moments:
        found = await get(door, f"/v1/members/{member}/balance", as_member(member), at=moment.isoformat())
        seen.append((found["posted_rupiah"], found["held_rupiah"], found["available_rupiah"]))
    assert seen == [(0, 0, 0), (5_000, 0, 5_000), (5_000, 3_000, 2_000), (2_000, 0, 2_000), (2_100, 0, 2_100)]


async def test_the_statement_pages_through_everything_newest_first(
    door: httpx.AsyncClient, hearer: Hearer
) -> None:
    member, tape = uuid7(), Tape()
    await hearer.hear(tape.records([valued(member, 1_000 + number, fee=0) for number in range(23)]))
    lines, cursor = [], None
    while True:
        query = {"limit": 5} | ({"cursor": cursor} if cursor else {})
        page = await get(door, f"/v1/members/{member}/statement", as_member(member), **query)
        lines += page["lines"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        # What is posted meanwhile does not shift the pages.
        await hearer.hear(tape.records([valued(member, 1, fee=0)]))
    assert [line["seq"] for line in lines] == list(range(23, 0, -1))
    assert [line["amount_rupiah"] for line in lines] == [1_022 - number for number in range(23)]
    assert lines[-1]["balance_rupiah"] == 1_000


async def test_a_correction_is_a_pair_that_names_each_other(door: httpx.AsyncClient, hearer: Hearer) -> None:
    credit, tape = valued(uuid7(), 10_000, fee=0), Tape()
    member = credit.member_id
    request = requested(member, 2_000)
    await hearer.hear(tape.records([credit, request]))
    await hearer.hear(
        tape.records([delivered(request, 1_900), taken_back(request, 1_900), reversed_(credit)])
    )
    page = await get(door, f"/v1/members/{member}/statement", as_member(member))
    kinds = {line["kind"]: line for line in page["lines"]}
    assert set(kinds) == {"credit", "credit_reversal", "settlement", "settlement_reversal"}
    for first, second, reason in (
        ("credit", "credit_reversal", "salah timbang"),
        ("settlement", "settlement_reversal", "token ditarik"),
    ):
        assert kinds[first]["reversed_by_id"] == kinds[second]["transfer_id"]
        assert kinds[second]["reverses_id"] == kinds[first]["transfer_id"]
        assert kinds[first]["reason"] == kinds[second]["reason"] == reason
        assert kinds[first]["amount_rupiah"] == -kinds[second]["amount_rupiah"]
    assert kinds["credit"]["deposit_id"] == str(credit.deposit_id)
    assert kinds["settlement"]["redemption_id"] == str(request.redemption_id)
    assert page["lines"][0]["balance_rupiah"] == 0


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/members/nobody/balance", {}),
        (f"/v1/members/{UUID(int=1)}/balance", {"at": "yesterday"}),
        (f"/v1/members/{UUID(int=1)}/balance", {"at": "2026-01-01T00:00:00"}),
        (f"/v1/members/{UUID(int=1)}/balance", {"at": "9999-12-31T23:59:59Z"}),
        (f"/v1/members/{UUID(int=1)}/statement", {"cursor": "0"}),
        (f"/v1/members/{UUID(int=1)}/statement", {"cursor": "99999999999"}),
        (f"/v1/members/{UUID(int=1)}/statement", {"cursor": "\x00"}),
        (f"/v1/members/{UUID(int=1)}/statement", {"limit": 201}),
    ],
)
async def test_wrong_questions_get_words(door: httpx.AsyncClient, path: str, query: dict[str, Any]) -> None:
    answer = await door.get(path, params=query, headers=MINT.header(Role.PROGRAMME))
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


async def test_the_ledger_check_finds_nothing_and_then_what_was_planted(
    door: httpx.AsyncClient, hearer: Hearer, database: Database
) -> None:
    member, tape = uuid7(), Tape()
    request = requested(member, 20_000)
    await hearer.hear(tape.records([float_changed(60_000), valued(member, 40_000, fee=0), request]))
    programme = MINT.header(Role.PROGRAMME)
    found = await get(door, "/v1/ledger/check", programme)
    assert found["ok"] is True
    assert set(found["differences"].values()) == {0}
    assert (found["transfers"], found["entries"]) == (2, 4)
    assert found["totals"]["cover_ratio"] == 1.5
    async with database.transaction() as tx:
        await tx.execute(
            "update account set posted_rupiah = posted_rupiah + 7, held_rupiah = 1 where id = $1", member
        )
    found = await get(door, "/v1/ledger/check", programme)
    assert found["ok"] is False
    assert found["differences"]["imbalance_rupiah"] == 7
    assert found["differences"]["balance_difference_rupiah"] == 7
    assert found["differences"]["hold_difference_rupiah"] == 19_999


async def test_totals_by_kind_are_for_programme_and_office(door: httpx.AsyncClient, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    await hearer.hear(tape.records([valued(member, 10_000), float_changed(100)]))
    found = await get(door, "/v1/ledger/totals", MINT.header(Role.OFFICE))
    assert {kind["kind"]: kind["posted_rupiah"] for kind in found["kinds"]} == {
        "member_credit": 9_500,
        "fee": 500,
        "purchase_cost": -10_000,
        "provider_float": -100,
        "adjustments": 100,
    }
    assert found["owed_by_subdistrict"] == {SUBDISTRICT: 9_500}
    assert (found["owed_rupiah"], found["float_rupiah"]) == (9_500, 100)
    for path, role, status in (
        ("totals", Role.MEMBER, 403),
        ("totals", Role.OPERATOR, 403),
        ("check", Role.OFFICE, 403),
        ("check", Role.MEMBER, 403),
    ):
        assert (await door.get(f"/v1/ledger/{path}", headers=MINT.header(role))).status_code == status
