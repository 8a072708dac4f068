"""How long a deposit takes from the tablet's request until its credit is committed and told, at a steady rate."""

import asyncio
import json
import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts import CreditPosted
from shared.contracts.credits import CREDITS_TOPIC
from tests.load.client import Connection
from tests.load.tablets import Tablet

CONNECTIONS = 32
DRAIN_SECONDS = 30.0
CREATED = 201


async def heard_to_credited(
    bootstrap_servers: str, tablet: Tablet, address: str, token: str, *, per_second: int, seconds: float
) -> list[float]:
    """Milliseconds for each deposit, sorted: from sending a single POST until CreditPosted arrives over Kafka.

    Open loop: requests leave on time, whatever happened to the ones before. It is an upper bound of what the bar
    asks for (heard until committed): it also holds the request's way in and the event's way out.
    """
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
        return sorted(1_000 * one for one in took.values())
    finally:
        await heard.stop()


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
