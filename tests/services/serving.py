"""Applications behind real sockets, up and down without a moment's waiting."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from shared.runtime.http import KEEP_ALIVE_SECONDS

START_SECONDS = 60.0


class PromptServer(uvicorn.Server):
    """Ends as soon as it is told to; uvicorn itself looks ten times a second."""

    def __init__(self, app: FastAPI, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                port=port,
                log_level="error",
                log_config=None,
                access_log=False,
                ws="none",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
            )
        )
        self.told_to_end = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until told to end."""
        await self.on_tick(0)
        await self.told_to_end.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(*doors: tuple[FastAPI, int]) -> AsyncIterator[list[str]]:
    """Serve each application on its port of this machine; gives their addresses, in that order."""
    servers = [PromptServer(app, port) for app, port in doors]
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    try:
        async with asyncio.timeout(START_SECONDS):
            while not all(server.started for server in servers):
                for task in tasks:
                    if task.done():
                        await task
                await asyncio.sleep(0.005)
        yield [f"http://127.0.0.1:{port}" for _, port in doors]
    finally:
        for server in servers:
            server.told_to_end.set()
        await asyncio.gather(*tasks)
