"""Whoever opens a connection and does not come to the point is hung up on: a head has a size, and a request an end.

uvicorn itself waits for ever and keeps whatever comes. One endless header cost a process all of its time (the parser
copies what it has with every piece), and connections that say nothing stayed until no others could be taken.
A proxy before the doors sees to the same; nothing here relies on it.
"""

import asyncio
import resource

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Four times what browsers and proxies send at most: sealed cookies are 4 kB each.
HEAD_BYTES_MAX = 65_536
# From the first byte to the last of the head; also what a connection may take until it says anything.
HEAD_SECONDS = 60.0
# The slowest line that we know brings a tablet's fullest day in a third of that.
BODY_SECONDS = 300.0

# For as many connections as a crowd opens at once: the usual 1,024 are spent by one guest within a second, and whoever
# has none left reaches neither its database nor Kafka.
OPEN_FILES = 65_536

_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 24\r\nconnection: close\r\n\r\n"
    b"The headers are too long"
)


class Hurried(HttpToolsProtocol):
    """One connection. Answers take as long as they take; only what the other side still owes us has a time."""

    _head_bytes: int | None = 0
    _owed: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there, and should say something."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._owe(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is owed any more."""
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless it is still the head and too much of it."""
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX + len(data):
                self._settle()
                self.transport.write(_TOO_LONG)
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._owe(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._head_bytes = None
        self._owe(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there. The next one may follow at once."""
        self._head_bytes = 0
        self._settle()
        super().on_message_complete()

    def _owe(self, seconds: float) -> None:
        self._settle()
        self._owed = self.loop.call_later(seconds, self._hang_up)

    def _settle(self) -> None:
        if self._owed is not None:
            self._owed.cancel()
            self._owed = None

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def take_room() -> None:
    """Let this process have as many connections as its user may."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
