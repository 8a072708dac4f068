"""What runs beside a door ends when it is told to, even if a library loses that for it: aiokafka does, as it closes."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared.runtime import lag
from shared.runtime.lag import LagProbe
from shared.runtime.listening import Listener
from shared.runtime.outbox import say
from shared.runtime.relay import Relay
from tests.services.runtime.stage import Stage, registered


class SlowToClose:
    """Closing something, as aiokafka does: a cancellation that arrives meanwhile is kept back."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    def before(self, close: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def closed(given: Any) -> None:
            if not self.begun.is_set():
                self.begun.set()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(60)
            await close(given)

        return closed


async def ends(loop: Callable[[], Awaitable[None]], closing: SlowToClose) -> bool:
    """Whether it ends if it is told to while it closes something."""
    running = asyncio.ensure_future(loop())
    await asyncio.wait_for(closing.begun.wait(), 30)
    running.cancel()
    await asyncio.wait([running], timeout=20)
    ended = running.done()
    while not running.done():
        running.cancel()
        await asyncio.wait([running], timeout=1)
    return ended


async def refuse(*_: Any, **__: Any) -> None:
    raise KafkaError("for ever")


async def test_a_relay_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    closing = SlowToClose()
    monkeypatch.setattr(AIOKafkaProducer, "send_batch", refuse)
    monkeypatch.setattr(AIOKafkaProducer, "stop", closing.before(AIOKafkaProducer.stop))
    async with stage.database.transaction() as tx:
        await say(tx, [registered()])
    relay = Relay(stage.database, "stage", stage.stack.bootstrap_servers, stage.prefix)
    assert await ends(relay.run, closing)


async def test_a_listener_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    closing = SlowToClose()

    async def listen(*_: Any) -> None:
        await closing.before(refuse)(None)

    monkeypatch.setattr(Listener, "_listen", listen)
    listener = Listener(
        stage.hearing, stage.hearer(), stage.database, stage.stack.bootstrap_servers, stage.prefix
    )
    assert await ends(listener.run, closing)


async def test_a_probe_of_the_lag_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    closing = SlowToClose()
    monkeypatch.setattr(lag, "ASK_SECONDS", 0.01)
    monkeypatch.setattr(AIOKafkaConsumer, "start", refuse)
    monkeypatch.setattr(AIOKafkaConsumer, "stop", closing.before(AIOKafkaConsumer.stop))
    assert await ends(LagProbe("stage", "stage", ("nothing",), "127.0.0.1:1").run, closing)


async def test_aiokafka_still_keeps_a_cancellation_to_itself() -> None:
    """If this fails, it has been mended there, and `end_if_cancelled` may go."""
    client = AIOKafkaClient(bootstrap_servers="127.0.0.1:1")
    slow = asyncio.Event()

    async def synchronize() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        slow.set()
        await asyncio.sleep(0.5)

    client._sync_task = asyncio.ensure_future(synchronize())
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(client.close())
    await slow.wait()
    closing.cancel()
    await asyncio.wait([closing])
    assert not closing.cancelled()
