"""How far a relay has spoken in each partition, and whether Kafka still has that: an emptied one says nothing of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import RecordMetadata

from shared.runtime.envelope import partition_of
from shared.runtime.sent import LAST_SENT

LOOK_SECONDS = 5.0
# A broker that has just come back may count its records a moment before it has all of them.
SURE_AFTER_SECONDS = 1.0


class Reached:
    """The last place of each partition that was acknowledged; of what an earlier process sent, that it is there."""

    def __init__(self, bootstrap_servers: str, topic_prefix: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic_prefix = topic_prefix
        self._places: dict[TopicPartition, int] = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._looked_at = float("-inf")

    async def recall(
        self, connection: asyncpg.Connection, partitions_for: Callable[[str], Awaitable[set[int]]]
    ) -> None:
        """Begin with what the archive says was sent last. Raises KafkaError."""
        for row in await connection.fetch(LAST_SENT):
            topic = self._topic_prefix + row["topic"]
            partitions = len(await partitions_for(topic))
            for key in row["keys"]:
                self._places.setdefault(TopicPartition(topic, partition_of(key, partitions)), 0)
        self._looked_at = float("-inf")

    def note(self, results: Iterable[RecordMetadata | BaseException]) -> bool:
        """Go on to what was just acknowledged; True if a place was given out for the second time."""
        again = False
        for placed in results:
            if isinstance(placed, BaseException) or placed.offset < 0:
                continue
            again = again or placed.offset <= self._places.get(placed.topic_partition, -1)
            self._places[placed.topic_partition] = placed.offset
        return again

    async def is_lost(self) -> bool:
        """Whether Kafka ends before what it has acknowledged; asked every few seconds. Raises KafkaError."""
        if not self._places or time.monotonic() - self._looked_at < LOOK_SECONDS:
            return False
        lost = await self._ends_before() and await self._still_ends_before()
        self._looked_at = time.monotonic()
        return lost

    def forget(self) -> None:
        """It is said again from the beginning."""
        self._places = {}

    async def close(self) -> None:
        """Give the connection back."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _still_ends_before(self) -> bool:
        await asyncio.sleep(SURE_AFTER_SECONDS)
        return await self._ends_before()

    async def _ends_before(self) -> bool:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        ends = await self._consumer.end_offsets(self._places)
        return any(end <= self._places[place] for place, end in ends.items())
