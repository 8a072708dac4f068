"""Records that could not be dealt with: kept whole, once each, until a person has them tried again.

A record is known by its place in Kafka and by what stands in it: in a Kafka that was made anew another record may come
to stand at the same place, and is another letter.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from aiokafka import ConsumerRecord

from shared.runtime.database import Tx
from shared.runtime.envelope import Poison

_INSERT = """
insert into dead_letter (topic, partition, record_offset, key, headers, payload, kind, error)
select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[], $5::jsonb[], $6::bytea[], $7::text[], $8::text[])
on conflict (topic, partition, record_offset) do nothing
"""
# No record has a place below 0, so the older letter is in nobody's way there; its words say where it stood.
_GIVE_UP_PLACE = """
update dead_letter
set record_offset = -id, error = left(error, 1900) || ' (stood at ' || record_offset || ' of a Kafka that is no more)'
where topic = $1 and partition = $2 and record_offset = $3
  and (key, headers, payload) is distinct from ($4::bytea, $5::jsonb, $6::bytea)
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that was set aside, whole, and what became of it."""

    id: int
    record: ConsumerRecord
    kind: str
    error: str
    heard_at: datetime
    replayed_at: datetime | None


async def set_aside(tx: Tx, letters: Sequence[tuple[ConsumerRecord, Poison]]) -> None:
    """Keep the records, in the transaction that deals with the rest of their batch."""
    rows = [
        (
            record.topic,
            record.partition,
            record.offset,
            record.key,
            _headers_as_json(record),
            record.value,
            poison.kind,
            _storable(poison.error),
        )
        for record, poison in letters
    ]
    done = await tx.execute(_INSERT, *map(list, zip(*rows, strict=True)))
    if done == f"INSERT 0 {len(rows)}":
        return
    # Some places are taken: by the same record, which was heard before, or by one of a Kafka that is no more.
    for row in rows:
        await tx.execute(_GIVE_UP_PLACE, *row[:6])
        await tx.execute(_INSERT, *[[value] for value in row])


async def waiting(tx: Tx, letter_id: int | None) -> list[Letter]:
    """Dead letters that were not replayed yet, oldest first, locked; one of them if an id is given.

    Without an id those of kind `missing` are left out: there is nothing to try, only a person to say that it is done.
    """
    rows = await tx.fetch(
        "select * from dead_letter where replayed_at is null and (id = $1 or $1::bigint is null and kind <> 'missing') "
        "order by id for update",
        letter_id,
    )
    return [_as_letter(row) for row in rows]


async def page(tx: Tx, after: int, limit: int) -> list[Letter]:
    """Some of those that were not replayed yet, oldest first, behind an id."""
    rows = await tx.fetch(
        "select * from dead_letter where replayed_at is null and id > $1 order by id limit $2", after, limit
    )
    return [_as_letter(row) for row in rows]


async def find(tx: Tx, letter_id: int) -> Letter | None:
    """One, replayed or not; None if there is none."""
    row = await tx.fetchrow("select * from dead_letter where id = $1", letter_id)
    return None if row is None else _as_letter(row)


async def mark_replayed(tx: Tx, letter_id: int) -> None:
    """Note that a dead letter took effect after all."""
    await tx.execute("update dead_letter set replayed_at = now() where id = $1", letter_id)


def _storable(words: str) -> str:
    # A text in PostgreSQL holds neither NUL nor half a character: such words must not block the partition.
    return words[:2000].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _headers_as_json(record: ConsumerRecord) -> str:
    # Latin-1 maps every byte to one character and back, so that a header which is not UTF-8 is kept exactly.
    return json.dumps(
        [[key, None if value is None else value.decode("latin-1")] for key, value in record.headers]
    ).replace("\\u0000", "\\ufffd")


def _as_letter(row: asyncpg.Record) -> Letter:
    return Letter(row["id"], _as_record(row), row["kind"], row["error"], row["heard_at"], row["replayed_at"])


def _as_record(row: asyncpg.Record) -> ConsumerRecord:
    headers = tuple(
        (key, None if value is None else value.encode("latin-1", "replace"))
        for key, value in json.loads(row["headers"])
    )
    return ConsumerRecord(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["record_offset"],
        timestamp=0,
        timestamp_type=0,
        key=row["key"],
        value=row["payload"],
        checksum=None,
        serialized_key_size=len(row["key"] or b""),
        serialized_value_size=len(row["payload"] or b""),
        headers=headers,
    )
