"""A quote can be read again by its member, and operators are known by how numbers begin."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.payout.stage import Stage, working

Fresh = Callable[[str], str]
METER, PHONE = "14000000001", "087812345678"


@pytest.fixture
async def stage(fresh_database: Fresh, tmp_path: Path) -> AsyncIterator[Stage]:
    async with working(fresh_database("payout"), tmp_path, wallet=False) as made:
        yield made


async def test_a_quote_is_read_again_as_it_was_promised(stage: Stage) -> None:
    for product, target in (("pln-20k", METER), ("pulsa-xl-10k", PHONE), ("pulsa-telkomsel-10k", PHONE)):
        quote = await stage.quote(product, target)
        assert quote["target"] == target  # whole: a mistyped digit is seen before it is bought for
        again = (await stage.get(f"/v1/quotes/{quote['quote_id']}", stage.member())).json()
        kind = "pln_token" if product == "pln-20k" else "pulsa"
        assert again == quote | {"product_kind": kind, "redemption_id": None}
    path = f"/v1/quotes/{quote['quote_id']}"
    english = await stage.get(path, {**stage.member(), "Accept-Language": "en"})
    assert english.json()["product_name"] == "Telkomsel credit 10.000"


async def test_cash_is_promised_the_same_way(stage: Stage) -> None:
    body = {"product": "tunai", "amount_rupiah": 20_000, "waste_bank_id": "lubuk-pakam-induk"}
    quote = (await stage.post("/v1/quotes", stage.member(), body)).json()
    again = (await stage.get(f"/v1/quotes/{quote['quote_id']}", stage.member())).json()
    assert again == quote | {"product_kind": "cash", "redemption_id": None}
    assert again["warning"] == "cash_box_short"


async def test_a_used_quote_names_its_redemption(stage: Stage) -> None:
    quote = await stage.quote("pulsa-xl-10k", PHONE)
    made = (await stage.redeem(quote["quote_id"])).json()
    again = (await stage.get(f"/v1/quotes/{quote['quote_id']}", stage.member())).json()
    assert again["redemption_id"] == made["redemption_id"]
    assert (quote["target"], again["target"]) == (PHONE, "0878*****678")


async def test_a_quote_that_is_over_masks_its_number(stage: Stage) -> None:
    quote = await stage.quote("pulsa-xl-10k", PHONE)
    async with stage.database.transaction() as tx:
        await tx.execute("update quote set expires_at = now() - interval '1 second'")
    again = (await stage.get(f"/v1/quotes/{quote['quote_id']}", stage.member())).json()
    assert again["target"] == "0878*****678"


async def test_nobody_else_reads_it(stage: Stage) -> None:
    path = f"/v1/quotes/{(await stage.quote('pulsa-xl-10k', PHONE))['quote_id']}"
    other = await stage.get(path, stage.member(uuid7()))
    assert (other.status_code, other.json()["code"]) == (404, "unknown_quote")
    missing = await stage.get(f"/v1/quotes/{uuid7()}", stage.member())
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_quote")
    unknown_browser = await stage.get(path, stage.member(claims={"may_spend": False}))
    assert (unknown_browser.status_code, unknown_browser.json()["code"]) == (403, "card_code_needed")
    for headers in (stage.staff(), stage.operator(), stage.mint.header(Role.OFFICE)):
        assert (await stage.get(path, headers)).status_code == 403
    assert (await stage.get(path, {})).status_code == 401
    assert (await stage.get("/v1/quotes/none", stage.member())).status_code == 422


async def test_operators_are_for_everybody(stage: Stage) -> None:
    told = (await stage.get("/v1/operators", {})).json()["operators"]
    prefixes = {each["brand"]: each["prefixes"] for each in told}
    assert "0812" in prefixes["TELKOMSEL"]
    assert "085154" in prefixes["by.U"]
