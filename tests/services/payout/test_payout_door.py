"""Payout's door: what it sells, what it refuses and in which words, and what it never shows."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from services.payout.providers.digiflazz import webhook_signature
from shared.contracts import FloatChanged, RedemptionRequested
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.payout.stage import Stage, until, working

Fresh = Callable[[str], str]
METER, PHONE = "14000000001", "087812345678"


@pytest.fixture
async def stage(fresh_database: Fresh, tmp_path: Path) -> AsyncIterator[Stage]:
    async with working(fresh_database("payout"), tmp_path, wallet=False) as working_stage:
        yield working_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing_stage(
    lasting_database: Fresh, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One for all that is refused and leaves nothing behind."""
    folder = tmp_path_factory.mktemp("refusing")
    async with working(lasting_database("payout"), folder, wallet=False) as working_stage:
        yield working_stage


async def test_the_catalogue_needs_no_sign_in_and_speaks_two_languages(stage: Stage) -> None:
    products = (await stage.client.get(f"{stage.door}/v1/products")).json()
    kinds = [product["kind"] for product in products]
    assert (kinds.count("pln_token"), kinds.count("data") >= 10) == (6, True)
    assert {p["brand"] for p in products if p["kind"] == "pulsa"} == {
        "TELKOMSEL", "by.U", "INDOSAT", "TRI", "XL", "AXIS", "SMARTFREN",
    }  # fmt: skip
    assert all(product["available"] for product in products)
    token = products[0]
    assert token["amount_rupiah"] == token["biller_price_rupiah"] + token["fee_rupiah"]
    assert (await stage.client.get(f"{stage.door}/v1/products?brand=a%00b")).status_code == 422
    english = await stage.client.get(
        f"{stage.door}/v1/products?kind=pln_token", headers={"Accept-Language": "en"}
    )
    assert english.json()[0]["name"].startswith("Electricity token")


@pytest.mark.parametrize(
    ("product", "target", "status", "code"),
    [
        ("nothing", PHONE, 404, "unknown_product"),
        ("pulsa-xl-10k", "12345", 422, "wrong_phone_number"),
        ("pln-20k", "123", 422, "wrong_meter_number"),
        ("pln-20k", "14000000002", 422, "meter_not_found"),
        ("pln-200k", "14000000024", 422, "kwh_over_limit"),
        ("pln-500k", "14000000035", 422, "kwh_over_limit"),
        ("pln-1000k", METER, 409, "over_daily_cap"),
        ("pln-20k", "\x00" * 5, 422, "invalid_request"),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_cannot_be_quoted(
    refusing_stage: Stage, product: str, target: str, status: int, code: str
) -> None:
    stage = refusing_stage
    answer = await stage.ask_price(product, target)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "aman" in answer.json()["detail"]
    english = await stage.ask_price(product, target, **{"Accept-Language": "en"})
    assert english.json()["code"] == code
    assert english.headers["content-language"] == "en"
    assert not await stage.rows("select 1 from quote")


async def test_another_operators_prefix_is_a_warning(stage: Stage) -> None:
    assert (await stage.quote("pulsa-xl-10k", PHONE))["warning"] is None
    assert (await stage.quote("pulsa-telkomsel-10k", PHONE))["warning"] == "operator_differs"


async def test_a_meters_owner_is_asked_once_a_day_and_not_by_everybody(stage: Stage) -> None:
    first = await stage.quote("pln-20k", METER)
    assert (await stage.quote("pln-50k", METER))["owner"] == first["owner"]
    assert len(await stage.rows("select 1 from inquiry")) == 1
    for number in range(60, 79):
        await stage.quote("pln-20k", f"140000000{number}")
    refused = await stage.ask_price("pln-20k", "14000000099")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_inquiries")
    assert (await stage.ask_price("pln-20k", METER)).status_code == 201
    assert (await stage.ask_price("pln-20k", "14000000099", member_id=uuid7())).status_code == 201


async def test_the_same_key_is_the_same_redemption(stage: Stage) -> None:
    quote = await stage.quote("pulsa-xl-10k", PHONE)
    answers = await asyncio.gather(*(stage.redeem(quote["quote_id"], "double-tap") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["redemption_id"] for answer in answers}) == 1
    assert [type(event) for event in await stage.said()] == [RedemptionRequested]
    dearer = await stage.quote("pulsa-xl-20k", PHONE)
    conflict = await stage.redeem(dearer["quote_id"], "double-tap")
    assert (conflict.status_code, conflict.json()["code"]) == (409, "idempotency_key_conflict")
    used = await stage.redeem(quote["quote_id"], "another-key")
    assert used.json()["code"] in {"quote_used", "same_purchase_just_made"}
    used = await stage.redeem(quote["quote_id"], "another-key", repeat_confirmed=True)
    assert (used.status_code, used.json()["code"]) == (409, "quote_used")
    assert len(await stage.said()) == 1


async def test_the_same_purchase_again_so_soon_must_be_meant(stage: Stage) -> None:
    first, second = await stage.quote("pulsa-xl-10k", PHONE), await stage.quote("pulsa-xl-10k", PHONE)
    assert (await stage.redeem(first["quote_id"])).status_code == 202
    refused = await stage.redeem(second["quote_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "same_purchase_just_made")
    assert (await stage.redeem(second["quote_id"], repeat_confirmed=True)).status_code == 202


async def test_two_at_once_do_not_pass_the_daily_cap(stage: Stage) -> None:
    quotes = [await stage.quote("pln-500k", f"5600000000{n}") for n in range(3)]
    answers = await asyncio.gather(*(stage.redeem(quote["quote_id"]) for quote in quotes))
    codes = sorted(answer.json().get("code", "accepted") for answer in answers)
    assert codes == ["accepted", "over_daily_cap", "over_daily_cap"]


async def test_a_quote_expires_and_belongs_to_its_member(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path, wallet=False, quote_seconds=0) as stage:
        quote = await stage.quote("pulsa-xl-10k", PHONE)
        assert (await stage.redeem(quote["quote_id"])).json()["code"] == "quote_expired"
        stage.member_id = uuid7()
        assert (await stage.redeem(quote["quote_id"])).json()["code"] == "unknown_quote"


async def test_a_token_is_shown_to_its_owner_only_and_sealed_at_rest(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        redemption_id = await stage.buy("pln-20k", METER)
        mine = await stage.until_state(redemption_id, "settled")
        digits = mine["token"]["digits"].replace(" ", "")
        address = f"{stage.door}/v1/redemptions/{redemption_id}"
        staff = (await stage.client.get(address, headers=stage.staff())).json()
        assert (staff["token"], staff["target"], staff["owner"]) == (None, None, None)
        assert staff["state"] == "settled"
        elsewhere = stage.staff(claims={"regency_codes": (), "subdistrict_codes": ["12.07.27"]})
        hidden = await stage.client.get(address, headers=elsewhere)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown_redemption")
        other = await stage.client.get(address, headers=stage.member(uuid7()))
        assert (other.status_code, other.json()["code"]) == (404, "unknown_redemption")
        operator = stage.mint.header(Role.OPERATOR, waste_bank_ids=["lubuk-pakam-induk"])
        assert (await stage.client.get(address, headers=operator)).status_code == 403
        assert (await stage.client.get(address)).status_code == 401
        stored = await everything_stored(stage)
        for secret in (
            digits,
            f"{digits[:4]}-{digits[4:8]}",
            METER,
            METER.encode().hex(),
            digits.encode().hex(),
        ):
            assert secret not in stored
        listed = (await stage.client.get(f"{stage.door}/v1/redemptions", headers=stage.member())).json()
        assert [item["redemption_id"] for item in listed["redemptions"]] == [redemption_id]
        assert listed["next_cursor"] is None


async def everything_stored(stage: Stage) -> str:
    """Every value of every table, the outbox included, as text."""
    tables = await stage.rows("select tablename from pg_tables where schemaname = 'public'")
    values: list[str] = []
    for table in tables:
        rows = await stage.rows(f'select * from "{table["tablename"]}"')
        for value in (value for row in rows for value in row.values()):
            parts = value if isinstance(value, list) else [value]
            values.extend(
                part.hex() + part.decode("latin-1") if isinstance(part, bytes) else str(part)
                for part in parts
            )
    return "\n".join(values)


async def test_pages_of_redemptions(stage: Stage) -> None:
    for n in range(23):
        quote = await stage.quote("pulsa-xl-5k", f"0878123450{n:02}")
        assert (await stage.redeem(quote["quote_id"])).status_code == 202
    first = (await stage.get("/v1/redemptions?limit=20", stage.member())).json()
    second = (await stage.get(f"/v1/redemptions?cursor={first['next_cursor']}", stage.member())).json()
    ids = [item["redemption_id"] for item in first["redemptions"] + second["redemptions"]]
    assert (len(first["redemptions"]), len(second["redemptions"]), second["next_cursor"]) == (20, 3, None)
    assert ids == sorted(ids, reverse=True)


async def test_reviews_are_walked_page_by_page_to_the_last_one(stage: Stage) -> None:
    ids = sorted(str(uuid7()) for _ in range(105))
    async with stage.database.transaction() as tx:
        # Many stand there since the same instant, as after an outage of the biller.
        await tx.executemany(
            """
            insert into redemption (redemption_id, member_id, quote_id, idempotency_key, product_code, product_kind,
                provider, sku, subdistrict_code, amount_rupiah, quoted_cost_rupiah, price_rupiah_max, state,
                requested_at, changed_at)
            values ($1::uuid, $2, $1::uuid, $1::text, 'pulsa-xl-5k', 'pulsa', 'digiflazz', 'x', '12.07.28', 5500,
                5000, 5500, 'review', now(), now() - make_interval(hours => $3))
            """,
            [(each, stage.member_id, 1 - number // 60) for number, each in enumerate(ids)],
        )
    found: list[str] = []
    address: str | None = "/v1/reviews"
    sizes = []
    while address is not None:
        page = (await stage.get(address, stage.staff())).json()
        found += [each["redemption_id"] for each in page["reviews"]]
        sizes.append(len(page["reviews"]))
        address = page["next_cursor"] and f"/v1/reviews?cursor={page['next_cursor']}"
    assert (found, sizes) == (ids, [50, 50, 5])
    one = (await stage.get(f"/v1/reviews?redemption_id={ids[-1]}", stage.staff())).json()
    assert [each["redemption_id"] for each in one["reviews"]] == [ids[-1]]
    elsewhere = stage.staff(claims={"regency_codes": (), "subdistrict_codes": ["12.07.27"]})
    assert (await stage.get(f"/v1/reviews?redemption_id={ids[0]}", elsewhere)).json()["reviews"] == []
    wrong = await stage.get("/v1/reviews?cursor=gestern", stage.staff())
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")


async def test_float_changes_are_staffs_and_said_once(stage: Stage) -> None:
    change = {"provider": "digiflazz", "kind": "top_up", "amount_rupiah": 1_000_000, "reason": "isi deposit"}
    address = f"{stage.door}/v1/float/changes"
    assert (await stage.client.post(address, json=change, headers=stage.member())).status_code == 403
    headers = stage.staff(**{"Idempotency-Key": "float-001"})
    first = await stage.client.post(address, json=change, headers=headers)
    again = await stage.client.post(address, json=change, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    other = await stage.client.post(address, json=change | {"amount_rupiah": 5}, headers=headers)
    assert other.json()["code"] == "idempotency_key_conflict"
    nobody = await stage.client.post(
        address, json=change | {"provider": "nobody"}, headers=stage.staff(**{"Idempotency-Key": "float-002"})
    )
    assert nobody.json()["code"] == "unknown_provider"
    [said] = await stage.said()
    assert isinstance(said, FloatChanged)
    assert (said.amount_rupiah, said.kind, said.decided_by) == (1_000_000, "top_up", UUID(int=7))
    floats = (await stage.client.get(f"{stage.door}/v1/float", headers=stage.staff())).json()
    assert [(f["provider"], f["balance_rupiah"]) for f in floats] == [("digiflazz", 5_000_000)]


async def test_a_webhook_must_be_signed_and_is_never_believed(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path, poll_seconds="60", ask_gap_seconds=0) as stage:
        await stage.control("webhooks", fault="dropped")
        redemption_id = await stage.buy("pln-20k", "14000000009")
        await stage.until_state(redemption_id, "pending")
        [sale] = await stage.sales(redemption_id)

        async def tell(**claim: Any) -> int:
            body = json.dumps({"data": {"ref_id": sale["ref_id"], **claim}}).encode()
            signature = webhook_signature(claim.pop("secret", "s3cret"), body)
            answer = await stage.client.post(
                f"{stage.door}/v1/webhooks/digiflazz", content=body, headers={"X-Hub-Signature": signature}
            )
            return answer.status_code

        assert await tell(status="Gagal", rc="02", secret="wrong") == 401
        unsigned = await stage.client.post(f"{stage.door}/v1/webhooks/digiflazz", json={"data": {}})
        assert (unsigned.status_code, unsigned.json()["code"]) == (401, "webhook_not_signed")
        assert await tell(ref_id="somebody-elses", status="Sukses", rc="00") == 204
        assert [await tell(status="Sukses", rc="00", sn="1" * 20) for _ in range(3)] == [204] * 3

        async def asked() -> bool:
            return bool((await stage.sales(redemption_id))[0]["asked"] >= 2)

        await until(asked)
        # The biller itself still says pending, and that is what counts.
        shown = await stage.read(redemption_id)
        assert (shown["state"], shown["token"]) == ("pending", None)
        assert (await stage.sales(redemption_id))[0]["asked"] == 2


async def test_what_was_asked_about_numbers_is_forgotten(stage: Stage) -> None:
    redeemed = await stage.quote("pln-20k", METER)
    assert (await stage.redeem(redeemed["quote_id"])).status_code == 202
    await stage.quote("pln-20k", "14000000051")
    forgetting = stage.service.background[2].__self__  # type: ignore[attr-defined]
    assert await forgetting.forget() == 0
    async with stage.database.transaction() as tx:
        for table, column in (("inquiry", "asked_at"), ("meter_owner", "read_at"), ("quote", "expires_at")):
            await tx.execute(f"update {table} set {column} = {column} - interval '2 days'")
    assert await forgetting.forget() == 6
    assert len(await stage.rows("select 1 from redemption")) == 1
