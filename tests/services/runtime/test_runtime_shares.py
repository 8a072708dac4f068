"""A topic that was deleted and made again is heard again: a restart keeps its share only if nothing is left over."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from deploy.local.topics import create_topics, delete_topics, read_topics
from shared.runtime import listening
from shared.runtime.shares import all_are_given_out
from tests.services.runtime.stage import GROUP, TOPIC, Stage, registered, sound, until


async def whole(stage: Stage) -> bool:
    return await all_are_given_out(
        stage.stack.bootstrap_servers, stage.prefix + GROUP, [stage.prefix + TOPIC]
    )


async def test_partitions_that_are_nobodys_are_seen(stage: Stage) -> None:
    await stage.send(sound(registered()))
    async with stage.listening():
        await stage.settled()
        assert await whole(stage)
        admin = AIOKafkaAdminClient(bootstrap_servers=stage.stack.bootstrap_servers)
        await admin.start()
        before = len((await admin.describe_topics([stage.prefix + TOPIC]))[0]["partitions"])
        await admin.create_partitions({stage.prefix + TOPIC: NewPartitions(before + 1)})

        async def seen() -> bool:
            return not await whole(stage)

        await until(seen)
        await admin.close()


@pytest.mark.soak
async def test_a_topic_that_was_deleted_for_a_while_is_heard_after_the_next_start(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "TOPICS_LOOKED_FOR_MS", 500)
    topics = [topic for topic in read_topics() if topic.name == TOPIC]
    await stage.send(sound(registered()))
    async with stage.listening() as listener:
        await stage.settled()
        await delete_topics(stage.stack.bootstrap_servers, [stage.prefix + TOPIC])

        async def given_up() -> bool:
            return not listener.assignment()

        await until(given_up, 60)

    async def created() -> bool:  # the broker deletes when it gets to it
        return bool(await create_topics(stage.stack.bootstrap_servers, topics, stage.prefix))

    await until(created, 60)
    again = [registered() for _ in range(5)]
    await stage.send(*map(sound, again))
    async with stage.listening():
        await stage.settled(60)
    assert set(await stage.heard()) >= {event.event_id for event in again}
