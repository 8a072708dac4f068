"""What a service does again and again beside its door, for as long as it runs."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.runtime.database import TRANSIENT_ERRORS

log = structlog.get_logger()


def end_if_cancelled() -> None:
    """Raise CancelledError if this task was told to end and a library kept that to itself.

    aiokafka does, while it closes: a loop that gives its client back at that moment would go on for ever, and the
    process with it.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def again_and_again(work: Callable[[], Awaitable[object]], pause_seconds: float) -> None:
    """Work, pause, and again until cancelled; what fails because the database is away is tried at the next turn."""
    while True:
        try:
            await work()
        except TRANSIENT_ERRORS as error:
            log.warning("work_interrupted", work=work.__qualname__, error=type(error).__name__)
        await asyncio.sleep(pause_seconds)
