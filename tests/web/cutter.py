"""A line between browser and server that fails as lines in the field do: on purpose, at a known moment, countably."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Self
from urllib.parse import urlsplit

HEAD_BYTES_MAX = 64 * 1024


class Line(Enum):
    """How the line is."""

    GOOD = "good"
    HANGS_UP = "hangs up"  # every connection is closed at once
    STALLS = "stalls"  # half open: bytes go in, nothing ever comes out
    LOSES_REPLIES = "loses replies"  # the server hears and answers, the browser never learns what


@dataclass(frozen=True)
class Request:
    """What the browser asked."""

    method: str
    path: str


@dataclass(frozen=True)
class Exchange:
    """One request that reached the server, its status there, and whether the browser was told."""

    request: Request
    status: int
    told: bool


class Cutter:
    """A proxy for plain HTTP on a port of its own. Every request travels on a connection of its own."""

    def __init__(self, upstream: str) -> None:
        """`upstream` is http://host:port. Use it as an async context manager."""
        self._upstream = urlsplit(upstream)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._line = Line.GOOD
        self._open: set[asyncio.StreamWriter] = set()
        self._lose: list[Callable[[Request], bool]] = []
        self.exchanges: list[Exchange] = []
        # What was asked while the line hung half open.
        self.hung: list[Request] = []

    @property
    def address(self) -> str:
        """Where the browser finds the server."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        """Listen on a free port; after `shut`, `reopen` takes the same one."""
        await self.reopen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up and stop."""
        await self.shut()

    async def reopen(self) -> None:
        """Listen again where it listened before."""
        self._line = Line.GOOD
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, limit=HEAD_BYTES_MAX, reuse_address=True
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """The server's socket is closed: from now on a connection is refused."""
        if self._server is not None:
            self._server.close()
            self._hang_up()
            await asyncio.wait_for(self._server.wait_closed(), 10)
            self._server = None

    def become(self, line: Line) -> None:
        """From now on the line is like this, for connections that are open as well."""
        self._line = line
        if line is Line.HANGS_UP:
            self._hang_up()

    def lead_to(self, upstream: str) -> None:
        """From now on another server answers at this address."""
        self._upstream = urlsplit(upstream)

    def lose_reply(self, when: Callable[[Request], bool]) -> None:
        """Lose the reply to the next request of this kind, once the server has carried it out."""
        self._lose.append(when)

    def told(self, path: str) -> list[Exchange]:
        """The exchanges whose path begins so."""
        return [each for each in self.exchanges if each.request.path.startswith(path)]

    @contextlib.asynccontextmanager
    async def flapping(self, seed: int, seconds_max: float = 0.6) -> AsyncIterator[None]:
        """The line changes every few tenths of a second, at random but alike for a seed; afterwards it is good."""
        dice = random.Random(seed)

        async def flap() -> None:
            while True:
                self.become(dice.choice([Line.GOOD, *Line]))
                await asyncio.sleep(dice.uniform(0.05, seconds_max))

        flapper = asyncio.create_task(flap())
        try:
            yield
        finally:
            flapper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await flapper
            # What hangs half open would hang for as long as the app is patient.
            self._hang_up()
            self.become(Line.GOOD)

    def _hang_up(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._line is Line.HANGS_UP:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            await self._pass_on(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one side hung up; the browser sees a broken connection, as it should
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        request = Request(method, path)
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        if self._line is Line.STALLS:
            self.hung.append(request)
            # Until somebody hangs up. The request never arrives.
            await reader.read()
            return
        kept = [line for line in lines[1:-2] if not line.lower().startswith("connection:")]
        asked = "\r\n".join([lines[0], *kept, "Connection: close", "", ""]).encode("latin-1") + body
        reply = await self._ask(asked)
        told = not self._is_lost(request)
        self.exchanges.append(Exchange(request, int(reply.split(b" ", 2)[1]), told))
        if not told:
            writer.transport.abort()
            return
        writer.write(reply)
        await writer.drain()

    async def _ask(self, asked: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            writer.write(asked)
            await writer.drain()
            reply = await reader.read()
        finally:
            writer.close()
        if not reply:
            raise ConnectionResetError("the server hung up without a word")
        return reply

    def _is_lost(self, request: Request) -> bool:
        if self._line in {Line.LOSES_REPLIES, Line.HANGS_UP, Line.STALLS}:
            return True
        for when in self._lose:
            if when(request):
                self._lose.remove(when)
                return True
        return False
