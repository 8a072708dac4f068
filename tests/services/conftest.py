"""The services' tests run on the loop that the services run on."""

import asyncio
from collections.abc import Callable, Mapping

import uvloop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of `shared.runtime.service.run`; it also takes less of a core than asyncio's own."""
    return {"uvloop": uvloop.new_event_loop}
