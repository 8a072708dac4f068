"""The one place where a Kafka subscriber is made, with the cure for every trap of the client libraries.

- nack on error, earliest, explicit group, no auto-commit: a batch is committed after its transaction or not at all
- headers never reach FastStream's parser, which drops the whole batch over one that is null or not UTF-8
- the decoder hands the records over as they are, because a decoder that raises loops for ever
- no reply, because a record's `reply_to` header would make the consumer publish
- static membership by a slot that PostgreSQL locks, so that a restart takes no partition away from anybody
- shares of a time without one of the topics are not taken over by a restart, but given out anew (`shares`)
- revoked partitions wait for the batch in flight, so that it is not done twice
- a broker that cannot say yet what was committed is asked again, not believed to know of nothing (`loading`)
- what retention, a lost disk or a deletion took away before it was heard is noticed, not skipped (`continuity`)
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.kernel.ids import uuid7
from shared.runtime.backoff import Backoff
from shared.runtime.continuity import Continuity
from shared.runtime.database import TRANSIENT_ERRORS, Database
from shared.runtime.hearing import Hearer, Hearing, SetAside
from shared.runtime.loading import heed_loading
from shared.runtime.loops import end_if_cancelled
from shared.runtime.shares import all_are_given_out

log = structlog.get_logger()

RECORDS_PER_BATCH = 500
# A batch costs the same for ten events as for five hundred, in its transaction, in Kafka and in the client: after one
# with fewer than this, the next ones are given a moment to come together.
FEW_RECORDS = 100
GATHER_SECONDS = 0.002
SESSION_TIMEOUT_MS = 10_000
# How long a topic that is made, or made anew, while we listen can go unseen; the library's own measure is five minutes.
TOPICS_LOOKED_FOR_MS = 30_000
# A slow batch at the end of a shutdown still commits; far above the slowest batch that was measured (under 1 s).
GRACEFUL_TIMEOUT_SECONDS = 15.0
SLOT_LOCK = 7_465_002
SLOTS = 64
SLOT_CHECK_SECONDS = 1.0


class BatchInFlight(ConsumerRebalanceListener):
    """Holds a rebalance back until the batch in hand is committed."""

    def __init__(self, continuity: Continuity) -> None:
        self.lock = asyncio.Lock()
        self._continuity = continuity

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Wait for the batch; its offsets belong to partitions that are about to leave."""
        del revoked
        async with self.lock:
            return

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Positions come from the group's committed offsets, and so does what is due."""
        self._continuity.begin_again()
        log.info("partitions_assigned", count=len(assigned))


def subscribe(
    broker: KafkaBroker,
    hearing: Hearing,
    hear: Callable[[list[ConsumerRecord], Sequence[SetAside]], Awaitable[None]],
    *,
    instance: str,
    topic_prefix: str = "",
) -> Any:
    """Make the service's one subscriber on that broker; returns FastStream's subscriber object."""
    heed_loading()

    async def committed(partition: TopicPartition) -> int | None:
        consumer = subscriber.consumer
        if consumer is None:
            raise ConsumerStoppedError
        place: int | None = await consumer.committed(partition)
        return place

    continuity = Continuity(committed)
    in_flight = BatchInFlight(continuity)
    subscriber = broker.subscriber(
        *[topic_prefix + topic for topic in hearing.topics],
        batch=True,
        group_id=topic_prefix + hearing.group,
        group_instance_id=instance,
        session_timeout_ms=SESSION_TIMEOUT_MS,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        max_records=RECORDS_PER_BATCH,
        # The broker answers as soon as there is something and otherwise holds the question: with answers every 10 ms
        # "in case more comes together" six resting services and the broker took half a core. Coming together is
        # `hear_batch`'s matter.
        fetch_min_bytes=1,
        fetch_max_wait_ms=500,
        # A poll ends as soon as there is something; an empty one sleeps for another such time, so it bounds the
        # latency of a quiet topic.
        batch_timeout_ms=20,
        no_reply=True,
        listener=in_flight,
        parser=_parse,
        decoder=_decode,
    )

    @subscriber
    async def hear_batch(records: list[ConsumerRecord]) -> None:
        async with in_flight.lock:
            try:
                missing = await continuity.missing(records)
            except (KafkaError, ConsumerStoppedError):
                await asyncio.sleep(SLOT_CHECK_SECONDS)  # the records come again at once
                raise
            await hear(records, missing)
            continuity.heard()
            if len(records) < FEW_RECORDS:
                await asyncio.sleep(GATHER_SECONDS)

    return subscriber


async def _parse(records: tuple[ConsumerRecord, ...], original: Any) -> Any:
    message = await original((dataclasses.replace(records[0], headers=()),))
    message.raw_message = records
    return message


async def _decode(message: Any, original: Any) -> list[ConsumerRecord]:
    del original
    return list(message.raw_message)


class Listener:
    """Keeps a subscriber running as long as the process lives, through the loss of Kafka and of PostgreSQL."""

    def __init__(
        self,
        hearing: Hearing,
        hearer: Hearer,
        database: Database,
        bootstrap_servers: str,
        topic_prefix: str = "",
    ) -> None:
        self._hearing = hearing
        self._hearer = hearer
        self._database = database
        self._bootstrap_servers = bootstrap_servers
        self._topic_prefix = topic_prefix
        self._subscriber: Any = None
        self._backoff = Backoff(first_seconds=0.2, most_seconds=5)

    async def run(self) -> None:
        """Take a slot, listen until the slot is lost, begin again. Runs until cancelled."""
        while True:
            end_if_cancelled()
            try:
                connection = await self._database.dedicated()
                try:
                    slot = await self._take_slot(connection)
                    await self._listen(slot, connection)
                finally:
                    connection.terminate()
            except (KafkaError, *TRANSIENT_ERRORS) as error:
                log.warning(
                    "listening_interrupted", error=type(error).__name__, retry_seconds=self._backoff.next
                )
            await self._backoff.sleep()

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions that the group has given to this process."""
        consumer = self._subscriber.consumer if self._subscriber else None
        return frozenset(consumer.assignment()) if consumer else frozenset()

    async def _take_slot(self, connection: asyncpg.Connection) -> int:
        """The lowest number that no other process of this service holds."""
        while True:
            for slot in range(SLOTS):
                if await connection.fetchval("select pg_try_advisory_lock($1, $2)", SLOT_LOCK, slot):
                    return slot
            await asyncio.sleep(SLOT_CHECK_SECONDS)

    async def _instance(self, slot: int) -> str:
        """Who we are in the group: the one who was here before, unless the share it had leaves something to nobody."""
        topics = [self._topic_prefix + topic for topic in self._hearing.topics]
        instance = f"{self._hearing.group}-{slot}"
        if await all_are_given_out(self._bootstrap_servers, self._topic_prefix + self._hearing.group, topics):
            return instance
        log.warning("shared_out_anew", group=self._hearing.group, slot=slot)
        # A newcomer: all share anew, at the latest when the one who was here is given up.
        return f"{instance}-{uuid7().hex}"

    async def _listen(self, slot: int, connection: asyncpg.Connection) -> None:
        broker = KafkaBroker(
            self._bootstrap_servers,
            client_id=f"timbang-{self._hearing.group}-{slot}",
            allow_auto_create_topics=False,
            metadata_max_age_ms=TOPICS_LOOKED_FOR_MS,
            graceful_timeout=GRACEFUL_TIMEOUT_SECONDS,
            apply_types=False,
            logger=None,
            consumer_only=True,
        )
        self._subscriber = subscribe(
            broker,
            self._hearing,
            self._hearer.hear,
            instance=await self._instance(slot),
            topic_prefix=self._topic_prefix,
        )
        try:
            await broker.start()
            self._backoff.reset()
            log.info("listening", group=self._hearing.group, slot=slot)
            while True:
                await asyncio.sleep(SLOT_CHECK_SECONDS)
                await connection.fetchval("select 1")
        finally:
            self._subscriber = None
            with contextlib.suppress(KafkaError):
                await broker.stop()
