"""The sandbox over HTTP: signatures, words, codes, webhooks and broken answers, as a stranger's client meets them."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from services.sandbox.main import application
from services.sandbox.settings import SandboxSettings
from tests.services.serving import free_port, serving

USER, KEY, SECRET = "tester", "dev-tester", "s3cret"


class Buyer:
    """A buyer of the sandbox with a webhook of its own."""

    def __init__(self) -> None:
        self.hooks: list[tuple[dict[str, str], bytes]] = []
        self.client = httpx.AsyncClient(timeout=2)
        self.base = ""

    def hook_door(self) -> FastAPI:
        app = FastAPI()

        @app.post("/hook")
        async def hear(request: Request) -> dict[str, str]:
            self.hooks.append((dict(request.headers), await request.body()))
            return {}

        return app

    async def call(self, path: str, word: str, **body: Any) -> httpx.Response:
        sign = hashlib.md5(f"{USER}{KEY}{word}".encode()).hexdigest()
        return await self.client.post(f"{self.base}{path}", json={"username": USER, "sign": sign, **body})

    async def buy(self, ref_id: str, sku: str, number: str, **more: Any) -> dict[str, Any]:
        answer = await self.call(
            "/v1/transaction", ref_id, ref_id=ref_id, buyer_sku_code=sku, customer_no=number, **more
        )
        return answer.json()["data"]  # type: ignore[no-any-return]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await asyncio.sleep(0.02)

    def told(self) -> list[tuple[str, str, bool]]:
        """(event, rc, whether the signature is right) of every webhook so far."""
        return [
            (
                headers["x-digiflazz-event"],
                json.loads(body)["data"]["rc"],
                headers.get("x-hub-signature")
                == "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest(),
            )
            for headers, body in self.hooks
        ]


@asynccontextmanager
async def trading(tmp_path: Path, **changes: Any) -> AsyncIterator[Buyer]:
    buyer, hook_port, port = Buyer(), free_port(), free_port()
    settings = SandboxSettings(
        file=tmp_path / "sandbox.sqlite3",
        username=USER,
        api_key=KEY,
        webhook_secret=SECRET,
        webhook_url=f"http://127.0.0.1:{hook_port}/hook",
        control=True,
        pending_seconds=0.2,
        late_seconds=0.5,
        reversal_seconds=0.3,
        webhook_late_seconds=0.6,
        slow_seconds=3,
        tick_seconds=0.02,
        **changes,
    )
    async with serving((buyer.hook_door(), hook_port), (application(settings), port)) as (_, base):
        buyer.base = base
        yield buyer
        await buyer.client.aclose()


async def test_balance_prices_and_purchase(tmp_path: Path) -> None:
    async with trading(tmp_path) as buyer:
        before = (await buyer.call("/v1/cek-saldo", "depo", cmd="deposit")).json()
        assert before == {"data": {"deposit": 25_000_000.0}}
        rows = (await buyer.call("/v1/price-list", "pricelist", cmd="prepaid")).json()["data"]
        pln = next(row for row in rows if row["buyer_sku_code"] == "pln20")
        assert (pln["price"], pln["brand"], pln["seller_product_status"]) == (20590, "PLN", True)
        sold = await buyer.buy("r1", "pln20", "14000000001", max_price=21000)
        assert (sold["status"], sold["rc"]) == ("Sukses", "00")
        assert sold["buyer_last_saldo"] == 25_000_000 - 20590
        assert len(sold["sn"].split("/")[0].replace("-", "")) == 20


@pytest.mark.parametrize(
    ("change", "rc"),
    [
        ({"sign": "x"}, "41"),
        ({"username": "x"}, "42"),
        ({"sign": 5}, "40"),
        ({"ref_id": ""}, "40"),
        ({"commands": "inq-pasca"}, "88"),
    ],
)
async def test_a_call_that_cannot_be_trusted_is_refused(
    tmp_path: Path, change: dict[str, Any], rc: str
) -> None:
    async with trading(tmp_path) as buyer:
        ref_id = change.get("ref_id", "r1")
        good = {
            "username": USER,
            "sign": hashlib.md5(f"{USER}{KEY}{ref_id}".encode()).hexdigest(),
            "ref_id": "r1",
            "buyer_sku_code": "pln20",
            "customer_no": "14000000001",
        }
        answer = await buyer.client.post(f"{buyer.base}/v1/transaction", json={**good, **change})
        assert answer.json()["data"]["rc"] == rc
        assert answer.status_code == (200 if rc == "88" else 400)


async def test_another_address_is_45(tmp_path: Path) -> None:
    async with trading(tmp_path, allowed_addresses="10.0.0.1") as buyer:
        assert (await buyer.call("/v1/cek-saldo", "depo")).json()["data"]["rc"] == "45"


async def test_throttles(tmp_path: Path) -> None:
    async with trading(tmp_path, inquiries_per_minute=1) as buyer:
        assert "rc" not in (await buyer.call("/v1/price-list", "pricelist", cmd="prepaid")).json()["data"]
        assert (await buyer.call("/v1/price-list", "pricelist", cmd="prepaid")).json()["data"]["rc"] == "83"
        one = await buyer.call("/v1/price-list", "pricelist", cmd="prepaid", code="pln20")
        assert [row["buyer_sku_code"] for row in one.json()["data"]] == ["pln20"]
        number = "14000000001"
        answers = [
            (await buyer.call("/v1/inquiry-pln", number, customer_no=number)).json()["data"] for _ in range(2)
        ]
        assert [answer["rc"] for answer in answers] == ["00", "86"]
        assert answers[0]["segment_power"] == "R1 /000001300"


async def test_pending_then_sold_is_told_and_signed(tmp_path: Path) -> None:
    async with trading(tmp_path) as buyer:
        assert (await buyer.buy("r1", "xld10", "087800001233"))["rc"] == "03"
        await buyer.until(lambda: len(buyer.hooks) == 2)
        assert buyer.told() == [("create", "03", True), ("update", "00", True)]
        assert buyer.hooks[0][0]["user-agent"] == "Digiflazz-Hookshot"
        assert (await buyer.buy("r1", "xld10", "087800001233"))["rc"] == "00"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("14000000012", [("create", "03", True)] * 2 + [("update", "00", True)] * 2),
        ("14000000014", [("create", "03", True), ("update", "02", False), ("update", "00", True)]),
        ("14000000016", [("update", "00", True), ("create", "03", True)]),
        ("14000000006", [("create", "00", True), ("update", "74", True)]),
        ("14000000011", [("create", "01", True), ("update", "00", True)]),
    ],
)
async def test_webhooks_go_wrong_as_the_number_says(
    tmp_path: Path, number: str, told: list[tuple[str, str, bool]]
) -> None:
    async with trading(tmp_path) as buyer:
        await buyer.buy("r1", "pln20", number)
        await buyer.until(lambda: len(buyer.hooks) == len(told))
        assert buyer.told() == told


@pytest.mark.parametrize("number", ["14000000005", "14000000017", "14000000018", "14000000020"])
async def test_an_answer_that_is_lost_was_sold_all_the_same(tmp_path: Path, number: str) -> None:
    async with trading(tmp_path) as buyer:
        with pytest.raises((httpx.HTTPError, ValueError)):
            await buyer.buy("r1", "pln20", number)
        again = await buyer.buy("r1", "pln20", number)
        assert (again["status"], again["rc"]) == ("Sukses", "00")
        left = (await buyer.client.get(f"{buyer.base}/_control/float")).json()
        assert left == {"balance_rupiah": 25_000_000 - 20590}


async def test_a_status_that_nobody_knows_is_said_once(tmp_path: Path) -> None:
    async with trading(tmp_path) as buyer:
        said = [await buyer.buy("odd", "pln20", "14000000019") for _ in range(3)]
        other = await buyer.buy("odd-too", "pln20", "14000000019")
    assert [each["rc"] for each in said] == ["Z9", "00", "00"]
    assert (other["rc"], other["status"]) == ("Z9", "Diproses Ulang")


async def test_the_control_door_moves_money_and_time(tmp_path: Path) -> None:
    async with trading(tmp_path, opening_float_rupiah=0) as buyer:
        assert (await buyer.buy("r1", "pln20", "14000000009"))["rc"] == "44"
        await buyer.client.post(f"{buyer.base}/_control/float", json={"amount_rupiah": 50_000})
        assert (await buyer.buy("r1", "pln20", "14000000009"))["rc"] == "03"
        await buyer.client.post(f"{buyer.base}/_control/clock", json={"forward_seconds": 91 * 86_400})
        assert (await buyer.buy("r1", "pln20", "14000000009"))["rc"] == "03"
        sales = (await buyer.client.get(f"{buyer.base}/_control/sales")).json()
        assert [sale["superseded"] for sale in sales] == [0, 1]
        ticket = await buyer.call("/v1/deposit", "deposit", amount=100_000, bank="BRI", owner_name="DINAS LH")
        assert ticket.json()["data"]["amount"] == 100_001
        paid = await buyer.client.post(f"{buyer.base}/_control/tickets/1/paid")
        assert paid.json() == {"balance_rupiah": 50_000 - 2 * 20590 + 100_001}


async def test_the_control_door_is_closed_unless_opened(tmp_path: Path) -> None:
    settings = SandboxSettings(file=tmp_path / "s.sqlite3")
    async with serving((application(settings), free_port())) as (base,), httpx.AsyncClient() as client:
        assert (await client.get(f"{base}/_control/float")).status_code == 404
        assert (await client.get(f"{base}/healthz/live")).status_code == 200
        assert (await client.get(f"{base}/healthz/ready")).json() == {"float_rupiah": 25_000_000}
        assert "sandbox_float_rupiah 2.5e+07" in (await client.get(f"{base}/metrics")).text
