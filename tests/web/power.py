"""A tablet whose disk survives its battery."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import BrowserContext, async_playwright

from tests.web.browsing import STEP_MILLISECONDS, TABLET
from tests.web.chromium import ARGUMENTS, Chromium


@contextlib.asynccontextmanager
async def powered(chromium: Chromium, folder: Path, address: str) -> AsyncIterator[BrowserContext]:
    """A browser of its own on a folder: what it wrote there is there when it is started again."""
    environment: dict[str, str | float | bool] = {**os.environ, **chromium.environment}
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chromium.executable,
            args=list(ARGUMENTS),
            env=environment,
            base_url=address,
            viewport=TABLET,
            has_touch=True,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        context.set_default_timeout(STEP_MILLISECONDS)
        try:
            yield context
        finally:
            # It may have lost its power.
            with contextlib.suppress(Exception):
                await context.close()


def pull_the_battery(folder: Path) -> None:
    """Kill every process of the browser on that folder at once; nobody is asked."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)
