"""Whose PIN is checked next: nobody waits long because others ask often, and a known device has a turn of its own.

A check costs a core some 50 ms on purpose. So two run at a time, and of strangers one: a flood of strangers leaves the
other core to tablets, phones and browsers that prove themselves. Within each of the two rooms everybody who waits is
served in rotation by where they come from, and when a room is full the newest of whoever has most waiting there goes.
Nobody is told apart by the code that was typed: a known one waits exactly as an unknown one.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

AT_ONCE = 2
STRANGERS_AT_ONCE = 1
# Some three seconds of checks: whoever waits longer has tapped again already.
WAITING_MAX = 64
# Told to whoever is turned away; by then a full room is empty.
AGAIN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Asker:
    """Where a check is asked from: everybody with one `key` shares one queue. `known`: a secret or token proved it.

    `counted`: the key stands for one place that is truthfully known, whose wrong sign-ins are counted together.
    """

    key: str
    known: bool = False
    counted: bool = False


class TooManySignInsError(Exception):
    """More people sign in at this moment than can be served before they lose patience."""


@dataclass(slots=True)
class _Room:
    """Those of one kind who wait: a queue for each place that somebody asks from, and whose turn is next."""

    at_once: int
    running: int = 0
    waiting: int = 0
    queues: OrderedDict[str, deque[asyncio.Future[None]]] = field(default_factory=OrderedDict)

    def join(self, key: str) -> asyncio.Future[None]:
        """Wait at the end of one's own queue. Raises TooManySignInsError."""
        if self.waiting >= WAITING_MAX:
            self._make_place(key)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.queues.setdefault(key, deque()).append(mine)
        self.waiting += 1
        return mine

    def leave(self, key: str, mine: asyncio.Future[None]) -> None:
        """Wait no longer."""
        queue = self.queues.get(key, deque())
        if mine in queue:
            queue.remove(mine)
            self.waiting -= 1
            if not queue:
                del self.queues[key]

    def called(self) -> asyncio.Future[None]:
        """Whose turn it is; their queue goes to the end of the rotation."""
        key, queue = self.queues.popitem(last=False)
        mine = queue.popleft()
        self.waiting -= 1
        if queue:
            self.queues[key] = queue
        return mine

    def _make_place(self, key: str) -> None:
        longest = max(self.queues, key=lambda each: len(self.queues[each]))
        if len(self.queues[longest]) <= len(self.queues.get(key, ())) + 1:
            raise TooManySignInsError
        newest = self.queues[longest][-1]
        self.leave(longest, newest)
        if not newest.done():
            newest.set_exception(TooManySignInsError())


class Turns:
    """Two cores to check PINs with, and two rooms to wait in."""

    def __init__(self) -> None:
        self._known = _Room(AT_ONCE)
        self._strangers = _Room(STRANGERS_AT_ONCE)

    @property
    def waiting(self) -> int:
        """How many wait at this moment."""
        return self._known.waiting + self._strangers.waiting

    @contextlib.asynccontextmanager
    async def turn(self, asker: Asker) -> AsyncIterator[None]:
        """Wait until it is one's turn to use a core. Raises TooManySignInsError."""
        room = self._known if asker.known else self._strangers
        mine = room.join(asker.key)
        self._call_next()
        try:
            await mine
        except BaseException:
            # Who was called and went away at the same moment has a turn to give back.
            if mine.done() and not mine.cancelled() and mine.exception() is None:
                self._end(room)
            room.leave(asker.key, mine)
            raise
        try:
            yield
        finally:
            self._end(room)

    def _end(self, room: _Room) -> None:
        room.running -= 1
        self._call_next()

    def _call_next(self) -> None:
        """Strangers never have more than their one turn, and always that one when they wait: neither side starves."""
        for room in (self._strangers, self._known):
            while room.waiting and room.running < room.at_once and self._free:
                mine = room.called()
                if not mine.done():  # else they went away a moment ago
                    room.running += 1
                    mine.set_result(None)

    @property
    def _free(self) -> bool:
        return self._known.running + self._strangers.running < AT_ONCE
