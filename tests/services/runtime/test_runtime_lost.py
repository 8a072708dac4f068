"""What Kafka lost: a hearer notices that it is gone, and the relay sends again what Kafka no longer has."""

import asyncio
import dataclasses
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.local.topics import create_topics, delete_topics, read_topics
from shared.contracts import MemberRegistered
from shared.runtime import continuity, listening, reached
from shared.runtime.outbox import say
from shared.runtime.sent import send_again
from tests.services.runtime.stage import TOPIC, Stage, registered, sound, until
from tests.services.runtime.test_runtime_relay import event_id, first_times, said_by_key, say_one_by_one
from tests.services.runtime.test_runtime_two_ages import placed

REPOSITORY = Path(__file__).resolve().parents[3]


async def take_away(stage: Stage, before: int, partition: int = 0) -> None:
    """Delete the oldest records of a partition, as retention does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stage.stack.bootstrap_servers)
    await admin.start()
    try:
        place = TopicPartition(stage.prefix + TOPIC, partition)
        assert await admin.delete_records({place: RecordsToDelete(before)}) == {place: before}
    finally:
        await admin.close()


async def make_anew(stage: Stage) -> None:
    """Delete the topic and create it again, empty."""
    topics = [topic for topic in read_topics() if topic.name == TOPIC]
    await delete_topics(stage.stack.bootstrap_servers, [stage.prefix + topic.name for topic in topics])

    async def created() -> bool:  # the broker deletes when it gets to it
        made = await create_topics(stage.stack.bootstrap_servers, topics, stage.prefix)
        return bool(made) and await stage.published() == []

    await until(created, 60)


async def hear_all(stage: Stage) -> None:
    async with stage.listening():
        await stage.settled(60)


async def test_what_was_removed_before_it_was_heard_is_noticed(stage: Stage) -> None:
    events = [registered() for _ in range(25)]
    await stage.send(*map(sound, events[:10]))
    await hear_all(stage)
    await stage.send(*map(sound, events[10:20]))
    await take_away(stage, before=15)
    await stage.send(*map(sound, events[20:]))
    await hear_all(stage)
    assert await stage.heard() == {event.event_id: 1 for event in [*events[:10], *events[15:]]}
    (letter,) = await stage.rows("select * from dead_letter")
    assert (letter["kind"], letter["partition"], letter["record_offset"]) == ("missing", 0, 10)
    assert letter["error"].startswith("5 records from 10 on were gone from Kafka before they were heard")


async def test_uncured_it_is_skipped_without_a_word(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def blind(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(continuity.Continuity, "missing", blind)
    await stage.send(*[sound(registered()) for _ in range(10)])
    await take_away(stage, before=5)
    await hear_all(stage)
    assert len(await stage.heard()) == 5
    assert await stage.dead_letters() == []


async def test_a_new_hearer_notices_what_was_removed_before_its_time(stage: Stage) -> None:
    await stage.send(*[sound(registered()) for _ in range(10)], partition=3)
    await take_away(stage, before=4, partition=3)
    await hear_all(stage)
    assert len(await stage.heard()) == 6
    (letter,) = await stage.rows("select * from dead_letter")
    assert (letter["kind"], letter["partition"], letter["record_offset"]) == ("missing", 3, 0)


async def test_only_a_person_says_that_what_was_missing_has_come(stage: Stage) -> None:
    await stage.send(*[sound(registered()) for _ in range(3)])
    await take_away(stage, before=2)
    await hear_all(stage)
    number = await stage.value("select id from dead_letter")
    assert await stage.hearer().replay(None) == (0, 0)
    assert await stage.hearer().replay(number) == (1, 0)
    assert await stage.value("select replayed_at is not null from dead_letter")


async def test_a_topic_that_was_made_anew_under_a_hearer_is_read_from_its_beginning(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "TOPICS_LOOKED_FOR_MS", 1_000)
    before, after = [registered() for _ in range(10)], [registered() for _ in range(3)]
    async with stage.listening():
        await stage.send(*map(sound, before))
        await stage.settled(60)
        await make_anew(stage)
        await stage.send(*map(sound, after))

        async def all_heard() -> bool:
            return len(await stage.heard()) == 13

        await until(all_heard, 90)
    assert await stage.heard() == {event.event_id: 1 for event in [*before, *after]}
    # Whether it saw the topic away, and asked the group anew, or only saw it begin again, is a matter of moments.
    assert await stage.dead_letters() in ([], ["missing"])


async def test_a_partition_that_begins_again_is_noticed() -> None:
    asked = 0

    async def committed(place: TopicPartition) -> int | None:
        nonlocal asked
        asked += 1
        return {0: 10, 1: None}[place.partition]

    found = continuity.Continuity(committed)
    whole = [placed(sound(registered()), offset) for offset in range(10, 14)]
    assert await found.missing(whole) == []
    assert await found.missing(whole) == [], "what was not heard comes again"
    found.heard()
    assert asked == 2
    ((again, poison),) = await found.missing([placed(sound(registered()), 0)])
    assert (again.offset, poison.kind) == (14, "missing")
    assert "begins again at 0, though 14 was due" in poison.error
    found.heard()
    assert await found.missing([placed(sound(registered()), 1)]) == []
    # A hole in the middle of a batch, and one before the first record of a partition that nobody has committed.
    ((hole, _),) = await found.missing([placed(sound(registered()), 1), placed(sound(registered()), 3)])
    assert hole.offset == 2
    ((first, _),) = await found.missing([dataclasses.replace(placed(sound(registered()), 5), partition=1)])
    assert first.offset == 0
    found.begin_again()
    assert await found.missing(whole) == []


async def test_a_batch_whose_end_was_not_committed_comes_again_and_is_no_loss() -> None:
    async def committed(_: TopicPartition) -> int | None:
        return 10

    found = continuity.Continuity(committed)
    batch = [placed(sound(registered()), offset) for offset in range(10, 14)]
    assert await found.missing(batch) == []
    found.heard()
    assert await found.missing(batch) == []
    found.heard()
    ((again, _),) = await found.missing([placed(sound(registered()), 11)])
    assert again.offset == 14, "elsewhere than at the group's place"


async def test_a_kafka_that_was_emptied_gets_all_of_it_again_in_order(stage: Stage) -> None:
    events = [registered() for _ in range(30)]
    async with stage.relaying():
        await say_one_by_one(stage, events)
        await until(stage.outbox_is_empty)
    await make_anew(stage)
    async with stage.relaying():  # nothing new is said

        async def all_there() -> bool:
            return len(await stage.published()) == 30

        await until(all_there, 60)
        await until(stage.outbox_is_empty)
    assert first_times(await stage.published()) == said_by_key(events)
    assert await stage.value("select sum(event_count) from outbox_archive") == 30
    async with stage.relaying():  # and once is enough
        await say_one_by_one(stage, [registered()])
        await until(stage.outbox_is_empty)
    assert len(await stage.published()) == 31


@pytest.mark.parametrize("says", [False, True], ids=["nothing new", "something new"])
async def test_a_topic_that_was_made_anew_under_the_relay_gets_all_of_it_again(
    stage: Stage, says: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By looking, and by the places that it is given for what it says meanwhile."""
    monkeypatch.setattr(reached, "LOOK_SECONDS", 3_600 if says else 0.2)
    events = [registered() for _ in range(30)]
    member = events[0].member_id
    async with stage.relaying():
        await say_one_by_one(stage, [registered(member), *events])
        await until(stage.outbox_is_empty)
        await make_anew(stage)
        if says:
            await say_one_by_one(stage, [registered(member)])  # to a partition that it has spoken to

        async def all_there() -> bool:
            return len({event_id(record) for record in await stage.published()}) == 31 + says

        await until(all_there, 90)


async def test_uncured_what_kafka_lost_stays_lost(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def blind(*_: object) -> bool:
        return False

    monkeypatch.setattr(reached.Reached, "is_lost", blind)
    monkeypatch.setattr(reached.Reached, "note", lambda *_: False)
    async with stage.relaying():
        await say_one_by_one(stage, [registered() for _ in range(5)])
        await until(stage.outbox_is_empty)
    await make_anew(stage)
    async with stage.relaying():
        await say_one_by_one(stage, [registered()])
        await until(stage.outbox_is_empty)
    assert len(await stage.published()) == 1


async def test_what_was_sent_since_a_time_is_sent_again_by_command(stage: Stage) -> None:
    early, late = [registered() for _ in range(5)], [registered() for _ in range(7)]
    async with stage.relaying():
        await say_one_by_one(stage, early)
        await until(stage.outbox_is_empty)
    since = await stage.value("select clock_timestamp()")
    async with stage.relaying():
        await say_one_by_one(stage, late)
        await until(stage.outbox_is_empty)
    async with stage.database.transaction() as tx:
        assert [step async for step in send_again(tx, since)] == [7]
    async with stage.relaying():
        await until(stage.outbox_is_empty)
    records = await stage.published()
    assert len(records) == 19
    assert {event_id(record) for record in records[12:]} <= {event.event_id for event in [*early, *late]}
    assert await stage.value("select sum(event_count) from outbox_archive") == 12


async def test_many_rows_go_back_in_steps_and_all_of_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.runtime.sent.ROWS_PER_STEP", 4)
    async with stage.relaying():
        await say_one_by_one(stage, [registered() for _ in range(12)])
        await until(stage.outbox_is_empty)
    ids = await stage.value("select array_agg(id order by id) from outbox_archive")
    async with stage.database.connection() as held:  # the clock went back since then
        await held.execute("update outbox_archive set sent_at = sent_at + interval '1 hour'")
    async with stage.database.transaction() as tx:
        assert [step async for step in send_again(tx, datetime.now(UTC) + timedelta(days=1))] == [0]
        assert sum([step async for step in send_again(tx, None)]) == 12
    assert await stage.value("select array_agg(id order by id) from outbox") == ids
    async with stage.database.transaction() as tx:
        await say(tx, [registered()])
    assert await stage.value("select max(id) from outbox") > max(ids)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["deposit", "relay"], "relay needs --again-from"),
        (["deposit", "relay", "--again-from", "2026-11-20T06:00"], "has no time zone"),
        (["deposit", "relay", "--again-from", "yesterday"], "invalid"),
        (["web", "relay", "--again-from", "2026-11-20T06:00+07:00"], "web says nothing"),
    ],
)
async def test_the_command_asks_for_what_it_needs(stage: Stage, arguments: list[str], words: str) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services", *arguments],
        cwd=REPOSITORY,
        env={"DEPOSIT_DATABASE_URL": stage.database.url, "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert words in done.stderr


async def test_the_command_sends_again(stage: Stage) -> None:
    events = [registered() for _ in range(3)]
    async with stage.relaying():
        await say_one_by_one(stage, events)
        await until(stage.outbox_is_empty)
    command = [sys.executable, "-m", "services", "deposit", "relay", "--again-from", "2026-01-01T00:00+07:00"]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=REPOSITORY,
        env={"DEPOSIT_DATABASE_URL": stage.database.url, "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "3 events stand in the outbox again; the relay of deposit sends them\n"
    async with stage.relaying():
        await until(stage.outbox_is_empty)
    assert len(await stage.published()) == 6
    assert MemberRegistered.TOPIC == TOPIC
