"""How far every hearer is behind, asked of Kafka: committed offsets of its group against the ends of its topics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from tests.verify.hearers import Hearer
from tests.verify.topics import TOPICS


@dataclass(frozen=True)
class Standing:
    """One look at Kafka: where each partition ends, and how many records each service has still to hear."""

    ends: Mapping[TopicPartition, int]
    lag: Mapping[str, int]

    @property
    def behind(self) -> Mapping[str, int]:
        """Only those services that have something to hear."""
        return {service: records for service, records in self.lag.items() if records}


async def partitions_of(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    """Every partition of the topics. A topic that does not exist has none."""
    found = []
    for topic in topics:
        # The public call answers only for topics that the consumer subscribed to.
        numbers = await consumer._client._wait_on_metadata(topic) or ()
        found += [TopicPartition(topic, number) for number in sorted(numbers)]
    return found


async def standing(bootstrap_servers: str, hearers: Mapping[str, Hearer], prefix: str = "") -> Standing:
    """Look once. Raises aiokafka's KafkaError if Kafka is away."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await consumer.start()
    try:
        await admin.start()
        ends = await consumer.end_offsets(await partitions_of(consumer, [prefix + topic for topic in TOPICS]))
        lag = {}
        for service, hearer in hearers.items():
            committed = await admin.list_consumer_group_offsets(prefix + service)
            heard = {place: meta.offset for place, meta in committed.items() if meta.offset >= 0}
            lag[service] = sum(
                end - heard.get(place, 0)
                for place, end in ends.items()
                if place.topic.removeprefix(prefix) in hearer.topics
            )
        return Standing(ends, lag)
    finally:
        await admin.close()
        await consumer.stop()
