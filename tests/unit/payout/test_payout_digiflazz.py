"""The adapter speaks Digiflazz's dialect to the letter, and doubts whatever does not fit."""

import json
from collections.abc import Callable
from datetime import time
from typing import Any

import httpx
import pytest

from services.payout.domain.answers import Meaning
from services.payout.domain.meters import MeterOwner, Segment
from services.payout.providers.base import BillerSilentError, Hint, InquiryFailure, Purchase
from services.payout.providers.digiflazz import Digiflazz, sign, webhook_signature

PURCHASE = Purchase("JM-1", "pln20", "14000000001", 21_000)


def biller(answer: Callable[[httpx.Request], httpx.Response], secret: str = "s3cret") -> Digiflazz:
    client = httpx.AsyncClient(base_url="https://biller.test/v1", transport=httpx.MockTransport(answer))
    return Digiflazz(client, "jumpamadu", "dev-0000", secret)


def saying(data: object, status: int = 200) -> Digiflazz:
    return biller(lambda _: httpx.Response(status, json={"data": data}))


def sold(**changes: Any) -> dict[str, Any]:
    return {
        "ref_id": "JM-1",
        "customer_no": "14000000001",
        "buyer_sku_code": "pln20",
        "message": "Transaksi Sukses",
        "status": "Sukses",
        "rc": "00",
        "sn": "1234-5678-9012-3456-7890/NAMA/R1M/900VA/14.5KWH",
        "buyer_last_saldo": 979_410.0,
        "price": 20590,
    } | changes


@pytest.mark.parametrize(
    ("word", "signature"),
    [
        ("depo", "9ae74d7f263b6aad08695979c31dd263"),
        ("pricelist", "df7ef378cccb6538c9af70e337f1bf89"),
        ("JM-01J0000000000000000000001", "fcbd8db47b00c5288966f2697c2245ed"),
        ("14000000001", "0a3e83cbdab8ee562e687f587caa4e58"),
    ],
)
def test_signatures(word: str, signature: str) -> None:
    assert sign("jumpamadu", "dev-0000", word) == signature


def test_a_webhook_is_signed_over_its_raw_body() -> None:
    body = b'{"data":{"ref_id":"JM-1","status":"Sukses","rc":"00"}}'
    assert webhook_signature("s3cret", body) == "sha1=e0b596195827f03f42eb61d7bbd4b774eb50a6e7"
    right = webhook_signature("s3cret", body)
    assert saying({}).read_webhook(body, right) == Hint("JM-1", "Sukses", "00", "", None)
    assert saying({}).read_webhook(body + b" ", right) is None
    assert saying({}).read_webhook(body, None) is None
    assert (
        biller(lambda _: httpx.Response(200), secret="").read_webhook(body, webhook_signature("", body))
        is None
    )
    nonsense = b'["x"]'
    assert saying({}).read_webhook(nonsense, webhook_signature("s3cret", nonsense)) is None


async def test_a_purchase_is_one_signed_call_with_a_limit_on_its_price() -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append({"path": request.url.path, "method": request.method, **json.loads(request.content)})
        return httpx.Response(200, json={"data": sold()})

    said = await biller(answer).buy(PURCHASE)
    assert seen == [
        {
            "path": "/v1/transaction",
            "method": "POST",
            "username": "jumpamadu",
            "buyer_sku_code": "pln20",
            "customer_no": "14000000001",
            "ref_id": "JM-1",
            "max_price": 21_000,
            "sign": sign("jumpamadu", "dev-0000", "JM-1"),
        }
    ]
    assert (said.meaning, said.created, said.price_rupiah, said.balance_rupiah) == (
        Meaning.SUCCESS,
        True,
        20590,
        979_410,
    )


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        (sold(), Meaning.SUCCESS),
        (sold(status="Pending", rc="03", sn=""), Meaning.PENDING),
        (sold(status="Gagal", rc="01"), Meaning.SUSPECT),
        (sold(status="Gagal", rc="74"), Meaning.REVERSAL),
        (sold(price="20590", buyer_last_saldo="5.5"), Meaning.SUCCESS),
        ({"rc": "41", "message": "Signature tidak valid"}, Meaning.OUR_FAULT),
        ({"rc": "44", "status": "Gagal", "ref_id": "JM-1"}, Meaning.FLOAT_EMPTY),
        (sold(status="Gagal"), Meaning.UNKNOWN),
        (sold(status="Diproses"), Meaning.UNKNOWN),
        (sold(rc="Z9"), Meaning.UNKNOWN),
        (sold(rc=None), Meaning.UNKNOWN),
        (sold(ref_id="another"), Meaning.UNKNOWN),
        (sold(ref_id=None), Meaning.UNKNOWN),
        (sold(status="Gagal", rc="02", ref_id=None), Meaning.UNKNOWN),
        ({}, Meaning.UNKNOWN),
        ([], Meaning.UNKNOWN),
    ],
)
async def test_what_an_answer_means(data: object, meaning: Meaning) -> None:
    assert (await saying(data).buy(PURCHASE)).meaning is meaning


async def test_an_answer_holds_nothing_that_cannot_be_written_down() -> None:
    answer = await saying(sold(rc="0\x000", sn="12\x003")).buy(PURCHASE)
    assert (answer.code, answer.serial) == ("00", "123")


async def test_half_a_character_can_be_written_down_too() -> None:
    said = json.dumps({"data": sold(sn="12\ud8003")}).encode()
    answer = await biller(lambda _: httpx.Response(200, content=said)).buy(PURCHASE)
    assert (answer.meaning, answer.serial.encode()) == (Meaning.SUCCESS, b"12?3")


@pytest.mark.parametrize("price", [-1, "-20590", 1e30, 10**13, "1e400", "nan", None])
async def test_an_amount_that_nobody_pays_is_not_known(price: object) -> None:
    """The sale is believed, at the price that was quoted; an answer that wallet cannot take would never be noted."""
    answer = await saying(sold(price=price, buyer_last_saldo=1e30)).buy(PURCHASE)
    assert (answer.meaning, answer.price_rupiah, answer.balance_rupiah) == (Meaning.SUCCESS, None, None)


async def test_the_code_counts_even_when_the_http_status_is_an_error() -> None:
    assert (await saying({"rc": "45", "message": "IP"}, 400).buy(PURCHASE)).meaning is Meaning.OUR_FAULT
    assert (await saying(sold(), 500).buy(PURCHASE)).meaning is Meaning.SUCCESS


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b'{"data":', b'{"data":null}', b"[]", b'"x"', b'{"data":' * 200_000],
    ids=["nothing", "html", "broken", "null", "list", "text", "bottomless"],
)
async def test_an_unreadable_answer_is_unknown(content: bytes) -> None:
    assert (
        await biller(lambda _: httpx.Response(500, content=content)).buy(PURCHASE)
    ).meaning is Meaning.UNKNOWN


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError])
async def test_a_broken_connection_is_unknown(error: type[httpx.TransportError]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        message = "broken"
        raise error(message)

    assert (await biller(answer).buy(PURCHASE)).meaning is Meaning.UNKNOWN


async def test_prices() -> None:
    row = {
        "product_name": "PLN 20.000",
        "price": 20590,
        "buyer_sku_code": "pln20",
        "buyer_product_status": True,
        "seller_product_status": True,
        "unlimited_stock": False,
        "stock": 3,
        "start_cut_off": "23:45",
        "end_cut_off": "0:15",
    }
    [offer] = await saying([row, {"price": 5}, {**row, "price": "x"}]).offers()
    assert (offer.sku, offer.price_rupiah, offer.on_sale, offer.stock_left) == ("pln20", 20590, True, True)
    assert (offer.cut_off_starts, offer.cut_off_ends) == (time(23, 45), time(0, 15))
    with pytest.raises(BillerSilentError):
        await saying({"rc": "83", "message": "Limitasi"}).offers()


async def test_float() -> None:
    assert await saying({"deposit": 500000.0}).balance_rupiah() == 500_000
    with pytest.raises(BillerSilentError):
        await saying({"rc": "41"}).balance_rupiah()


@pytest.mark.parametrize(
    ("data", "owner"),
    [
        (
            {"rc": "00", "status": "Sukses", "name": "DAVID", "segment_power": "R1 /000001300"},
            MeterOwner("DAVID", Segment("R1", 1300)),
        ),
        ({"rc": "00", "name": "DAVID"}, MeterOwner("DAVID", None)),
        ({"rc": "54"}, InquiryFailure.NOT_FOUND),
        ({"rc": "86"}, InquiryFailure.THROTTLED),
        ({"rc": "41"}, InquiryFailure.SILENT),
        ({"rc": "00"}, InquiryFailure.SILENT),
    ],
)
async def test_owners(data: dict[str, str], owner: object) -> None:
    assert await saying(data).meter_owner("14000000001") == owner
