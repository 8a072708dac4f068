"""From a quote to the token in the resident's hand, whatever the biller does on the way."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.contracts import (
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionReversed,
)
from shared.kernel.ids import uuid7
from tests.services.payout.stage import FLOAT, Stage, until, working

Fresh = Callable[[str], str]
METER = "140000000{:02d}"
PHONE = "0878000013{:02d}"


async def sold_exactly(stage: Stage, redemption_id: str, times: int) -> None:
    sales = await stage.sales(redemption_id)
    assert sum(sale["status"] != "Gagal" for sale in sales) == times, sales
    balance = (await stage.client.get(f"{stage.sandbox}/_control/float")).json()["balance_rupiah"]
    assert balance == FLOAT - sum(sale["charged_rupiah"] for sale in await stage.sales())


async def test_credit_becomes_a_token_at_once(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        quote = await stage.quote("pln-20k", "1400-0000-001")
        assert (quote["amount_rupiah"], quote["biller_price_rupiah"], quote["fee_rupiah"]) == (
            21590,
            20590,
            1000,
        )
        assert quote["owner"].endswith("***")
        assert quote["volt_ampere"] == 1300
        redemption_id = (await stage.redeem(quote["quote_id"])).json()["redemption_id"]
        done = await stage.until_state(redemption_id, "settled")
        assert len(done["token"]["digits"].replace(" ", "")) == 20
        assert done["token"]["kwh"] == "13.8"
        assert [step["state"] for step in done["timeline"]] == [
            "requested",
            "held",
            "submitting",
            "succeeded",
            "settled",
        ]
        [delivered] = [event for event in await stage.said() if isinstance(event, RedemptionDelivered)]
        assert (delivered.cost_rupiah, delivered.fee_rupiah, delivered.provider) == (20590, 1000, "digiflazz")
        assert (delivered.delivered_at - delivered.requested_at).total_seconds() < 5
        await sold_exactly(stage, redemption_id, 1)


# Meters of the sandbox by how often they end up sold; its README says what each of them does.
SOLD = (1, 3, 5, 8, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 23, 30, 31, 32, 33, 34, 35)
NOT_SOLD = (4, 7, 22, 25, 28, 29)


async def test_every_way_of_a_biller_ends_right(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path, inquiries_an_hour=100) as stage:
        numbers = (*SOLD, *NOT_SOLD)
        bought = await asyncio.gather(*(stage.buy("pln-20k", METER.format(n)) for n in numbers))

        async def all_ended() -> bool:
            left = await stage.rows(
                "select 1 from redemption where state not in ('settled', 'released', 'review')"
            )
            return not left

        await until(all_ended)
        for number, redemption_id in zip(numbers, bought, strict=True):
            done = await stage.read(redemption_id)
            assert (number, done["state"]) == (number, "settled" if number in SOLD else "released"), done
            assert (number, done["token"] is not None) == (number, number in SOLD)
            assert done["sentence"] is None or number in NOT_SOLD
            await sold_exactly(stage, redemption_id, int(number in SOLD))
        told = Counter(type(event) for event in await stage.said())
        assert (told[RedemptionDelivered], told[RedemptionFailed]) == (len(SOLD), len(NOT_SOLD))
        [cost] = await stage.rows("select sum(cost_rupiah) as rupiah from redemption where state = 'settled'")
        assert FLOAT - cost["rupiah"] == (await stage.control("float", amount_rupiah=0))["balance_rupiah"]


async def test_a_lost_request_is_bought_when_it_is_asked_again(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        redemption_id = await stage.buy("pulsa-xl-10k", PHONE.format(21))
        done = await stage.until_state(redemption_id, "settled")
        assert "unknown" in [step["state"] for step in done["timeline"]]
        await sold_exactly(stage, redemption_id, 1)


@pytest.mark.parametrize("number", [11, 27])
async def test_delivery_after_the_credit_went_back_is_the_programmes_loss(
    fresh_database: Fresh, tmp_path: Path, number: int
) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        redemption_id = await stage.buy("pln-20k", METER.format(number))
        await stage.until_state(redemption_id, "released")
        await stage.control("clock", forward_seconds=3700)
        done = await stage.until_state(redemption_id, "late_success")
        assert done["token"]["digits"]
        told = [type(event) for event in await stage.said()][1:]
        assert told == [RedemptionFailed, RedemptionDeliveredLate]
        await sold_exactly(stage, redemption_id, 1)


async def test_late_delivery_is_found_without_a_webhook(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path, watch_failed_seconds="1,1,1,1") as stage:
        await stage.control("webhooks", fault="dropped")
        redemption_id = await stage.buy("pulsa-xl-10k", PHONE.format(11))
        await stage.until_state(redemption_id, "released")
        await stage.control("clock", forward_seconds=3700)
        await stage.until_state(redemption_id, "late_success")


@pytest.mark.parametrize("webhook", [True, False])
async def test_a_token_that_was_taken_back_gives_the_credit_back(
    fresh_database: Fresh, tmp_path: Path, webhook: bool
) -> None:
    watch = "" if webhook else "1"
    async with working(fresh_database("payout"), tmp_path, watch_delivered_seconds=watch) as stage:
        if not webhook:
            await stage.control("webhooks", fault="dropped")
        redemption_id = await stage.buy("pln-20k", METER.format(6))
        done = await stage.until_state(redemption_id, "reversed")
        assert done["token"] is None
        told = [type(event) for event in await stage.said()][1:]
        assert told == [RedemptionDelivered, RedemptionReversed]
        await sold_exactly(stage, redemption_id, 0)


async def test_a_throttled_reference_is_replaced_only_when_it_is_dead(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    # A question that is given up would count as lost, and its reference is not replaced then.
    async with working(fresh_database("payout"), tmp_path, biller_read_seconds=20) as stage:
        redemption_id = await stage.buy("pln-20k", METER.format(26))
        done = await stage.until_state(redemption_id, "released")
        assert done["reason"] == "biller_busy"
        sales = await stage.sales(redemption_id)
        assert [sale["rc"] for sale in sales] == ["85"] * 5
        assert all(sale["asked"] == 2 for sale in sales)


async def test_pending_for_ever_goes_to_a_person_and_is_never_released_by_itself(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path, review_after_seconds=0.7) as stage:
        redemption_id = await stage.buy("pln-20k", METER.format(9))
        await stage.until_state(redemption_id, "review")
        reviews = (await stage.client.get(f"{stage.door}/v1/reviews", headers=stage.staff())).json()
        [item] = reviews["reviews"]
        assert (item["redemption_id"], item["last_code"], item["created"]) == (redemption_id, "03", True)
        assert item["redemption"]["target"] is None
        assert item["redemption"]["token"] is None
        decided = await stage.client.post(
            f"{stage.door}/v1/redemptions/{redemption_id}:review",
            json={"decision": "failed", "reason": "penjual menyatakan batal"},
            headers=stage.staff(),
        )
        assert decided.status_code == 200, decided.text
        await stage.until_state(redemption_id, "released")


async def test_an_empty_float_waits_and_goes_on_after_the_top_up(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path, funds_seconds=60) as stage:
        quote = await stage.quote("pln-20k", METER.format(40))
        other = await stage.quote("pulsa-xl-10k", PHONE.format(40))
        await stage.control("float", amount_rupiah=-FLOAT)
        redemption_id = (await stage.redeem(quote["quote_id"])).json()["redemption_id"]
        cancelled_id = (await stage.redeem(other["quote_id"])).json()["redemption_id"]
        waiting = await stage.until_state(redemption_id, "waiting_for_funds")
        assert waiting["may_be_cancelled"]
        await stage.until_state(cancelled_id, "waiting_for_funds")
        answer = await stage.client.post(
            f"{stage.door}/v1/redemptions/{cancelled_id}:cancel", headers=stage.member()
        )
        assert answer.status_code == 200, answer.text
        await stage.until_state(cancelled_id, "released")
        refused = await stage.ask_price("pln-20k", METER.format(40))
        assert (refused.status_code, refused.json()["parameters"]["why_not"]) == (
            409,
            "funds_being_topped_up",
        )
        await stage.control("float", amount_rupiah=100_000)
        topped = await stage.client.post(
            f"{stage.door}/v1/float/changes",
            json={
                "provider": "digiflazz",
                "kind": "top_up",
                "amount_rupiah": 100_000,
                "reason": "isi deposit",
            },
            headers=stage.staff(**{"Idempotency-Key": "topup-0001"}),
        )
        assert topped.status_code == 201, topped.text
        await stage.until_state(redemption_id, "settled")
        assert [sale["ref_id"][-2:] for sale in await stage.sales(redemption_id)] == ["-1"]
        assert not await stage.sales(cancelled_id)
        too_late = await stage.client.post(
            f"{stage.door}/v1/redemptions/{redemption_id}:cancel", headers=stage.member()
        )
        assert too_late.json()["code"] == "redemption_not_cancellable"


async def test_too_little_credit_is_refused_and_nothing_is_bought(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path, refuses=True) as stage:
        redemption_id = await stage.buy("pln-20k", METER.format(1))
        done = await stage.until_state(redemption_id, "refused")
        assert done["reason"] == "insufficient_credit"
        assert not await stage.sales()


async def test_a_price_that_rose_is_not_paid(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        quote = await stage.quote("pln-20k", METER.format(41))
        await stage.control("products/pln20", price=21_091)
        redemption_id = (await stage.redeem(quote["quote_id"])).json()["redemption_id"]
        done = await stage.until_state(redemption_id, "released")
        assert done["reason"] == "price_moved"
        assert not await stage.sales()


async def test_a_price_within_the_tolerance_eats_into_our_fee(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        quote = await stage.quote("pln-20k", METER.format(41))
        await stage.control("products/pln20", price=21_000)
        redemption_id = (await stage.redeem(quote["quote_id"])).json()["redemption_id"]
        done = await stage.until_state(redemption_id, "settled")
        assert (done["amount_rupiah"], done["cost_rupiah"], done["fee_rupiah"]) == (21_590, 21_000, 590)


async def test_an_account_that_is_refused_stops_the_sale(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        quote = await stage.quote("pln-20k", METER.format(1))
        stage.service.background[0].__self__._billers["digiflazz"]._api_key = "stolen"  # type: ignore[attr-defined]
        redemption_id = (await stage.redeem(quote["quote_id"])).json()["redemption_id"]
        assert (await stage.until_state(redemption_id, "released"))["reason"] == "biller_account"
        refused = await stage.ask_price("pulsa-xl-10k", PHONE.format(1))
        assert refused.json()["parameters"]["why_not"] == "biller_disturbed"


async def test_a_product_that_keeps_failing_leaves_the_shelf(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        ids = [await stage.buy("pulsa-xl-10k", PHONE.format(25)) for _ in range(3)]
        for redemption_id in ids:
            await stage.until_state(redemption_id, "released")
        products = (await stage.client.get(f"{stage.door}/v1/products?brand=xl")).json()
        shown = {product["code"]: product["why_not"] for product in products}
        assert (shown["pulsa-xl-10k"], shown["pulsa-xl-5k"]) == ("failing_now", None)


@pytest.mark.parametrize("members", [6, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.timeout(1800)
async def test_many_members_with_a_faulty_biller_are_each_sold_to_once(
    fresh_database: Fresh, tmp_path: Path, members: int
) -> None:
    dice = random.Random(members)
    faults = [1, 3, 4, 5, 8, 10, 17, 19, 20, 22]
    async with working(fresh_database("payout"), tmp_path, courier_purchases_at_once=16) as stage:
        await stage.control("float", amount_rupiah=1_000_000_000 - FLOAT)
        wanted = []
        for _ in range(members):
            stage.member_id = uuid7()
            buying = (stage.buy("pulsa-xl-5k", PHONE.format(n)) for n in dice.sample(faults, 8))
            wanted += await asyncio.gather(*buying)
        deadline = asyncio.get_running_loop().time() + 60 + members * 3

        async def left() -> int:
            open_states = ("settled", "released")
            [row] = await stage.rows(
                "select count(*) from redemption where state <> all($1::text[])", open_states
            )
            return int(row[0])

        while await left() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.2)
        assert await left() == 0
        [paid] = await stage.rows(
            "select count(*) as n, sum(cost_rupiah) as cost from redemption where state = 'settled'"
        )
        sales = [sale for sale in await stage.sales() if sale["status"] == "Sukses"]
        assert len(wanted) == members * 8
        assert (len(sales), sum(sale["charged_rupiah"] for sale in sales)) == (paid["n"], paid["cost"])
