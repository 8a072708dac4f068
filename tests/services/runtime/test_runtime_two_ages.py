"""A release and a database of two ages, a commit whose answer is lost, and places in Kafka that are taken twice."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest
from aiokafka import ConsumerRecord

from shared.contracts import MemberRegistered
from shared.runtime import dead_letters, hearing
from shared.runtime.database import Tx
from shared.runtime.envelope import Poison
from tests.services.runtime.stage import TOPIC, Record, Stage, note, registered, sound, until

SCHEMA_OF_TOMORROW = {
    "column": ("select wished_for from heard limit 1", "alter table heard add column wished_for integer"),
    "table": ("select 1 from wished_for", "create table wished_for (id integer)"),
    "function": ("select wished_for()", "create function wished_for() returns integer return 1"),
    "schema": ("select 1 from wished.far", "create schema wished; create table wished.far (id integer)"),
}


@pytest.mark.parametrize("name", SCHEMA_OF_TOMORROW)
async def test_events_wait_for_a_schema_that_is_not_there_yet(stage: Stage, name: str) -> None:
    statement, migration = SCHEMA_OF_TOMORROW[name]
    tried = 0

    async def of_tomorrow(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        nonlocal tried
        tried += 1
        await note(tx, heard)
        await tx.execute(statement)

    async def often() -> bool:
        return tried >= 3

    stage.handlers[MemberRegistered] = of_tomorrow
    events = [registered() for _ in range(5)]
    await stage.send(*map(sound, events))
    async with stage.listening():
        await until(often)
        assert await stage.dead_letters() == []
        async with stage.database.connection() as held:
            await held.execute(migration)
        await stage.settled(60)
    assert await stage.heard() == {event.event_id: 1 for event in events}
    assert await stage.dead_letters() == []


async def test_events_wait_for_a_role_that_may_not_write_yet(stage: Stage) -> None:
    # As after a restore by somebody else: the tables are there and not ours.
    tried = 0

    async def forbidden(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        nonlocal tried
        tried += 1
        await note(tx, heard)
        raise asyncpg.InsufficientPrivilegeError("permission denied for table heard")

    async def often() -> bool:
        return tried >= 3

    stage.handlers[MemberRegistered] = forbidden
    event = registered()
    await stage.send(sound(event))
    async with stage.listening():
        await until(often)
        stage.handlers[MemberRegistered] = note
        await stage.settled(60)
    assert await stage.heard() == {event.event_id: 1}
    assert await stage.dead_letters() == []


async def test_uncured_a_schema_of_another_age_makes_dead_letters(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def of_tomorrow(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        del heard
        await tx.execute("select 1 from wished_for")

    monkeypatch.setattr(hearing, "SCHEMA_ERRORS", ())
    stage.handlers[MemberRegistered] = of_tomorrow
    await stage.send(sound(registered()))

    async def set_aside() -> bool:
        return await stage.dead_letters() == ["failed"]

    async with stage.listening():
        await until(set_aside)


async def test_what_kafka_must_give_again_comes_whole_from_every_partition(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The patience of one try is over at once, so that every failure is a nack to Kafka.
    monkeypatch.setattr(hearing, "RETRY_FOR_SECONDS", 0.0)
    failures = 6

    async def at_first_not(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        nonlocal failures
        await note(tx, heard)
        if failures:
            failures -= 1
            raise asyncpg.UndefinedTableError("relation is not there yet")

    stage.handlers[MemberRegistered] = at_first_not
    events = [[registered() for _ in range(7)] for _ in range(12)]
    for partition, some in enumerate(events):
        await stage.send(*map(sound, some), partition=partition)
    async with stage.listening():
        await stage.settled(60)
    assert failures == 0
    assert await stage.heard() == {event.event_id: 1 for some in events for event in some}
    order = [row["event_id"] for row in await stage.rows("select event_id from heard_order order by id")]
    for some in events:
        ids = [event.event_id for event in some]
        assert [each for each in order if each in ids] == ids
    assert await stage.dead_letters() == []


async def test_an_answer_to_a_commit_that_is_lost_makes_a_repetition_and_no_dead_letter(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = asyncpg.transaction.Transaction._Transaction__commit
    lost = 0

    async def committed_and_gone(self: Any) -> None:
        nonlocal lost
        await commit(self)
        if not lost:
            lost += 1
            self._connection.terminate()
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    event = registered()
    await stage.send(sound(event))
    monkeypatch.setattr(asyncpg.transaction.Transaction, "_Transaction__commit", committed_and_gone)
    async with stage.listening():
        await stage.settled(60)
    assert lost == 1
    assert await stage.heard() == {event.event_id: 2}, "hearers must know what they have heard"
    assert await stage.dead_letters() == []


def placed(record: Record, offset: int) -> ConsumerRecord:
    return ConsumerRecord(
        TOPIC, 0, offset, 0, 0, b"key", record.value, None, 0, len(record.value or b""), record.headers
    )


async def letters(stage: Stage) -> list[tuple[bytes, bool]]:
    """What is kept, and whether it still has the place of its record."""
    rows = await stage.rows("select payload, record_offset from dead_letter order by id")
    return [(row["payload"], row["record_offset"] >= 0) for row in rows]


async def test_another_record_at_an_old_place_is_another_letter(stage: Stage) -> None:
    hearer = stage.hearer()
    first, second = (dataclasses.replace(sound(registered()), value=words) for words in (b"[1", b"[2"))
    for _ in range(2):  # the same record again is the same letter
        await hearer.hear([placed(first, 5)])
    assert await letters(stage) == [(b"[1", True)]
    async with stage.database.connection() as held:
        await held.execute("update dead_letter set replayed_at = now()")
    for _ in range(2):  # Kafka was made anew
        await hearer.hear([placed(second, 5), placed(second, 6)])
    assert await letters(stage) == [(b"[1", False), (b"[2", True), (b"[2", True)]
    assert "(stood at 5 of a Kafka that is no more)" in await stage.value(
        "select error from dead_letter order by id limit 1"
    )
    await hearer.hear([placed(first, 5)])  # and once more
    assert [payload for payload, _ in await letters(stage)] == [b"[1", b"[2", b"[2", b"[1"]


async def test_a_sound_event_that_was_refused_keeps_its_letter_beside_the_one_at_its_place(
    stage: Stage,
) -> None:
    async def refuse(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        del tx, heard
        raise hearing.UnacceptableEventError("contradicts what is known")

    stage.handlers[MemberRegistered] = refuse
    events = [registered() for _ in range(3)]
    for event in events:
        await stage.hearer().hear([placed(sound(event), 7)])
    stage.handlers[MemberRegistered] = note
    assert await stage.hearer().replay(None) == (3, 0)
    assert await stage.heard() == {event.event_id: 1 for event in events}


async def test_two_letters_for_one_place_in_one_transaction_are_both_kept(stage: Stage) -> None:
    async with stage.database.transaction() as tx:
        both = [(placed(Record(value, ()), 9), Poison("payload", "x")) for value in (b"a", b"b")]
        await dead_letters.set_aside(tx, both)
    assert [payload for payload, _ in await letters(stage)] == [b"a", b"b"]
