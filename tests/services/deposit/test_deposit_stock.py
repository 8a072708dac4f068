"""What lies in the store, what is sold of it, and what was lost: always equal to a recount of everything."""

import asyncio
import json
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.deposit.api.callers import actor_of
from services.deposit.domain.stock import Kinds
from services.deposit.workflows.recording import record_deposits
from services.deposit.workflows.stock import bring_sums_up_to_date, current_stock
from services.deposit.workflows.weighings import Handed, Sender, Weighing
from shared.contracts import WasteSaleVoided, WasteSold
from shared.kernel.catalogue import Catalogue
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.written import load_written
from tests.services.deposit.field_stage import FieldStage
from tests.services.deposit.stage import BANK, CLOSED_BANK, OTHER_BANK, registration, weighing

KINDS = Kinds(load_written(Path("deploy/catalogue/items.yaml"), Catalogue))
SOLD_AT = "2026-11-22T09:00:00+07:00"


def line(code: str = "P05", grams: int = 1_000, price: int = 3_100) -> dict[str, Any]:
    return {"item_code": code, "weight_grams": grams, "price_rupiah": price}


def lot(buyer_id: str, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "lot_id": str(uuid7()),
        "waste_bank_id": BANK,
        "buyer_id": buyer_id,
        "sold_at": SOLD_AT,
        "lines": list(lines) or [line()],
    } | changes


def kilos(member: UUID, grams: int, **changes: Any) -> dict[str, Any]:
    """A deposit of clean P05, in grams."""
    lines = [{"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": grams, "shown_rupiah": 1}]
    return weighing(member, lines=lines, **changes)


async def buyer(field: FieldStage, bank: str = BANK, who: dict[str, str] | None = None) -> str:
    body = {
        "buyer_id": str(uuid7()),
        "waste_bank_id": bank,
        "name": "Pengepul Ungu",
        "contact": "0812-7777-1234",
    }
    answer = await field.post("/v1/buyers", body, who)
    assert answer.status_code == 201, answer.text
    return str(body["buyer_id"])


async def stock(field: FieldStage, bank: str = BANK) -> dict[str, int]:
    answer = await field.get("/v1/stock", field.as_programme, waste_bank_id=bank)
    assert answer.status_code == 200, answer.text
    return {each["item_code"]: each["book_grams"] for each in answer.json()["items"]}


async def sum_up(field: FieldStage) -> int:
    async with field.service.database.transaction() as tx:
        return await bring_sums_up_to_date(tx, field.clock.now())


async def recount(field: FieldStage, bank: str = BANK) -> dict[str, int]:
    """Every recorded deposit of the bank, counted from the beginning, in grams."""
    async with field.service.database.reading() as tx:
        rows = await tx.fetch(
            "select l.item_code, l.unit, l.quantity from deposit d cross join lateral "
            "json_to_recordset(d.lines) as l (item_code text, unit text, quantity bigint) "
            "where d.state = 'recorded' and d.waste_bank_id = $1",
            bank,
        )
    found: Counter[str] = Counter()
    for code, unit, quantity in rows:
        found[code] += quantity if unit == "kg" else 0
    return {code: grams for code, grams in found.items() if grams}


async def test_pieces_and_litres_weigh_what_the_catalogue_estimates(field: FieldStage) -> None:
    member = await field.known_member()
    lines = [
        {"item_code": "M01", "grade": "-", "unit": "litre", "quantity": 2_000, "shown_rupiah": 9_000},
        {"item_code": "Z99", "grade": "-", "unit": "piece", "quantity": 3, "shown_rupiah": 0},
        {"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 1_500, "shown_rupiah": 4_500},
    ]
    await field.send(weighing(member, lines=lines))
    answer = (await field.get("/v1/stock", waste_bank_id=BANK)).json()
    found = {each["item_code"]: (each["waste_class"], each["book_grams"]) for each in answer["items"]}
    # Two litres of used oil at 910 grams each; an item that is in no catalogue weighs nothing and is `other`.
    assert found["P05"] == ("plastic", 1_500)
    assert found["Z99"] == ("other", 0)
    assert found["M01"] == ("other", 1_820)
    assert {each["waste_class"] for each in answer["classes"]} >= {"plastic", "other"}


async def test_the_stock_equals_a_recount_whatever_happens_in_whatever_order(field: FieldStage) -> None:
    chance = random.Random(20261122)
    member, unknown = await field.known_member(), uuid7()
    sent: list[str] = []
    for _ in range(60):
        what = chance.random()
        if what < 0.45 or not sent:
            day = chance.randint(1, 22)
            deposit = kilos(
                member if chance.random() < 0.8 else unknown,
                chance.randint(1, 9_999),
                waste_bank_id=chance.choice([BANK, BANK, OTHER_BANK, CLOSED_BANK]),
                weighed_at=f"2026-11-{day:02}T{chance.choice(['00:10', '23:50', '09:00'])}:00+07:00",
            )
            sent.append(deposit["deposit_id"])
            await field.send(deposit, who=field.as_programme)
        elif what < 0.65:
            await field.post(
                f"/v1/deposits/{chance.choice(sent)}:void", {"reason": "salah"}, field.as_programme
            )
        elif what < 0.75:
            path = f"/v1/quarantine/{chance.choice(sent)}:accept"
            await field.post(path, {"reason": "boleh"}, field.mint.header(Role.PROGRAMME))
        elif what < 0.9:
            await sum_up(field)
        else:
            field.clock.move(minutes=chance.randint(1, 90))
        for bank in (BANK, OTHER_BANK, CLOSED_BANK):
            assert await stock(field, bank) == await recount(field, bank)
    await field.hear(registration(unknown))
    await sum_up(field)
    assert await stock(field) == await recount(field)


async def test_the_stock_equals_a_recount_while_many_record_at_once(field: FieldStage) -> None:
    member = await field.known_member()
    going = True

    async def keep_summing() -> None:
        while going:
            await sum_up(field)
            await asyncio.sleep(0)

    async def record(number: int) -> None:
        deposit = kilos(member, number + 1, weighed_at=f"2026-11-{1 + number % 5:02}T09:00:00+07:00")
        await field.send(deposit)
        if number % 4 == 0:
            await field.post(f"/v1/deposits/{deposit['deposit_id']}:void", {"reason": "salah"})

    summing = asyncio.create_task(keep_summing())
    await asyncio.gather(*[record(number) for number in range(60)])
    going = False
    await summing
    assert await stock(field) == await recount(field)
    field.clock.move(hours=1)
    assert await sum_up(field) > 0
    assert await stock(field) == await recount(field)


async def test_a_transaction_that_commits_late_is_not_missed(field: FieldStage) -> None:
    """A deposit is written, others are written and summed, and only then the first one commits."""
    field.clock.at = datetime.now(UTC)
    member = await field.known_member()
    who = await field.mint.tokens.caller(field.as_operator["Authorization"].removeprefix("Bearer "))
    given = Weighing.model_validate_json(json.dumps(kilos(member, 700)))
    async with field.service.database.transaction() as late:
        handed = Handed(given, Sender(actor_of(who), field.tablet, 0))
        await record_deposits(late, [handed], field.rollout.current, field.clock.now())
        await field.send(kilos(member, 50))
        field.clock.move(hours=2)
        await sum_up(field)
        await sum_up(field)
        assert await stock(field) == {"P05": 50}
    field.clock.move(hours=2)
    assert await stock(field) == await recount(field) == {"P05": 750}
    await sum_up(field)
    assert await stock(field) == {"P05": 750}


async def test_a_lot_leaves_the_book_and_is_told(field: FieldStage) -> None:
    await field.send(kilos(await field.known_member(), 5_000))
    buyer_id = await buyer(field)
    body = lot(buyer_id, line(grams=2_001, price=3_333))
    first, again = await field.post("/v1/lots", body), await field.post("/v1/lots", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    # 2.001 kg at Rp3,333 is Rp6,669.333: a part of a rupiah is not paid.
    assert first.json()["amount_rupiah"] == 6_669
    assert await stock(field) == {"P05": 2_999}
    other = await field.post("/v1/lots", body | {"lines": [line(grams=2_002)]})
    assert (other.status_code, other.json()["code"]) == (409, "lot_conflict")
    (event,) = [each for each in await field.said() if isinstance(each, WasteSold)]
    assert (event.amount_rupiah, event.lines[0].weight_grams, event.lines[0].waste_class) == (
        6_669,
        2_001,
        "plastic",
    )
    (entry,) = await field.audited(body["lot_id"])
    assert entry["action"] == "lot_sold"


async def test_more_than_there_is_asks_and_is_allowed_with_a_reason(field: FieldStage) -> None:
    await field.send(kilos(await field.known_member(), 1_000))
    buyer_id = await buyer(field)
    body = lot(buyer_id, line(grams=1_500), line("K01", 200))
    asked = await field.post("/v1/lots", body)
    assert (asked.status_code, asked.json()["code"]) == (409, "lot_exceeds_stock")
    assert asked.json()["parameters"] == {"lacking_grams": {"P05": 500, "K01": 200}}
    assert await stock(field) == {"P05": 1_000}
    sold = await field.post("/v1/lots", body | {"beyond_stock_reason": "Timbangan pembeli"})
    assert (sold.status_code, sold.json()["beyond_stock_reason"]) == (201, "Timbangan pembeli")
    assert await stock(field) == {"P05": -500, "K01": -200}
    assert (await field.audited(body["lot_id"]))[0]["reason"] == "Timbangan pembeli"


async def test_two_lots_at_once_do_not_sell_the_same_kilo(field: FieldStage) -> None:
    await field.send(kilos(await field.known_member(), 1_000))
    buyer_id = await buyer(field)
    answers = await asyncio.gather(
        *[field.post("/v1/lots", lot(buyer_id, line(grams=600))) for _ in range(5)]
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]


async def test_a_lot_is_voided_by_an_opposite_row(field: FieldStage) -> None:
    await field.send(kilos(await field.known_member(), 1_000))
    body = lot(await buyer(field), line(grams=400))
    sold = (await field.post("/v1/lots", body)).json()
    path = f"/v1/lots/{body['lot_id']}:void"
    assert (await field.post(path, {"reason": "x"}, field.as_stranger)).status_code == 404
    assert (await field.post(path, {})).status_code == 422
    voids = [await field.post(path, {"reason": "Salah tulis"}) for _ in range(2)]
    assert [each.status_code for each in voids] == [200, 200]
    void = voids[0].json()
    assert (void["amount_rupiah"], void["lines"][0]["weight_grams"]) == (-sold["amount_rupiah"], -400)
    assert (void["voids_lot_id"], void["void_reason"]) == (body["lot_id"], "Salah tulis")
    assert await stock(field) == {"P05": 1_000}
    assert (await field.post(f"/v1/lots/{void['lot_id']}:void", {"reason": "x"})).status_code == 404
    lots = (await field.get("/v1/lots", waste_bank_id=BANK)).json()["lots"]
    assert [each["voids_lot_id"] for each in lots] == [body["lot_id"], None] or len(lots) == 2
    assert [type(each) for each in await field.said()].count(WasteSaleVoided) == 1
    assert [each["action"] for each in await field.audited(body["lot_id"])] == ["lot_voided", "lot_sold"]


async def test_lots_are_read_page_by_page(field: FieldStage) -> None:
    await field.send(kilos(await field.known_member(), 9_000))
    buyer_id = await buyer(field)
    made = []
    for _ in range(3):
        made.append(lot(buyer_id, line(grams=100)))
        await field.post("/v1/lots", made[-1])
        field.clock.move(minutes=1)
    one = (await field.get("/v1/lots", waste_bank_id=BANK, limit=2)).json()
    two = (await field.get("/v1/lots", waste_bank_id=BANK, limit=2, cursor=one["next_cursor"])).json()
    assert [each["lot_id"] for each in one["lots"] + two["lots"]] == [
        each["lot_id"] for each in reversed(made)
    ]
    assert two["next_cursor"] is None
    assert (await field.get("/v1/lots", waste_bank_id=BANK, cursor="abc")).status_code == 422


async def test_a_count_sets_the_book_and_signs_the_shrinkage(field: FieldStage) -> None:
    await field.send(kilos(await field.known_member(), 5_000))
    await field.post("/v1/lots", lot(await buyer(field), line(grams=4_600)))
    body = {
        "count_id": str(uuid7()),
        "waste_bank_id": BANK,
        "counted_at": SOLD_AT,
        "lines": [{"item_code": "P05", "counted_grams": 150}, {"item_code": "K01", "counted_grams": 30}],
    }
    first, again = await field.post("/v1/stock-counts", body), await field.post("/v1/stock-counts", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert {each["item_code"]: each["difference_grams"] for each in first.json()["lines"]} == {
        "P05": -250,
        "K01": 30,
    }
    items = {
        each["item_code"]: each for each in (await field.get("/v1/stock", waste_bank_id=BANK)).json()["items"]
    }
    assert (items["P05"]["book_grams"], items["P05"]["shrinkage_grams"]) == (150, 250)
    assert (items["K01"]["book_grams"], items["K01"]["shrinkage_grams"]) == (30, -30)
    other = await field.post("/v1/stock-counts", body | {"lines": body["lines"][:1]})
    assert (other.status_code, other.json()["code"]) == (409, "stock_count_conflict")
    assert (await field.audited(BANK))[0]["action"] == "stock_counted"


@pytest.mark.parametrize(
    ("path", "change", "status", "code"),
    [
        ("/v1/lots", {"lines": [line("Q99")]}, 422, "stock_item_unknown"),
        ("/v1/lots", {"lines": [line(), line()]}, 422, "stock_item_twice"),
        ("/v1/lots", {"lines": []}, 422, "invalid_request"),
        ("/v1/lots", {"lines": [line(grams=0)]}, 422, "invalid_request"),
        ("/v1/lots", {"lines": [line(price=-1)]}, 422, "invalid_request"),
        ("/v1/lots", {"buyer_id": str(UUID(int=9))}, 422, "buyer_not_found"),
        ("/v1/lots", {"sold_at": "2026-11-22T09:00:00"}, 422, "invalid_request"),
        ("/v1/lots", {"beyond_stock_reason": "\x00"}, 422, "invalid_request"),
        ("/v1/lots", {"waste_bank_id": OTHER_BANK}, 403, "not_your_area"),
        ("/v1/lots", {"waste_bank_id": "bulan"}, 403, "not_your_area"),
    ],
)
async def test_wrong_lots_are_refused(
    field: FieldStage, path: str, change: dict[str, Any], status: int, code: str
) -> None:
    answer = await field.post(path, lot(await buyer(field)) | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await field.said() == []


async def test_every_door_of_the_store_keeps_to_its_area_and_roles(field: FieldStage) -> None:
    elsewhere = field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])
    member, office = field.as_member(uuid7()), field.mint.header(Role.OFFICE)
    posts: list[tuple[str, dict[str, Any]]] = [
        ("/v1/buyers", {"buyer_id": str(uuid7()), "waste_bank_id": BANK, "name": "a", "contact": "b"}),
        ("/v1/lots", lot(str(uuid7()))),
        (
            "/v1/stock-counts",
            {
                "count_id": str(uuid7()),
                "waste_bank_id": BANK,
                "counted_at": SOLD_AT,
                "lines": [{"item_code": "P05", "counted_grams": 1}],
            },
        ),
    ]
    for path, body in posts:
        for who in (field.as_stranger, elsewhere):
            answer = await field.post(path, body, who)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_your_area"), path
        for who in (member, office):
            assert (await field.post(path, body, who)).json()["code"] == "not_allowed"
        assert (await field.door.post(path, json=body)).status_code == 401
    for path in ("/v1/buyers", "/v1/lots", "/v1/stock"):
        for who in (field.as_stranger, elsewhere):
            assert (await field.get(path, who, waste_bank_id=BANK)).json()["code"] == "not_your_area"
        assert (await field.get(path, member, waste_bank_id=BANK)).status_code == 403
        assert (await field.get(path)).status_code == 422


async def test_buyers_are_only_kept_sealed(field: FieldStage) -> None:
    buyer_id = await buyer(field)
    stored = await field.everything_stored()
    for word in ("Pengepul Ungu", "7777-1234"):
        assert word not in stored
        assert word.encode().hex() not in stored
    (seen,) = (await field.get("/v1/buyers", waste_bank_id=BANK)).json()["buyers"]
    assert (seen["buyer_id"], seen["name"], seen["contact"]) == (buyer_id, "Pengepul Ungu", "0812-7777-1234")
    body = {"buyer_id": buyer_id, "waste_bank_id": BANK, "name": "Pengepul Ungu", "contact": "0812-7777-1234"}
    assert (await field.post("/v1/buyers", body)).status_code == 201
    other = await field.post("/v1/buyers", body | {"name": "Lain"})
    assert (other.status_code, other.json()["code"]) == (409, "buyer_conflict")


async def test_nobody_scans_all_deposits_for_a_stock(field: FieldStage) -> None:
    """Days that did not change come from their sums: a deposit that is altered behind our back is not seen."""
    member = await field.known_member()
    old = kilos(member, 800, weighed_at="2026-11-01T09:00:00+07:00")
    await field.send(old)
    field.clock.move(days=2)
    await sum_up(field)
    await sum_up(field)
    async with field.service.database.transaction() as tx:
        await tx.execute("update deposit set lines = '[]' where deposit_id = $1", UUID(old["deposit_id"]))
        assert (await current_stock(tx, BANK, KINDS))["P05"].book_grams == 800
