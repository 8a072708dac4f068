"""Structured JSON lines on standard output; ids only, never a name, a number of a person or a token."""

import contextlib
import json
import logging
import sys
import time
from typing import TextIO, cast

import structlog
from structlog.typing import Processor


class NoFlood(logging.Filter):
    """Lets a message of one logger and line through once in ten seconds.

    While a broker is away, its client library writes ten thousand error lines a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """False for a repetition."""
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._last.get(place, float("-inf")) < 10:  # noqa: PLR2004 - seconds
            return False
        self._last[place] = now
        return True


class Outlet:
    """A stream that may be full or gone. A line that finds no place is lost, and never the work that it speaks of.

    A relay that may not say that Kafka is away would end by it, and be silent after there is room again. How many
    lines were lost is said with the first one that finds a place.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lost = 0

    def write(self, line: str) -> None:
        """Write one whole line, if that can be."""
        try:
            if self._lost:
                lost = json.dumps({"event": "log_lines_lost", "lines": self._lost, "level": "warning"})
                self._stream.write(f"\n{lost}\n")
                self._lost = 0
            self._stream.write(line)
        except OSError:
            self._lost += 1

    def flush(self) -> None:
        """Hand on what was written; what cannot be stays for the next time."""
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure(service: str, level: str) -> None:
    """Set up both structlog and the standard library's logging, once per process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", Outlet(sys.stdout))),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(NoFlood())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
