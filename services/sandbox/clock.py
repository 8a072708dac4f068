"""The sandbox's time: the real one, moved by a number of seconds that a file may share with others."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

# Cut-off times in the price list are western Indonesian time, which knows no summer time.
WIB = timezone(timedelta(hours=7))


class MovableClock:
    """Real time plus an offset. With a file, the offset is what the file says at every look."""

    def __init__(self, file: Path | None = None) -> None:
        """Take the offset from `file` if there is one; a missing or unreadable file means no offset."""
        self._file = file
        self._offset_seconds = 0

    @property
    def offset_seconds(self) -> int:
        """By how many seconds this clock is ahead of the real one."""
        if self._file is None:
            return self._offset_seconds
        try:
            return int(self._file.read_text() or "0")
        except (OSError, ValueError):
            return 0

    def move_to(self, offset_seconds: int) -> None:
        """Set the offset, in the shared file too."""
        self._offset_seconds = offset_seconds
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # Whole or not at all: whoever shares the file must never read half a number.
            new = self._file.with_name(self._file.name + ".new")
            new.write_text(str(offset_seconds))
            new.replace(self._file)

    def epoch(self) -> float:
        """Seconds since 1970 on this clock."""
        return time.time() + self.offset_seconds

    def now(self) -> datetime:
        """This clock as an aware UTC instant."""
        return datetime.fromtimestamp(self.epoch(), UTC)
