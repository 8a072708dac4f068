"""Redemptions that no machine could judge, complaints about them, and facts that could not be taken in."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.deposits import DEPOSITS_TOPIC
from shared.kernel.ids import uuid7
from tests.demo.cast import MAIN_BANK
from tests.demo.hands import Hands, Neighbour
from tests.demo.waiting import until
from tests.services.web.staff.conftest import Offices
from tests.services.web.staff.office import Seen
from tests.web.town import Town

PULSA = "pulsa-xl-10k"
# The sandbox's number whose purchase stays open for ever; any other one is sold to.
NEVER_ENDS = "087800001309"
SERIAL = "SN-7788990011"
SECONDS = 60
_IN_REVIEW = """
insert into redemption (redemption_id, member_id, quote_id, idempotency_key, product_code, product_kind, provider, sku,
    subdistrict_code, amount_rupiah, quoted_cost_rupiah, price_rupiah_max, state, requested_at, changed_at)
values ($1::uuid, $2, $1::uuid, $1::text, 'pulsa-xl-10k', 'pulsa', 'digiflazz', 'x', '12.07.28', 10500, 10000, 10500,
    'review', now(), now() - interval '2 days' + make_interval(secs => $3))
"""


async def _redeem(own: Hands, target: str) -> str:
    quote = await own.payout.post("/v1/quotes", {"product": PULSA, "target": target}, expect=201)
    headers = {"Idempotency-Key": f"kantor-{uuid7()}"}
    # Another test may have bought the same for this number a moment ago.
    wish = {"quote_id": quote["quote_id"], "repeat_confirmed": True}
    made = await own.payout.ask("POST", "/v1/redemptions", json=wish, headers=headers)
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


async def _in_review(town: Town, name: str) -> tuple[Neighbour, Hands, str]:
    """A purchase that stays open for ever, put before a person."""
    who, own = await _rich(town, name)
    redemption_id = await _redeem(own, NEVER_ENDS)
    await _in_state(own, redemption_id, "review")
    return who, own, redemption_id


@pytest.mark.usefixtures("own_system")
async def test_a_redemption_in_review_that_was_delivered_is_settled_with_its_serial_number(
    town: Town, offices: Offices
) -> None:
    who, own, redemption_id = await _in_review(town, "Sudah Terkirim")
    before = await town.books.balance(who.id)
    held = await town.books.held(who.id)
    assert held > 0
    seen = await offices.first.open(f"/kantor/penukaran/{redemption_id}")
    still_open = await offices.second.open(f"/kantor/penukaran/{redemption_id}")
    asked = await offices.first.send(
        seen, "/putus", putusan="delivered", seri=SERIAL, alasan="Di panel penyedia: sukses"
    )
    assert await town.books.held(who.id) == held
    done = await offices.first.send(asked, "/putus")
    assert "Putusan tersimpan." in done.text
    assert not done.offers("/putus")
    await _in_state(own, redemption_id, "settled")
    await town.books.until_balance(who.id, before - held)
    assert await town.books.held(who.id) == 0
    assert (await own.payout.get(f"/v1/redemptions/{redemption_id}"))["token"]["serial"] == SERIAL
    late = await offices.second.send_and_mean_it(still_open, "/putus", putusan="failed", alasan="Terlambat")
    assert late.status == 409
    assert await town.books.settle(who.id) == before - held


async def test_reviews_are_walked_page_by_page_and_the_last_one_can_be_decided(
    offices: Offices, own_system: dict[str, Any]
) -> None:
    ids = [str(uuid7()) for _ in range(27)]
    databases = json.loads(Path(own_system["databases_file"]).read_text(encoding="utf-8"))
    payout = await asyncpg.connect(databases["payout"])
    try:
        # Since long before any other that waits here, so that they stand at the beginning of the list.
        await payout.executemany(_IN_REVIEW, [(each, uuid7(), number) for number, each in enumerate(ids)])
        first = await offices.first.open("/kantor/penukaran")
        second = await offices.first.open(first.link("sesudah="))
        root = "/kantor/penukaran/"
        shown = [[each for each in ids if root + each in seen.links] for seen in (first, second)]
        assert shown == [ids[:25], ids[25:]]
        last = await offices.first.open(second.link(root + ids[-1]))
        assert last.offers("/putus")
    finally:
        await payout.execute("delete from redemption where redemption_id = any($1::uuid[])", ids)
        await payout.close()


@pytest.mark.usefixtures("own_system")
async def test_a_redemption_in_review_is_asked_about_again_and_no_credit_moves_meanwhile(
    town: Town, offices: Offices
) -> None:
    who, own, redemption_id = await _in_review(town, "Tanya Lagi")
    before, held = await town.books.balance(who.id), await town.books.held(who.id)
    seen = await offices.first.open(f"/kantor/penukaran/{redemption_id}")
    done = await offices.first.send_and_mean_it(
        seen, "/putus", putusan="ask_again", alasan="Panel penyedia sedang gangguan"
    )
    assert "Putusan tersimpan." in done.text

    async def asked_again() -> bool:
        """The biller was asked once more, and still has no answer: it lies before a person a second time."""
        told = await own.payout.get(f"/v1/redemptions/{redemption_id}")
        reviews = [each for each in told["timeline"] if each["state"].lower() == "review"]
        return len(reviews) == 2 and told["state"].lower() == "review"

    await until(asked_again, "it is in review a second time", SECONDS)
    assert (await town.books.balance(who.id), await town.books.held(who.id)) == (before, held)
    seen = await offices.first.open(f"/kantor/penukaran/{redemption_id}")
    await offices.first.send_and_mean_it(seen, "/putus", putusan="failed", alasan="Penyedia: batal")
    await _in_state(own, redemption_id, "released")
    assert (await town.books.balance(who.id), await town.books.held(who.id)) == (before, 0)


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
    assert told["answer_words"] == "Penyedia menunjukkan bukti kirim"


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


async def test_a_fact_that_failed_is_put_back_once_the_cause_is_gone_and_credits_once(
    town: Town, offices: Offices, own_system: dict[str, Any]
) -> None:
    who = await town.resident("Gagal Dahulu")
    databases = json.loads(Path(own_system["databases_file"]).read_text(encoding="utf-8"))
    weighing = town.weighing(who, [("K02", "bersih", 3_100)])
    wallet = await asyncpg.connect(databases["wallet"])
    try:
        # A defect of wallet's that meets this one member only.
        await wallet.execute(
            f"alter table account add constraint uji_rusak check (id <> '{who.id}') not valid"
        )
        try:
            await town.stage.tablets[MAIN_BANK].send(weighing)
            letter = await until(
                lambda: _letter_about(offices, weighing.id), "wallet set the fact aside", SECONDS
            )
            assert "CheckViolationError" in letter.text
            refused = await offices.first.send_and_mean_it(letter, "/ulang", alasan="Belum diperbaiki")
            assert refused.status == 409
            assert await town.books.balance(who.id) == 0
        finally:
            await wallet.execute("alter table account drop constraint uji_rusak")
    finally:
        await wallet.close()
    done = await offices.first.send_and_mean_it(letter, "/ulang", alasan="Cacat sudah diperbaiki")
    assert "/kantor/surat-mati?sudah=ulang" in done.path
    assert letter.path not in done.links
    await town.books.until_balance(who.id, weighing.net_rupiah)
    await offices.first.send_and_mean_it(letter, "/ulang", alasan="Tertekan dua kali")
    assert await town.books.settle(who.id) == weighing.net_rupiah
    trail = await offices.first.open(f"/kantor/riwayat?subjek={letter.path.rsplit('/', 1)[1]}")
    assert "Cacat sudah diperbaiki" in trail.text


async def _letter_about(offices: Offices, deposit_id: UUID) -> Seen | None:
    """The page of wallet's letter about a deposit."""
    listed = await offices.first.open("/kantor/surat-mati")
    for link in listed.links:
        if link.startswith("/kantor/surat-mati/wallet/"):
            seen = await offices.first.open(link)
            if str(deposit_id) in seen.text:
                return seen
    return None
