"""Other services that deposit asks, with their real doors open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from shared.runtime.service import Service
from tests.builders import TokenMint


@asynccontextmanager
async def open_to_callers(service: Service, mint: TokenMint) -> AsyncIterator[str]:
    """The service's door on a port of this machine; gives its address."""
    service.tokens = mint.tokens
    config = uvicorn.Config(
        service.application(frozenset({"door"})), port=0, log_level="error", lifespan="on", ws="none"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(20):
            while not server.started:
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
