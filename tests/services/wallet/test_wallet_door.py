"""What members and staff see of the ledger, and what they may not."""

import csv
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
    BANK,
    SUBDISTRICT,
    WEIGHED_AT,
    Tape,
    delivered,
    delivered_late,
    erased,
    failed,
    float_changed,
    merged,
    moved,
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
        (MINT.header(Role.OPERATOR, subdistrict_codes=[SUBDISTRICT]), 200),
        (MINT.header(Role.PROGRAMME), 200),
        (MINT.header(Role.OFFICE), 403),
        (MINT.header(Role.SERVICE), 200 if path == "balance" else 403),
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


@pytest.mark.parametrize("path", ["balance", "statement", "own-data"])
async def test_staff_see_credit_of_their_area_only(
    door: httpx.AsyncClient, hearer: Hearer, path: str
) -> None:
    member = uuid7()
    await hearer.hear(Tape().records([valued(member, 10_000)]))
    for who, status in (
        (MINT.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=[SUBDISTRICT]), 200),
        (MINT.header(Role.PROGRAMME, regency_codes=("12.08",)), 404),
        (MINT.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=["12.07.01"]), 404),
        (MINT.header(Role.OPERATOR, subdistrict_codes=[SUBDISTRICT]), 403 if path == "own-data" else 200),
        (MINT.header(Role.OPERATOR, subdistrict_codes=["12.07.01"]), 403 if path == "own-data" else 404),
        (MINT.header(Role.OPERATOR, waste_bank_ids=["x"]), 403 if path == "own-data" else 404),
        (MINT.header(Role.OFFICE), 403),
    ):
        answer = await door.get(f"/v1/members/{member}/{path}", headers=who)
        assert answer.status_code == status, answer.text
        if status == 404:
            assert answer.json()["code"] == "unknown_credit"


async def test_ids_that_were_merged_open_the_same_credit(door: httpx.AsyncClient, hearer: Hearer) -> None:
    a, b, tape = uuid7(), uuid7(), Tape()
    await hearer.hear(tape.records([valued(a, 1_000, fee=0), valued(b, 10, fee=0)]))
    await hearer.hear(tape.records([merged(a, b)]))
    for asked in (a, b):
        for who in (as_member(a), as_member(b), MINT.header(Role.PROGRAMME), MINT.header(Role.SERVICE)):
            found = await get(door, f"/v1/members/{asked}/balance", who)
            assert (found["member_id"], found["posted_rupiah"]) == (str(b), 1_010)
    page = await get(door, f"/v1/members/{a}/statement", as_member(b), limit=1)
    rest = await get(door, f"/v1/members/{a}/statement", as_member(b), cursor=page["next_cursor"])
    assert [line["balance_rupiah"] for line in page["lines"] + rest["lines"]] == [1_010, 1_000]
    assert rest["next_cursor"] is None
    assert (await door.get(f"/v1/members/{b}/balance", headers=as_member(uuid7()))).status_code == 403


async def test_a_member_takes_their_own_records_along(
    door: httpx.AsyncClient, hearer: Hearer, database: Database
) -> None:
    a, b, tape = uuid7(), uuid7(), Tape()
    credit = valued(a, 1_000, fee=0)
    await hearer.hear(tape.records([credit, valued(b, 10, fee=0), requested(b, 5), requested(b, 500)]))
    await hearer.hear(tape.records([merged(a, b), reversed_(credit, reason="=salah")]))
    path = f"/v1/members/{b}/own-data"
    found = await get(door, path, as_member(b))
    assert found["merged_member_ids"] == [str(a)]
    assert [line["amount_rupiah"] for line in found["lines"]] == [-1_000, 10, 1_000]
    assert {hold["state"] for hold in found["holds"]} == {"held", "refused"}
    assert found["balance"]["available_rupiah"] == 5
    table = await door.get(path, headers=as_member(a), params={"format": "csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(table.text.splitlines()))
    assert [row["balance_rupiah"] for row in rows] == ["10", "1010", "1000"]
    assert rows[0]["reason"] == "'=salah"
    async with database.reading() as tx:
        assert await tx.fetchval("select count(*) from audit") == 0
    await get(door, path, MINT.header(Role.PROGRAMME))
    audit = await get(door, "/v1/audit", MINT.header(Role.PROGRAMME), subject_id=str(b))
    assert [line["action"] for line in audit["lines"]] == ["own_data.read"]
    assert (await door.get(path, headers=as_member(a), params={"format": "xml"})).status_code == 422
    assert (await door.get(path, headers=as_member(uuid7()))).status_code == 403


async def test_sums_are_of_the_area(door: httpx.AsyncClient, hearer: Hearer) -> None:
    tape = Tape()
    await hearer.hear(
        tape.records([valued(uuid7(), 10_000), valued(uuid7(), 2_000, subdistrict_code="12.07.01")])
    )
    narrow = MINT.header(Role.OFFICE, regency_codes=(), subdistrict_codes=["12.07.01"])
    found = await get(door, "/v1/ledger/totals", narrow)
    assert found["owed_by_subdistrict"] == {"12.07.01": 1_900}
    assert (found["owed_rupiah"], found["float_rupiah"], found["cover_ratio"]) == (1_900, None, None)
    assert [kind["kind"] for kind in found["kinds"]] == ["member_credit"]
    refused = await door.get(
        "/v1/ledger/check",
        headers=MINT.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=["12.07.01"]),
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_area")


async def test_the_check_lists_credit_of_members_who_left(door: httpx.AsyncClient, hearer: Hearer) -> None:
    member = uuid7()
    await hearer.hear(Tape().records([erased(member), valued(member, 1_000, fee=0)]))
    found = await get(door, "/v1/ledger/check", MINT.header(Role.PROGRAMME))
    assert found["ok"] is True
    (listed,) = found["credit_of_erased_members"]
    assert (listed["member_id"], listed["posted_rupiah"]) == (str(member), 1_000)


async def test_a_counter_pays_out_of_its_cash_box(door: httpx.AsyncClient, hearer: Hearer) -> None:
    member, tape, counter = uuid7(), Tape(), f"counter:{BANK}"
    paid, back, late = (requested(member, amount) for amount in (10_000, 4_000, 3_000))
    await hearer.hear(tape.records([float_changed(50_000, counter), valued(member, 40_000, fee=0)]))
    await hearer.hear(tape.records([paid, back, late]))
    await hearer.hear(
        tape.records([delivered(each, each.amount_rupiah, provider=counter) for each in (paid, back)])
    )
    await hearer.hear(tape.records([taken_back(back, 4_000, provider=counter), failed(late)]))
    await hearer.hear(tape.records([delivered_late(late, 3_000, provider=counter)]))
    found = await get(door, "/v1/ledger/totals", MINT.header(Role.PROGRAMME))
    kinds = {kind["kind"]: kind["posted_rupiah"] for kind in found["kinds"]}
    assert (found["cash_rupiah"], found["float_rupiah"], found["owed_rupiah"]) == (37_000, 0, 30_000)
    assert found["cover_ratio"] == 37_000 / 30_000
    assert kinds["loss"] == -3_000
    assert "provider_float" not in kinds


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_credit_is_seen_where_the_member_belongs_now(
    door: httpx.AsyncClient, hearer: Hearer, order: tuple[int, ...]
) -> None:
    member, tape = uuid7(), Tape()
    facts = [
        valued(member, 10_000, fee=0),
        moved(member, "12.07.01"),
        moved(member, "12.07.02", moved_at=WEIGHED_AT + timedelta(days=1)),
    ]
    for number in (*order, *order):
        await hearer.hear(tape.records([facts[number]]))
    for code, status in ((SUBDISTRICT, 404), ("12.07.01", 404), ("12.07.02", 200)):
        operator = MINT.header(Role.OPERATOR, subdistrict_codes=[code])
        answer = await door.get(f"/v1/members/{member}/balance", headers=operator)
        assert answer.status_code == status
    assert answer.json()["posted_rupiah"] == 10_000
