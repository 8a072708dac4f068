"""The whole service as it is started: it takes the files up, obeys Kafka, and its schema is that of its models."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.stack import Stack
from services.valuation import main
from services.valuation.settings import ValuationSettings
from shared.contracts import BY_TYPE, DepositValued, Event, PriceListPublished, ValuationReversed
from shared.runtime.envelope import common_headers
from shared.runtime.outbox import encode
from shared.runtime.written import WrittenFileError
from tests.services.valuation.stage import BANK, GENERAL, recorded, voided


@pytest.fixture
def service_settings(
    stack: Stack, fresh_database: Callable[[str], str], fresh_topics: str, monkeypatch: pytest.MonkeyPatch
) -> ValuationSettings:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", stack.bootstrap_servers)
    monkeypatch.setenv("TOPIC_PREFIX", fresh_topics)
    return ValuationSettings(database_url=fresh_database("valuation"))


@asynccontextmanager
async def running(settings: ValuationSettings) -> AsyncIterator[httpx.AsyncClient]:
    application = main.create(settings).application()
    transport = httpx.ASGITransport(application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://valuation") as door,
    ):
        yield door


async def tell(settings: ValuationSettings, *events: Event) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await producer.start()
    try:
        for event in events:
            headers = [("ce_type", event.TYPE.encode()), *common_headers("/timbang/deposit", "", "")]
            await producer.send_and_wait(
                settings.topic_prefix + event.TOPIC, encode(event), key=event.key.encode(), headers=headers
            )
    finally:
        await producer.stop()


async def heard(settings: ValuationSettings, count: int) -> list[Event]:
    """The first facts that valuation published, from the topics themselves."""
    consumer = AIOKafkaConsumer(
        *[settings.topic_prefix + topic for topic in (PriceListPublished.TOPIC, DepositValued.TOPIC)],
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
    )
    found: list[Event] = []
    await consumer.start()
    deadline = time.monotonic() + 60
    try:
        while len(found) < count:
            assert time.monotonic() < deadline, found
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    kind = BY_TYPE[dict(record.headers)["ce_type"].decode()]
                    found.append(kind.model_validate_json(record.value))
    finally:
        await consumer.stop()
    return found


async def test_from_a_start_on_nothing_to_a_price_and_back(service_settings: ValuationSettings) -> None:
    deposit = recorded()
    async with running(service_settings) as door:
        await tell(service_settings, deposit, voided(deposit))
        facts = await heard(service_settings, 4)
        current = await door.get("/v1/price-lists/current", params={"waste_bank_id": BANK})
        assert current.json()["price_list_id"] == str(GENERAL)
    published = [fact for fact in facts if isinstance(fact, PriceListPublished)]
    assert {fact.waste_bank_id for fact in published} == {None, "lubuk-pakam-cemara"}
    said = [type(fact) for fact in facts if fact not in published]
    assert said == [DepositValued, ValuationReversed]


async def test_a_second_start_publishes_nothing_again(service_settings: ValuationSettings) -> None:
    for _ in range(2):
        async with running(service_settings) as door:
            deadline = time.monotonic() + 30
            while (await door.get("/v1/price-lists")).json()["price_lists"] == []:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
    connection = await asyncpg.connect(service_settings.database_url)
    said = await connection.fetchval(
        "select (select coalesce(sum(event_count), 0) from outbox) "
        "+ (select coalesce(sum(event_count), 0) from outbox_archive)"
    )
    await connection.close()
    assert said == 2


def test_nothing_starts_on_malformed_prices(tmp_path: Path) -> None:
    for file in Path("deploy/catalogue").glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text().replace("price_rupiah: 845", "price_rupiah: free"))
    settings = ValuationSettings(
        database_url="postgresql://nobody@127.0.0.1:1/none", catalogue_folder=tmp_path
    )
    with pytest.raises(WrittenFileError, match="price_rupiah"):
        main.create(settings)


async def test_recompute_tells_what_differs(
    service_settings: ValuationSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VALUATION_DATABASE_URL", service_settings.database_url)
    deposit = recorded()
    async with running(service_settings):
        await tell(service_settings, deposit)
        await heard(service_settings, 3)
    assert await asyncio.to_thread(main.recompute, None) == 0  # type: ignore[arg-type]
    connection = await asyncpg.connect(service_settings.database_url)
    lines = json.loads(await connection.fetchval("select lines::text from valuation"))
    lines[0][6] += 1
    await connection.execute("update valuation set lines = $1::text::json", json.dumps(lines))
    await connection.close()
    assert await asyncio.to_thread(main.recompute, None) == 1  # type: ignore[arg-type]
    printed = capsys.readouterr().out
    assert f"{deposit.deposit_id}: value of P05 bersih: stored 3251, computed 3250" in printed
    assert "1 valued deposits computed again, 1 differ" in printed
