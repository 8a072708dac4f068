"""Sends what the outbox holds to Kafka, in id order, until Kafka has it; one relay works per database.

A row leaves the outbox only when every earlier row is acknowledged too, so after any failure everything from the first
unacknowledged row on is sent again, in order: hearers see a fact more than once, never out of order.

What was sent stays in the archive for `ARCHIVE_DAYS`, because Kafka is not backed up: one that lost what it had gets it
from there again, by itself if it was emptied, by a person's command if only a part is gone (runbook kafka-lost).
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.runtime import metrics
from shared.runtime.backoff import Backoff
from shared.runtime.database import TRANSIENT_ERRORS, Database, take_lock
from shared.runtime.envelope import common_headers, partition_of
from shared.runtime.health import stuck
from shared.runtime.loops import end_if_cancelled
from shared.runtime.reached import Reached
from shared.runtime.sent import send_again

log = structlog.get_logger()

ROWS_PER_ROUND = 400
EVENTS_PER_ROUND = 4_000
# Other processes of the service may write without waking this one; half of what a person notices.
IDLE_POLL_SECONDS = 0.25
# A round costs the same for ten events as for five hundred, here, in Kafka and at every hearer. While much is said,
# what is said within a moment leaves together, and the more is said the longer that moment; a lone event still leaves
# at once, and so does what has been waiting since Kafka was away.
BUSY_EVENTS = 50
GATHER_SECONDS = 0.025
GATHER_SECONDS_MAX = 0.1
LOCK_RETRY_SECONDS = 1.0
# "timbang relay", once per database; PostgreSQL frees it when the connection ends, however it ends.
RELAY_LOCK = 7_465_001
ARCHIVE_DAYS = 35
ARCHIVE_SWEEP_SECONDS = 3_600
# An idempotent producer whose batch expired refuses every later record; it must outlive a broker's absence.
REQUEST_TIMEOUT_MS = 180_000
BATCH_BYTES_MAX = 524_288

_NEXT = """
select id, topic, event_ids, types, keys, payloads, traceparent, created_at from (
    select *, sum(event_count) over (order by id) - event_count as events_before
    from (select * from outbox order by id limit $1) as first_rows
) as rows where events_before < $2 order by id
"""
_ARCHIVE = """
with sent as (delete from outbox where id = any($1::bigint[]) returning *)
insert into outbox_archive (id, topic, event_count, event_ids, types, keys, payloads, traceparent, created_at)
select id, topic, event_count, event_ids, types, keys, payloads, traceparent, created_at from sent
"""
_SWEEP = "delete from outbox_archive where sent_at < now() - make_interval(days => $1)"


class Relay:
    """Runs until it is cancelled. Survives the loss of Kafka, of PostgreSQL and of its lock."""

    def __init__(
        self, database: Database, service: str, bootstrap_servers: str, topic_prefix: str = ""
    ) -> None:
        self._database = database
        self._service = service
        self._source = f"/timbang/{service}"
        self._bootstrap_servers = bootstrap_servers
        self._topic_prefix = topic_prefix
        self._wake = asyncio.Event()
        self._producer: AIOKafkaProducer | None = None
        self._reached = Reached(bootstrap_servers, topic_prefix)
        self._backoff = Backoff(first_seconds=0.1, most_seconds=5)
        self.progress_at = time.monotonic()
        metrics.SENT_AGAIN.labels(service)  # a counter that begins with its first loss has not grown

    def wake(self) -> None:
        """Look now: something was committed."""
        self._wake.set()

    def stuck(self) -> str | None:
        """Words if it neither sends, nor looks, nor fails any more: that Kafka is away is no fault of this process."""
        return stuck("the relay", self.progress_at + REQUEST_TIMEOUT_MS / 1_000)

    async def run(self) -> None:
        """Take the lock, then send; from the start again whenever something breaks."""
        try:
            while True:
                end_if_cancelled()
                try:
                    await self._relay_while_locked()
                except (KafkaError, *TRANSIENT_ERRORS) as error:
                    log.warning(
                        "relay_interrupted", error=type(error).__name__, retry_seconds=self._backoff.next
                    )
                    metrics.RELAY_FAILURES.labels(self._service).inc()
                    self.progress_at = time.monotonic()
                    await self._drop_producer()
                    await self._backoff.sleep()
        finally:
            await self._drop_producer()

    async def _relay_while_locked(self) -> None:
        connection = await self._database.dedicated()
        try:
            while not await take_lock(connection, RELAY_LOCK):
                self.progress_at = time.monotonic()
                await asyncio.sleep(LOCK_RETRY_SECONDS)
            swept_at = float("-inf")
            while True:
                sent, more = await self._round(connection)
                if time.monotonic() - swept_at > ARCHIVE_SWEEP_SECONDS:
                    await connection.execute(_SWEEP, ARCHIVE_DAYS)
                    swept_at = time.monotonic()
                if more:
                    continue
                if sent >= BUSY_EVENTS:
                    await asyncio.sleep(min(GATHER_SECONDS * sent / BUSY_EVENTS, GATHER_SECONDS_MAX))
                elif not sent:
                    await self._rest()
        finally:
            connection.terminate()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE_POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    async def _round(self, connection: asyncpg.Connection) -> tuple[int, bool]:
        """Send the first rows; returns how many events Kafka has and the archive took over, and if more are waiting."""
        rows = await connection.fetch(_NEXT, ROWS_PER_ROUND, EVENTS_PER_ROUND)
        metrics.OUTBOX_OLDEST.labels(self._service).set(rows[0]["created_at"].timestamp() if rows else 0)
        producer = self._producer
        if producer is None:
            producer = await self._new_producer()
            await self._reached.recall(connection, producer.partitions_for)
        if await self._reached.is_lost():
            await self._refill(connection)
            return 0, True
        if not rows:
            self.progress_at = time.monotonic()
            return 0, False
        batches, batches_by_row = await self._pack(producer, rows)
        results = await asyncio.gather(
            *[await producer.send_batch(batch, topic, partition=number) for batch, topic, number in batches],
            return_exceptions=True,
        )
        failed = {index for index, result in enumerate(results) if isinstance(result, BaseException)}
        acknowledged = []
        for row, used in zip(rows, batches_by_row, strict=True):
            if failed & used:
                break
            acknowledged.append(row)
        if acknowledged:
            await connection.execute(_ARCHIVE, [row["id"] for row in acknowledged])
            self.progress_at = time.monotonic()
            self._backoff.reset()
        if self._reached.note(results):
            await self._refill(connection)
        if failed:
            raise KafkaError(f"{len(failed)} of {len(batches)} record batches were not acknowledged")
        sent = sum(len(row["types"]) for row in acknowledged)
        metrics.RELAYED_EVENTS.labels(self._service).inc(sent)
        return sent, len(rows) == ROWS_PER_ROUND or sent >= EVENTS_PER_ROUND

    async def _pack(
        self, producer: AIOKafkaProducer, rows: list[asyncpg.Record]
    ) -> tuple[list[tuple[Any, str, int]], list[set[int]]]:
        """Record batches in sending order, and for each row the indexes of the batches that hold its events."""
        batches: list[tuple[Any, str, int]] = []
        open_batch: dict[tuple[str, int], int] = {}
        batches_by_row: list[set[int]] = []
        partitions: dict[str, int] = defaultdict(int)
        for row in rows:
            topic = self._topic_prefix + row["topic"]
            if topic not in partitions:
                partitions[topic] = len(await producer.partitions_for(topic))
            shared = common_headers(self._source, row["traceparent"], row["created_at"].isoformat())
            used: set[int] = set()
            for event_id, type_name, key, payload in zip(
                row["event_ids"], row["types"], row["keys"], row["payloads"], strict=True
            ):
                place = topic, partition_of(key, partitions[topic])
                headers = [("ce_type", type_name.encode()), ("ce_id", str(event_id).encode()), *shared]
                index = open_batch.get(place)
                if index is None or not _append(batches[index][0], key, payload, headers):
                    index = open_batch[place] = len(batches)
                    batches.append((producer.create_batch(), *place))
                    if not _append(batches[index][0], key, payload, headers):
                        raise AssertionError(f"event {event_id} does not fit an empty record batch")
                used.add(index)
            batches_by_row.append(used)
        return batches, batches_by_row

    async def _refill(self, connection: asyncpg.Connection) -> None:
        events = 0
        async with connection.transaction():
            async for step in send_again(connection, None):
                events += step
                self.progress_at = time.monotonic()
        self._reached.forget()
        metrics.SENT_AGAIN.labels(self._service).inc(events)
        log.error("kafka_was_emptied", events_sent_again=events)

    async def _new_producer(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            client_id=f"timbang-{self._service}-relay",
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            max_batch_size=BATCH_BYTES_MAX,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        self._producer = producer
        return producer

    async def _drop_producer(self) -> None:
        await self._reached.close()
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # Stopping flushes; what it could not flush is still in the outbox, so give up after a moment.
        with contextlib.suppress(TimeoutError, KafkaError):
            async with asyncio.timeout(2):
                await producer.stop()


def _append(batch: Any, key: str, payload: bytes, headers: list[tuple[str, bytes]]) -> bool:
    """False if the batch is full."""
    return batch.append(key=key.encode(), value=payload, timestamp=None, headers=headers) is not None
