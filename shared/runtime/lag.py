"""How far a service is behind Kafka, asked of Kafka itself and not of the consumer, which may be stuck."""

import asyncio
import time

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.runtime import metrics
from shared.runtime.loops import end_if_cancelled

log = structlog.get_logger()

ASK_SECONDS = 5.0


class LagProbe:
    """Asks every few seconds. While Kafka is away nothing is known, and nothing is held against the service."""

    def __init__(self, service: str, group: str, topics: tuple[str, ...], bootstrap_servers: str) -> None:
        self._service = service
        self._group = group
        self._topics = topics
        self._bootstrap_servers = bootstrap_servers
        self.by_partition: dict[TopicPartition, int] = {}
        self.behind_since: dict[TopicPartition, float] = {}

    async def run(self) -> None:
        """Ask until cancelled; connect anew after any failure."""
        while True:
            end_if_cancelled()
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
            admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap_servers)
            try:
                await consumer.start()
                await admin.start()
                while True:
                    await self._ask(consumer, admin)
                    await asyncio.sleep(ASK_SECONDS)
            except (KafkaError, OSError, TimeoutError) as error:
                self.by_partition, self.behind_since = {}, {}
                log.info("lag_unknown", error=type(error).__name__)
                await asyncio.sleep(ASK_SECONDS)
            finally:
                await consumer.stop()
                await admin.close()

    async def _ask(self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient) -> None:
        partitions = [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in await admin.describe_topics(list(self._topics))
            for partition in topic["partitions"]
        ]
        ends = await consumer.end_offsets(partitions) if partitions else {}
        committed = await admin.list_consumer_group_offsets(self._group)
        now = time.monotonic()
        self.by_partition = {
            partition: end - (committed[partition].offset if partition in committed else 0)
            for partition, end in ends.items()
        }
        self.behind_since = {
            partition: self.behind_since.get(partition, now)
            for partition, lag in self.by_partition.items()
            if lag > 0
        }
        metrics.HEARING_LAG.labels(self._service).set(sum(self.by_partition.values()))
