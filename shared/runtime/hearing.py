"""What a service does with the events that it hears, batch by batch, each batch in one transaction.

A permanent failure ends in `dead_letter` and the partition moves on; a passing one is tried again, and so is one that
comes of a schema of another age; if one event spoils a batch, the batch is halved until the event is found.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import ConsumerRecord

from shared.contracts import Event
from shared.runtime import dead_letters, metrics
from shared.runtime.backoff import Backoff
from shared.runtime.database import SCHEMA_ERRORS, TRANSIENT_ERRORS, Database, Tx
from shared.runtime.envelope import KINDS, Kind, Poison, decode, event_class, header
from shared.runtime.tracing import continue_trace

log = structlog.get_logger()

# Below Kafka's max.poll.interval, after which the group would take the partitions away in the middle of a try.
RETRY_FOR_SECONDS = 60.0

Handler = Callable[[Tx, list[Any]], Awaitable[None]]
# A record that cannot be obeyed, and why.
SetAside = tuple[ConsumerRecord, Poison]


class UnacceptableEventError(Exception):
    """An event that contradicts what is known. It is set aside for a person; it will not become true by waiting.

    `then` runs in the transaction that sets it aside, for what must be written down about the contradiction itself.
    """

    def __init__(self, reason: str, then: Callable[[Tx], Awaitable[None]] | None = None) -> None:
        super().__init__(reason)
        self.then = then


@dataclass(frozen=True)
class Hearing:
    """Which topics a service listens to, and one handler for each class of event that it obeys."""

    group: str
    topics: tuple[str, ...]
    handlers: Mapping[type[Event], Handler]


@dataclass(frozen=True, slots=True)
class Heard:
    """A record that was understood."""

    record: ConsumerRecord
    event: Event


class AsSaid(list[Event]):
    """The events that a handler gets. `payloads` are their bytes in the same order, with fields we do not know yet."""

    def __init__(self) -> None:
        super().__init__()
        self.payloads: list[bytes] = []


class Hearer:
    """Turns batches of records into committed effects."""

    def __init__(self, service: str, hearing: Hearing, database: Database) -> None:
        self._service = service
        self._hearing = hearing
        self._database = database
        self.progress_at = time.monotonic()
        # A counter that begins with its first dead letter has not grown, and would call nobody.
        for kind in KINDS:
            metrics.DEAD_LETTERS.labels(service, kind)

    async def hear(self, records: Sequence[ConsumerRecord], missing: Sequence[SetAside] = ()) -> None:
        """Deal with every record, once and for all, and with those that Kafka no longer had (`continuity`).

        Raises only if the database stays away, or has a schema of another age, for a minute.
        """
        heard, poison = self._understand(records)
        continue_trace(_common_trace(records))
        await self._patiently(heard, [*missing, *poison])
        self.progress_at = time.monotonic()

    def _understand(self, records: Sequence[ConsumerRecord]) -> tuple[list[Heard], list[SetAside]]:
        heard: list[Heard] = []
        poison: list[SetAside] = []
        skipped = 0
        for record in records:
            kind = event_class(record)
            if kind is None or (not isinstance(kind, Poison) and kind not in self._hearing.handlers):
                skipped += 1
                continue
            event = kind if isinstance(kind, Poison) else decode(record, kind)
            if isinstance(event, Poison):
                poison.append((record, event))
            else:
                heard.append(Heard(record, event))
        if skipped:
            metrics.SKIPPED_EVENTS.labels(self._service).inc(skipped)
        return heard, poison

    async def _patiently(self, heard: list[Heard], poison: list[SetAside]) -> None:
        """Apply; after a passing failure try again with growing pauses."""
        if not heard and not poison:
            return
        backoff = Backoff(first_seconds=0.05, most_seconds=5)
        deadline = time.monotonic() + RETRY_FOR_SECONDS
        while True:
            try:
                await self._apply(heard, poison)
            except (*TRANSIENT_ERRORS, *SCHEMA_ERRORS) as error:
                if time.monotonic() > deadline:
                    raise
                metrics.HEARING_RETRIES.labels(self._service).inc()
                # Which column or table is missing helps whoever reads it, and names nobody.
                words = str(error) if isinstance(error, SCHEMA_ERRORS) else None
                log.warning("hearing_retried", error=type(error).__name__, words=words, events=len(heard))
                await backoff.sleep()
            else:
                return

    async def _apply(self, heard: list[Heard], poison: list[SetAside]) -> None:
        """Everything in one transaction; if a handler refuses, halves of it; one refused event is a dead letter."""
        try:
            async with self._database.transaction() as tx:
                if poison:
                    await dead_letters.set_aside(tx, poison)
                await self._handle(tx, heard)
        except (*TRANSIENT_ERRORS, *SCHEMA_ERRORS):
            raise
        except Exception as error:
            if not heard:
                raise
            if len(heard) > 1 or poison:
                await self._apply_in_parts(heard, poison)
                return
            await self._set_aside(heard[0], error)
        for _, letter in poison:
            metrics.DEAD_LETTERS.labels(self._service, letter.kind).inc()
            log.error("dead_letter", kind=letter.kind, error=letter.error)

    async def _apply_in_parts(self, heard: list[Heard], poison: list[SetAside]) -> None:
        if poison:
            await self._apply([], poison)
        middle = len(heard) // 2
        for half in (heard[:middle], heard[middle:]):
            if half:
                await self._apply(half, [])

    async def _set_aside(self, refused: Heard, error: Exception) -> None:
        kind: Kind = "refused" if isinstance(error, UnacceptableEventError) else "failed"
        reason = str(error) if kind == "refused" else f"{type(error).__name__}: {error}"
        event_id = str(refused.event.event_id)
        log.error("dead_letter", kind=kind, error=reason, event_id=event_id, exc_info=kind == "failed")
        async with self._database.transaction() as tx:
            await dead_letters.set_aside(tx, [(refused.record, Poison(kind, reason))])
            if isinstance(error, UnacceptableEventError) and error.then is not None:
                await error.then(tx)
        metrics.DEAD_LETTERS.labels(self._service, kind).inc()

    async def _handle(self, tx: Tx, heard: list[Heard]) -> None:
        """Hand the events over by class, in the order in which each class was first heard."""
        by_class: dict[type[Event], AsSaid] = {}
        for item in heard:
            events = by_class.get(type(item.event))
            if events is None:
                events = by_class[type(item.event)] = AsSaid()
            events.append(item.event)
            events.payloads.append(item.record.value)
        for kind, events in by_class.items():
            await self._hearing.handlers[kind](tx, events)
            metrics.HEARD_EVENTS.labels(self._service, kind.__name__).inc(len(events))

    async def replay(self, letter_id: int | None) -> tuple[int, int]:
        """Try dead letters again, each in its own transaction; returns (took effect, still refused).

        Behind one of kind `missing` stands nothing to try: named by its id, it is done with (runbook kafka-lost).
        """
        async with self._database.transaction() as tx:
            letters = [letter.id for letter in await dead_letters.waiting(tx, letter_id)]
        done = refused = 0
        for number in letters:
            if await self.replay_one(number):
                done += 1
            else:
                refused += 1
        return done, refused

    async def replay_one(self, number: int, then: Callable[[Tx], Awaitable[None]] | None = None) -> bool:
        """Try one dead letter again; `then` runs in the same transaction once it took effect. False: still refused."""
        try:
            async with self._database.transaction() as tx:
                for letter in await dead_letters.waiting(tx, number):
                    if letter.kind != "missing":
                        heard, poison = self._understand([letter.record])
                        if poison:
                            log.error("replay_refused", dead_letter=number, error=poison[0][1].error)
                            return False
                        await self._handle(tx, heard)
                    await dead_letters.mark_replayed(tx, number)
                    if then is not None:
                        await then(tx)
        except TRANSIENT_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the handler says, the letter stays and the next one is tried
            reason = f"{type(error).__name__}: {error}"
            log.error("replay_refused", dead_letter=number, error=reason)  # noqa: TRY400 - no stack, for a person
            return False
        return True


def _common_trace(records: Sequence[ConsumerRecord]) -> str | None:
    """The trace that all records share, if they do; a batch of many traces begins one of its own."""
    first = header(records[0].headers, "traceparent") if records else None
    last = header(records[-1].headers, "traceparent") if records else None
    return first if first == last else None
