"""Facts that wait on disk in parts by their key, so that of millions of them one part at a time is in memory.

Two facts about one thing have one key and so lie in the same part: parts can be compared one after the other. Memory
then does not grow with the number of deposits, only the file does, and it has no name: it is gone when it is closed.
"""

import io
import tempfile
from pathlib import Path
from typing import IO, Self

PARTS = 64
_CHUNK_BYTES = 16_384


class Shelf:
    """Records of one kind. `key` decides the part by its last byte, which is random in every id that we make."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._waiting = [bytearray() for _ in range(PARTS)]
        self._chunks: list[list[tuple[int, int]]] = [[] for _ in range(PARTS)]

    def put(self, key: bytes, record: bytes) -> None:
        """Keep a record; `key` is not kept by itself."""
        number = key[-1] % PARTS
        waiting = self._waiting[number]
        waiting += record
        if len(waiting) >= _CHUNK_BYTES:
            # At the end, wherever somebody has read meanwhile.
            self._chunks[number].append((self._file.seek(0, io.SEEK_END), len(waiting)))
            self._file.write(waiting)
            waiting.clear()

    def part(self, number: int) -> bytes:
        """All records of a part so far, in the order in which they came."""
        pieces = []
        for place, size in self._chunks[number]:
            self._file.seek(place)
            pieces.append(self._file.read(size))
        return b"".join((*pieces, self._waiting[number]))


class Scratch:
    """One unnamed file with any number of shelves. Use it as a context."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where there is room; without it the machine's folder for such files, which may be memory."""
        self._file = tempfile.TemporaryFile(dir=folder, buffering=1 << 20)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def shelf(self) -> Shelf:
        """A new, empty shelf."""
        return Shelf(self._file)
