"""How long a deposit takes from its hearing until its credit is committed, and until that is told, at a steady rate."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts import CreditPosted
from shared.contracts.credits import CREDITS_TOPIC
from shared.kernel.ids import derived_uuid
from tests.load.client import Connection
from tests.load.tablets import Tablet

CONNECTIONS = 32
DRAIN_SECONDS = 30.0
CREATED = 201


@dataclass(frozen=True)
class Latency:
    """Milliseconds of every deposit, sorted.

    `heard_to_credited` runs from the deposit's `received_at` to its credit's `posted_at` (stamped in the wallet's
    transaction just before it commits); `sent_to_told` from the moment the POST was due until CreditPosted arrived
    over Kafka, which adds the request's way in, the commit and the event's way out.
    """

    heard_to_credited: list[float]
    sent_to_told: list[float]


async def measure_latency(
    bootstrap_servers: str,
    databases: Mapping[str, str],
    tablet: Tablet,
    address: str,
    token: str,
    *,
    per_second: int,
    seconds: float,
) -> Latency:
    """Send single POSTs, open loop: they leave on time, whatever happened to the ones before."""
    heard = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, fetch_max_wait_ms=20)
    await heard.start()
    sent: dict[str, float] = {}
    took: dict[str, float] = {}
    try:
        partitions = heard.partitions_for_topic(CREDITS_TOPIC) or await _partitions(heard)
        heard.assign([TopicPartition(CREDITS_TOPIC, number) for number in partitions])
        await heard.seek_to_end()
        listening = asyncio.create_task(_listen(heard, sent, took))
        await _post(tablet, address, token, sent, round(per_second * seconds), 1 / per_second)
        async with asyncio.timeout(DRAIN_SECONDS):
            while len(took) < len(sent):
                await asyncio.sleep(0.05)
        listening.cancel()
    finally:
        await heard.stop()
    return Latency(
        heard_to_credited=await _by_the_databases_clocks(databases, [UUID(one) for one in sent]),
        sent_to_told=sorted(1_000 * one for one in took.values()),
    )


async def _by_the_databases_clocks(databases: Mapping[str, str], deposit_ids: list[UUID]) -> list[float]:
    heard = await _instants(
        databases["deposit"],
        "select deposit_id as id, extract(epoch from received_at)::float8 as at from deposit"
        " where deposit_id = any($1::uuid[])",
        deposit_ids,
    )
    credited = await _instants(
        databases["wallet"],
        "select cause_id as id, extract(epoch from posted_at)::float8 as at from transfer where id = any($1::uuid[])",
        [derived_uuid(one, "credit") for one in deposit_ids],
    )
    return sorted(1_000 * (credited[one] - heard[one]) for one in deposit_ids)


async def _instants(url: str, query: str, ids: list[UUID]) -> dict[UUID, float]:
    connection = await asyncpg.connect(url)
    try:
        return {row["id"]: row["at"] for row in await connection.fetch(query, ids)}
    finally:
        await connection.close()


async def _partitions(heard: AIOKafkaConsumer) -> set[int]:
    await heard.topics()
    found: set[int] = heard.partitions_for_topic(CREDITS_TOPIC) or set(range(12))
    return found


async def _listen(heard: AIOKafkaConsumer, sent: dict[str, float], took: dict[str, float]) -> None:
    """Note when each credit arrives."""
    async for record in heard:
        now = time.perf_counter()
        if dict(record.headers).get("ce_type") != CreditPosted.TYPE.encode():
            continue
        deposit_id = json.loads(record.value)["deposit_id"]
        if deposit_id in sent:
            took[deposit_id] = now - sent[deposit_id]


async def _post(
    tablet: Tablet, address: str, token: str, sent: dict[str, float], count: int, every_seconds: float
) -> None:
    connections: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(Connection(address, token))
    begun = time.perf_counter()

    async def post(due: float) -> None:
        text, deposit_id, _ = tablet.deposit()
        connection = await connections.get()
        sent[deposit_id] = due
        status, answer = await connection.post("/v1/deposits", text.encode())
        connections.put_nowait(connection)
        if status != CREATED:
            message = f"status {status}, {answer[:500]!r}"
            raise RuntimeError(message)

    async with asyncio.TaskGroup() as posts:
        for number in range(count):
            due = begun + number * every_seconds
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            posts.create_task(post(due))
