"""Who opens a connection and does not come to the point is hung up on, and everybody else is served meanwhile."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI, Request

from deploy.local.settings import REPOSITORY
from shared.runtime import hurried
from shared.runtime.hurried import Hurried
from tests.services.serving import free_port

HOST = b"Host: x\r\n"
LAST = b"POST / HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: 2\r\n\r\nab"
WHOLE = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nab"
PATIENT_SECONDS = 30.0


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A door that answers how many bytes came."""
    app = FastAPI()

    @app.post("/")
    async def count(request: Request) -> int:
        return len(await request.body())

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(0.6)
        return "at last"

    number = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=number, http=Hurried, ws="none", log_config=None, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(PATIENT_SECONDS):
        while not server.started:
            await asyncio.sleep(0.01)
    yield number
    server.should_exit = True
    await serving


async def said_by(port: int, *pieces: bytes) -> bytes:
    """All that the door says to these pieces until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENT_SECONDS):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await reader.read()
    finally:
        writer.close()


async def test_a_head_has_a_size(port: int) -> None:
    endless = [b"POST / HTTP/1.1\r\n" + HOST + b"X: ", *[b"x" * 100_000] * 100]
    try:
        said = await said_by(port, *endless)
    except ConnectionError:  # it hung up while we were still speaking
        said = b""
    assert said == b"" or said.startswith(b"HTTP/1.1 431 ")
    assert (await said_by(port, WHOLE + LAST)).endswith(b"2")


@pytest.mark.parametrize("head", [b"", b"P", b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: l"])
async def test_who_never_ends_the_head_is_hung_up_on(
    port: int, head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hurried, "HEAD_SECONDS", 0.2)
    assert await said_by(port, head) == b""


async def test_who_begins_a_second_request_and_never_ends_it_is_hung_up_on(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(PATIENT_SECONDS):
        writer.write(WHOLE)
        assert (await reader.readuntil(b"\r\n\r\n2")).startswith(b"HTTP/1.1 200 OK")
        monkeypatch.setattr(hurried, "HEAD_SECONDS", 0.2)
        writer.write(b"POST / HT")
        assert await reader.read() == b""
    writer.close()


async def test_who_never_ends_the_body_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hurried, "BODY_SECONDS", 0.2)
    begun = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\nabc"
    assert b"200 OK" not in await said_by(port, begun)


async def test_an_answer_takes_as_long_as_it_takes(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hurried, "BODY_SECONDS", 0.2)
    slowly = b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n"
    said = await said_by(port, slowly + WHOLE + WHOLE + LAST)
    assert said.count(b"200 OK") == 4


def test_a_process_takes_the_room_that_its_user_may_have() -> None:
    code = (
        "import resource; from shared.runtime.hurried import take_room\n"
        "_, most = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, min(most, 500) if most > 0 else 500))\n"
        "take_room(); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "500\n"
