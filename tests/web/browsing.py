"""Pages in a real browser, each watched: what it fetched, what it complained of, and how fast it was."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    async_playwright,
)

from deploy.local.settings import REPOSITORY
from tests.web.chromium import ARGUMENTS, Chromium, node

SCREENS = REPOSITORY / "build" / "screens"
PHONE = ViewportSize(width=360, height=640)
TABLET_UPRIGHT = ViewportSize(width=800, height=1280)
TABLET = ViewportSize(width=1280, height=800)
LAPTOP = TABLET
# Patience for one step on a machine that is busy with other tests.
STEP_MILLISECONDS = 60_000
# What the field has: a cheap phone (six times slower than here) on 400 kbit/s with 400 ms there and back.
SLOW_CPU = 6
_LISTEN = """
document.addEventListener('securitypolicyviolation', event =>
  console.error('CSP violated: ' + event.violatedDirective + ' ' + event.blockedURI))
"""
_LCP = """
new Promise(found => new PerformanceObserver(list => found(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))
"""


@dataclass
class Watch:
    """What was noticed in one browser context. Nothing here may stay unlooked at: see `complaints`."""

    origins: set[str]
    requests: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def attend(self, context: BrowserContext) -> None:
        """Notice everything from now on, service workers included."""
        context.on("request", self._see)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.errors.append(f"uncaught: {error.error}"))

    def _see(self, request: Request) -> None:
        self.requests.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    @property
    def foreign(self) -> list[str]:
        """What was asked of another host; blob: and data: stay in the browser."""
        return [
            request.url
            for request in self.requests
            if not request.url.startswith(("blob:", "data:")) and _origin(request.url) not in self.origins
        ]

    @property
    def complaints(self) -> list[str]:
        """Violations of the content security policy and uncaught errors, and requests to other hosts."""
        told = [each for each in self.errors if "CSP" in each or "Content Security Policy" in each]
        uncaught = [each for each in self.errors if each.startswith("uncaught: ")]
        return [*told, *uncaught, *(f"asked another host: {url}" for url in self.foreign)]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextlib.asynccontextmanager
async def launched(chromium: Chromium) -> AsyncIterator[Browser]:
    """A browser without a window, driven through our own Node."""
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node())
    environment: dict[str, str | float | bool] = {**os.environ, **chromium.environment}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable, args=list(ARGUMENTS), env=environment
        )
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def device(
    browser: Browser,
    address: str,
    screen: ViewportSize = PHONE,
    *,
    javascript: bool = True,
    touch: bool = True,
    language: str = "id-ID",
) -> AsyncIterator[tuple[BrowserContext, Watch]]:
    """A phone, tablet or laptop of its own: no cookie, no storage, nothing in common with another one."""
    context = await browser.new_context(
        base_url=address,
        viewport=screen,
        java_script_enabled=javascript,
        has_touch=touch,
        locale=language,
        timezone_id="Asia/Jakarta",
        reduced_motion="reduce",
    )
    context.set_default_timeout(STEP_MILLISECONDS)
    if javascript:
        await context.add_init_script(_LISTEN)
    watch = Watch({_origin(address)})
    watch.attend(context)
    try:
        yield context, watch
    finally:
        await context.close()


async def weaken(page: Page, cpu: int = SLOW_CPU) -> CDPSession:
    """Make the processor behind a page that many times slower."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    return session


async def narrow(session: CDPSession, kilobits: int = 400, milliseconds: int = 400) -> None:
    """Put a page on a slow line: kilobits a second both ways, milliseconds there and back."""
    await session.send("Network.enable")
    await session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": milliseconds,
            "downloadThroughput": kilobits * 125,
            "uploadThroughput": kilobits * 125,
        },
    )


async def largest_paint(page: Page) -> float:
    """Milliseconds from the start of loading to the largest contentful paint so far."""
    return float(await page.evaluate(_LCP))


async def keep_picture(page: Page, name: str, *, whole: bool = False) -> None:
    """With TIMBANG_WRITE_SCREENS=1, a picture for whoever wants to look: drawing it costs more than most tests."""
    if os.environ.get("TIMBANG_WRITE_SCREENS"):
        await picture(page, name, whole=whole)


async def picture(page: Page, name: str, *, whole: bool = False) -> Path:
    """Write build/screens/<name>.png and return where it is."""
    file = SCREENS / f"{name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=file, full_page=whole)
    return file
