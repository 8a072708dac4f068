"""Events are kept byte for byte as they were said, once each, whatever arrives."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from services.adoption.consumers import hearing
from shared.contracts import Event
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from tests.services.adoption.field_chronicle import chronicle


def record(event: Event, offset: int, **more: Any) -> ConsumerRecord:
    value = json.dumps({**json.loads(event.model_dump_json()), **more}).encode()
    return ConsumerRecord(
        topic=event.TOPIC,
        partition=0,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=event.key.encode(),
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=len(value),
        headers=(("ce_type", event.TYPE.encode()), ("ce_id", str(event.event_id).encode())),
    )


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("adoption"))
    await opened.open()
    yield opened
    await opened.close()


async def test_a_field_that_a_newer_sender_added_is_not_lost(database: Database) -> None:
    said = chronicle(7)
    hearer = Hearer("adoption", hearing(), database)
    await hearer.hear([record(event, offset, said_by="a later version") for offset, event in enumerate(said)])
    async with database.reading() as tx:
        rows = await tx.fetch("select event_id, type, payload::text from stored_event")
        assert await tx.fetchval("select count(*) from dead_letter") == 0
    assert {row["event_id"] for row in rows} == {event.event_id for event in said}
    assert len(rows) == len(said)
    assert {json.loads(row["payload"])["said_by"] for row in rows} == {"a later version"}


async def test_what_is_heard_twice_is_kept_once_in_a_batch_and_across_batches(database: Database) -> None:
    said = chronicle(8)
    hearer = Hearer("adoption", hearing(), database)
    records = [record(event, offset) for offset, event in enumerate(said)]
    for batch in (records[: len(records) // 2] * 2, records, records[::-1]):
        await hearer.hear(batch)
    async with database.reading() as tx:
        kept = await tx.fetch("select event_id from stored_event")
    assert sorted(row["event_id"] for row in kept) == sorted(event.event_id for event in said)
