"""What the day says while it happens, what it expected at each step, and whether that came true."""

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO


class ExpectationError(Exception):
    """Something that the day's script demands did not come true; the message says what."""


@dataclass
class Diary:
    """Prints line by line with the seconds since the beginning, and keeps every expectation that came true."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    came_true: list[str] = field(default_factory=list)
    _begun: float = field(default_factory=time.monotonic)

    def say(self, line: str = "") -> None:
        """One line of progress."""
        stamp = f"{time.monotonic() - self._begun:6.1f} s  " if line else ""
        self.out.write(f"{stamp}{line}\n")
        self.out.flush()

    def show(self, lines: list[str]) -> None:
        """Lines as they are, for tables and stories."""
        self.out.write("\n".join(["", *lines, ""]) + "\n")
        self.out.flush()

    def expect(self, truth: object, sentence: str) -> None:
        """Note an expectation. Raises ExpectationError if it is not true."""
        if not truth:
            raise ExpectationError(sentence)
        self.came_true.append(sentence)

    @property
    def seconds(self) -> float:
        """How long the day has taken so far."""
        return time.monotonic() - self._begun
