"""The rollout file in force: taken up while running, and kept as it was when an edit is malformed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from prometheus_client import Counter, Gauge

from shared.kernel.rollout import Rollout
from shared.runtime.written import WrittenFileError, load_written

ROLLOUT_REFUSED = Counter(
    "timbang_rollout_refused", "Edits of the rollout file that were malformed and not taken up"
)
ROLLOUT_LOADED_AT = Gauge(
    "timbang_rollout_loaded_timestamp_seconds", "When the rollout file in force was taken up"
)
Subscriber = Callable[[Rollout], Awaitable[None]]
_Stamp = tuple[int, int, int]

log = structlog.get_logger()


class RolloutError(WrittenFileError):
    """The rollout file cannot be used: file, line, reason."""


def load_rollout(path: Path) -> Rollout:
    """Read and check a rollout file. Raises RolloutError."""
    try:
        return load_written(path, Rollout)
    except WrittenFileError as error:
        raise RolloutError(error.file, error.line, error.reason) from error


class RolloutWatcher:
    """Holds the rollout in force as `.current` and swaps it whole when the file changes.

    Making one reads the file and raises RolloutError if that is malformed: nothing starts on a guess.
    Later, a malformed edit is refused with a log line and a count, and `.current` stays what it was.
    """

    def __init__(self, path: Path, *, interval_seconds: float = 1.0) -> None:
        self._path = path
        self._interval_seconds = interval_seconds
        self._stamp = _stamp(path)
        self._current = load_rollout(path)
        self._subscribers: list[Subscriber] = []
        self._owed: list[Subscriber] = []
        self.refused: RolloutError | None = None
        ROLLOUT_LOADED_AT.set_to_current_time()

    @property
    def current(self) -> Rollout:
        """The rollout in force. It is frozen: whoever took it keeps one consistent state."""
        return self._current

    def subscribe(self, subscriber: Subscriber) -> None:
        """Have a coroutine called with the rollout in force once `run` starts, and after each change.

        One that raises is called again with what is then in force until it succeeds.
        """
        self._subscribers.append(subscriber)
        self._owed.append(subscriber)

    async def run(self) -> None:
        """Watch until cancelled. The file is polled: editors and mounts replace files in too many ways."""
        while True:
            await self.look()
            await asyncio.sleep(self._interval_seconds)

    async def look(self) -> bool:
        """Look once, take up a sound edit and tell who is owed. True if the rollout in force was swapped."""
        swapped = await self._take_up()
        if swapped:
            self._owed = list(self._subscribers)
        for subscriber in list(self._owed):
            try:
                await subscriber(self._current)
            except Exception:
                log.exception("rollout_subscriber_failed")
            else:
                self._owed.remove(subscriber)
        return swapped

    async def _take_up(self) -> bool:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            read = await asyncio.to_thread(load_rollout, self._path)
        except RolloutError as error:
            self.refused = error
            ROLLOUT_REFUSED.inc()
            log.warning("rollout_refused", file=str(error.file), line=error.line, reason=error.reason)
            return False
        self.refused = None
        if read == self._current:
            return False
        self._current = read
        ROLLOUT_LOADED_AT.set_to_current_time()
        log.info("rollout_taken_up", file=str(self._path))
        return True


def _stamp(path: Path) -> _Stamp:
    """What changes whenever the file is edited or replaced; zeros while it is away."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
