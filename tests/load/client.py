"""A client that costs next to nothing, because it shares two cores with what it measures."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit


class Connection:
    """One kept-alive HTTP/1.1 connection to a door on this machine; one request at a time."""

    def __init__(self, base_url: str, token: str = "") -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Send JSON; returns status and body. A connection that broke is an error of the caller's choice to handle."""
        return await self._ask("POST", path, body)

    async def get(self, path: str) -> tuple[int, Any]:
        """Returns status and decoded JSON."""
        status, body = await self._ask("GET", path, b"")
        return status, json.loads(body)

    async def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self._reader is not None and self._reader.at_eof():
            self.close()  # the door hung up while nothing was asked
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=1 << 24)
        assert self._reader is not None
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{self._authorization}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = 0
            for line in head.split(b"\r\n"):
                if line[:15].lower() == b"content-length:":
                    length = int(line[15:])
            answer = await self._reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            raise
        return int(head[9:12]), answer

    def close(self) -> None:
        """Hang up; the next request opens a new connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
