"""A broker that was away says for a moment that it does not know yet what was committed; nothing comes of that."""

from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.commit import OffsetFetchRequest, OffsetFetchResponse_v3

from tests.services.runtime.stage import Stage, registered, sound

LOADING, NOT_COORDINATOR = 14, 16


@pytest.mark.parametrize("code", [LOADING, NOT_COORDINATOR])
async def test_what_was_heard_is_not_heard_again_because_the_broker_is_still_loading(
    stage: Stage, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = [registered() for _ in range(5)], [registered() for _ in range(5)]
    await stage.send(*map(sound, before))
    async with stage.listening():
        await stage.settled()
    ask, told = AIOKafkaClient.send, 0

    async def ask_one_that_loads(self: AIOKafkaClient, node: int, request: Any, **rest: Any) -> Any:
        nonlocal told
        if isinstance(request, OffsetFetchRequest) and request._partitions and told < 3:
            told += 1
            return OffsetFetchResponse_v3(throttle_time_ms=0, topics=[], error_code=code)
        return await ask(self, node, request, **rest)

    monkeypatch.setattr(AIOKafkaClient, "send", ask_one_that_loads)
    await stage.send(*map(sound, after))
    async with stage.listening():
        await stage.settled()
    assert told == 3
    assert await stage.dead_letters() == []
    assert await stage.heard() == {event.event_id: 1 for event in [*before, *after]}
