"""The whole service running: door, ear, relay and the watch over what waits, on a real Kafka and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.stack import Stack
from services.deposit.main import create
from services.deposit.settings import DepositSettings
from shared.contracts import BY_TYPE, DepositQuarantined, DepositRecorded, Event, MemberRegistered
from shared.contracts.deposits import DEPOSITS_TOPIC
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.outbox import encode
from tests.builders import TokenMint
from tests.services.deposit.stage import BANK, registration, weighing, write_rollout

HOUR_SECONDS = 3600
MINT = TokenMint()
OPERATOR = MINT.header(Role.OPERATOR, waste_bank_ids=[BANK])


@asynccontextmanager
async def running(
    stack: Stack, url: str, topics: str, rollout: Path, waiting_seconds: float = 86_400
) -> AsyncIterator[httpx.AsyncClient]:
    """Run every part of deposit in this process; gives its door."""
    write_rollout(rollout)
    settings = DepositSettings(
        database_url=url,
        rollout_path=rollout,
        key_file=rollout.with_name("deposit.key"),
        KAFKA_BOOTSTRAP_SERVERS=stack.bootstrap_servers,
        TOPIC_PREFIX=topics,
        waiting_hours=waiting_seconds / HOUR_SECONDS,
        waiting_check_seconds=0.1,
    )
    service = create(settings)
    service.tokens = MINT.tokens
    application = service.application()
    transport = httpx.ASGITransport(app=application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://deposit") as door,
    ):
        yield door


async def publish(stack: Stack, topics: str, event: MemberRegistered) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap_servers)
    await producer.start()
    try:
        headers = [("ce_type", event.TYPE.encode()), ("ce_id", str(event.event_id).encode())]
        await producer.send_and_wait(topics + event.TOPIC, encode(event), event.key.encode(), headers=headers)
    finally:
        await producer.stop()


async def heard(stack: Stack, topics: str, count: int, seconds: float = 30) -> list[Event]:
    """The first events of the deposits topic."""
    consumer = AIOKafkaConsumer(
        topics + DEPOSITS_TOPIC, bootstrap_servers=stack.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[Event] = []
    try:
        async with asyncio.timeout(seconds):
            while len(found) < count:
                record = await consumer.getone()
                name = dict(record.headers)["ce_type"].decode()
                event = BY_TYPE[name].model_validate_json(record.value)
                assert record.key.decode() == event.key
                found.append(event)
    finally:
        await consumer.stop()
    return found


async def test_a_waiting_deposit_counts_when_its_member_is_heard_of(
    stack: Stack, fresh_database: Callable[[str], str], fresh_topics: str, tmp_path: Path
) -> None:
    member = uuid7()
    deposits = [weighing(member) for _ in range(3)]
    async with running(stack, fresh_database("deposit"), fresh_topics, tmp_path / "rollout.yaml") as door:
        answer = await door.post("/v1/deposits:batch", json={"deposits": deposits}, headers=OPERATOR)
        assert [result["status"] for result in answer.json()["results"]] == ["waiting"] * 3
        await publish(stack, fresh_topics, registration(member))
        events = await heard(stack, fresh_topics, 3)
    assert {type(event) for event in events} == {DepositRecorded}
    assert [event.deposit_id for event in events if isinstance(event, DepositRecorded)] == [
        UUID(deposit["deposit_id"]) for deposit in deposits
    ]


async def test_what_waits_too_long_is_set_aside_by_one_of_two_replicas(
    stack: Stack, fresh_database: Callable[[str], str], fresh_topics: str, tmp_path: Path
) -> None:
    url, rollout = fresh_database("deposit"), tmp_path / "rollout.yaml"
    deposits = [weighing(uuid7()) for _ in range(20)]
    async with (
        running(stack, url, fresh_topics, rollout, waiting_seconds=0.5) as door,
        running(stack, url, fresh_topics, rollout, waiting_seconds=0.5),
    ):
        await door.post("/v1/deposits:batch", json={"deposits": deposits}, headers=OPERATOR)
        events = await heard(stack, fresh_topics, 20)
        page = (await door.get("/v1/quarantine", headers=OPERATOR)).json()
    assert {event.why for event in events if isinstance(event, DepositQuarantined)} == {"unknown_member"}
    assert len({event.deposit_id for event in events if isinstance(event, DepositQuarantined)}) == 20
    assert len(page["deposits"]) == 20


async def test_a_closed_database_is_told_clearly_and_heals_alone(
    stack: Stack, fresh_database: Callable[[str], str], fresh_topics: str, tmp_path: Path
) -> None:
    url = fresh_database("deposit")
    name = url.rpartition("/")[2]
    deposit = weighing(uuid7())
    admin = await asyncpg.connect(stack.admin_url)
    async with running(stack, url, fresh_topics, tmp_path / "rollout.yaml") as door:
        assert (await door.post("/v1/deposits", json=deposit, headers=OPERATOR)).status_code == 202
        await admin.execute(f'alter database "{name}" allow_connections false')
        await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        for path, body in (("/v1/deposits", deposit), ("/v1/deposits:batch", {"deposits": [deposit]})):
            answer = await door.post(path, json=body, headers=OPERATOR)
            assert (answer.status_code, answer.json()["code"]) == (503, "try_again"), answer.text
        await admin.execute(f'alter database "{name}" allow_connections true')
        async with asyncio.timeout(15):
            while (
                answer := await door.post("/v1/deposits", json=deposit, headers=OPERATOR)
            ).status_code == 503:
                await asyncio.sleep(0.1)
        assert answer.status_code == 200
    await admin.close()
