"""Redemptions that no machine could judge, complaints about them, and facts that could not be taken in."""

from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.deposits import DEPOSITS_TOPIC
from shared.kernel.ids import uuid7
from tests.demo.hands import Hands, Neighbour
from tests.demo.waiting import until
from tests.services.web.staff.conftest import Offices
from tests.services.web.staff.office import Seen
from tests.web.town import Town

PULSA = "pulsa-xl-10k"
# The sandbox's number whose purchase stays open for ever; any other one is sold to.
NEVER_ENDS = "087800001309"
SECONDS = 60


async def _redeem(own: Hands, target: str) -> str:
    quote = await own.payout.post("/v1/quotes", {"product": PULSA, "target": target}, expect=201)
    headers = {"Idempotency-Key": f"kantor-{uuid7()}"}
    made = await own.payout.ask(
        "POST", "/v1/redemptions", json={"quote_id": quote["quote_id"]}, headers=headers
    )
    assert made.status_code == 202, made.text
    return str(made.json()["redemption_id"])


async def _in_state(own: Hands, redemption_id: str, *states: str) -> None:
    async def there() -> bool:
        found = await own.payout.get(f"/v1/redemptions/{redemption_id}")
        return found["state"].lower() in states

    await until(there, f"the redemption is {states}", SECONDS)


async def _rich(town: Town, name: str) -> tuple[Neighbour, Hands]:
    who = await town.resident(name, rupiah=40_000)
    return who, await who.hands(town.stage)


@pytest.mark.usefixtures("own_system")
async def test_a_redemption_in_review_is_decided_with_a_reason_and_the_credit_comes_back(
    town: Town, offices: Offices
) -> None:
    who, own = await _rich(town, "Menunggu Lama")
    before = await town.books.balance(who.id)
    redemption_id = await _redeem(own, NEVER_ENDS)
    await _in_state(own, redemption_id, "review")
    home = await offices.first.open("/kantor")
    assert "/kantor/penukaran" in home.links
    listed = await offices.first.open("/kantor/penukaran")
    seen = await offices.first.open(listed.link(f"/kantor/penukaran/{redemption_id}"))
    assert "Menunggu Lama" in seen.text
    assert NEVER_ENDS not in seen.html
    done = await offices.first.send_and_mean_it(
        seen, "/putus", putusan="failed", alasan="Di panel penyedia: batal"
    )
    assert "Putusan tersimpan." in done.text
    await _in_state(own, redemption_id, "released")
    assert await town.books.balance(who.id) == before
    assert await town.books.held(who.id) == 0


async def test_a_dispute_about_a_redemption_is_answered_once(town: Town, offices: Offices) -> None:
    _, own = await _rich(town, "Salah Nomor")
    redemption_id = await _redeem(own, f"08785{town.new_phone()[-7:]}")
    await _in_state(own, redemption_id, "succeeded", "settled")
    dispute_id = str(uuid7())
    body = {
        "dispute_id": dispute_id,
        "redemption_id": redemption_id,
        "complaint": "not_received",
        "words": "Pulsa belum masuk",
    }
    await own.payout.post("/v1/disputes", body, expect=201)
    listed = await offices.first.open("/kantor/pengaduan-penukaran")
    seen = await offices.first.open(listed.link(f"/kantor/pengaduan-penukaran/{dispute_id}"))
    assert "Pulsa belum masuk" in seen.text
    assert "Belum diterima" in seen.text
    done = await offices.first.send_and_mean_it(
        seen, "/jawab", hasil="turned_down", jawaban="Penyedia menunjukkan bukti kirim"
    )
    assert "Jawaban tersimpan" in done.text
    assert not done.offers("/jawab")
    told = await own.payout.get(f"/v1/disputes/{dispute_id}")
    assert told["answer"] == "Penyedia menunjukkan bukti kirim"


async def test_a_fact_that_cannot_be_taken_in_is_seen_and_refused_in_words_while_it_cannot(
    offices: Offices, own_system: dict[str, Any]
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=own_system["addresses"]["kafka"])
    await producer.start()
    try:
        await producer.send_and_wait(DEPOSITS_TOPIC, b"{", key=str(uuid7()).encode())
    finally:
        await producer.stop()

    async def listed() -> Seen | None:
        seen = await offices.first.open("/kantor/surat-mati")
        return seen if "/kantor/surat-mati/valuation/" in seen.html else None

    seen = await until(listed, "valuation set the record aside", SECONDS)
    home = await offices.first.open("/kantor")
    assert "/kantor/surat-mati" in home.links
    letter = await offices.first.open(seen.link("/kantor/surat-mati/valuation/"))
    refused = await offices.first.send_and_mean_it(letter, "/ulang", alasan="Dicoba lagi")
    assert refused.status == 409
    assert "Belum dilakukan" in refused.text
    assert (await offices.local.open("/kantor/surat-mati")).status == 403
    assert (await offices.first.open("/kantor/surat-mati/web/1")).status == 404
