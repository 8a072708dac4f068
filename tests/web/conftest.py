"""One whole system and one browser for all tests here; every test has devices, lines and residents of its own.

Alone: `.venv/bin/python -m pytest tests/web/<file> -k <name>`. TIMBANG_TEST_SYSTEM=<path to a ready.json> uses a
system that runs already. What a device complained of (policy violated, script failed, another host asked) fails
its test at the end, whatever the test looked at.
"""

import contextlib
import json
import os
import random
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize
from playwright.async_api import Error as PlaywrightError

from deploy.local.problems import StartProblemError
from tests import homes
from tests.demo.stage import Stage
from tests.system import System
from tests.web.books import Books
from tests.web.browsing import LAPTOP, PHONE, TABLET, Watch, device, launched, picture
from tests.web.chromium import Chromium, provide
from tests.web.cutter import Cutter
from tests.web.town import Town

# The biller that answers too late is waited for: here a few seconds instead of half a minute.
IMPATIENT = {"PAYOUT_BILLER_READ_SECONDS": "4", "SANDBOX_SLOW_SECONDS": "8"}
# Staff tokens live a quarter of an hour.
STAGE_SECONDS = 420.0
# The first test waits for a whole system to start; all of them share two cores with other tests.
PATIENCE_SECONDS = 600
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser belongs to one event loop: the session's."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if item.path.is_relative_to(here) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PATIENCE_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether a test failed: what its devices showed then is kept as pictures."""
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


@dataclass(frozen=True)
class Running:
    """The system under test: where its doors are, who its people are, where its logs and databases are."""

    ready: Path
    addresses: dict[str, str]
    people: Path
    databases: dict[str, str]
    processes: dict[str, int]

    @classmethod
    def read(cls, ready: Path) -> "Running":
        """From a `ready.json`."""
        facts = json.loads(ready.read_text(encoding="utf-8"))
        databases = json.loads(Path(facts["databases_file"]).read_text(encoding="utf-8"))
        return cls(ready, facts["addresses"], Path(facts["people_file"]), databases, facts["processes"])

    @property
    def web(self) -> str:
        """The one address of all three faces."""
        return self.addresses["web"]

    @property
    def logs(self) -> Path:
        """The folder with one log for each process."""
        return self.ready.parent / "logs"


@dataclass(frozen=True)
class Handheld:
    """A device with a page open. `cutter` is its line to the server, if it has one of its own."""

    page: Page
    context: BrowserContext
    watch: Watch
    address: str
    cutter: Cutter | None = None

    @property
    def line(self) -> Cutter:
        """Its own line. Only a device that was asked for with one has it."""
        assert self.cutter is not None, "ask for the device with a line of its own"
        return self.cutter


class OpenDevice(Protocol):
    """Gives a new device for this test; it is put away when the test ends."""

    def __call__(
        self,
        screen: ViewportSize = ...,
        *,
        javascript: bool = ...,
        touch: bool = ...,
        own_line: bool = ...,
        forgive: Callable[[str], bool] | None = ...,
    ) -> Awaitable[Handheld]: ...


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    try:
        return provide()
    except StartProblemError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with launched(chromium) as started:
        yield started


@pytest.fixture(scope="session")
def system() -> Iterator[Running]:
    running = os.environ.get("TIMBANG_TEST_SYSTEM")
    if running:
        yield Running.read(Path(running))
        return
    home = homes.home("web")
    with System(home, IMPATIENT):
        yield Running.read(home / ".run" / "ready.json")
    shutil.rmtree(home, ignore_errors=True)


@dataclass
class _Set:
    stage: Stage | None = None
    town: Town | None = None
    at: float = 0.0


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _set() -> AsyncIterator[_Set]:
    kept = _Set()
    yield kept
    if kept.stage is not None:
        await kept.stage.leave()


@pytest_asyncio.fixture(loop_scope="session")
async def town(system: Running, _set: _Set) -> Town:
    """Staff with fresh tokens, and residents for the asking: `await town.resident(rupiah=50_000)`."""
    if _set.town is None or time.monotonic() - _set.at > STAGE_SECONDS:
        if _set.stage is not None:
            await _set.stage.leave()
        dice = random.Random(os.getpid() + int(time.monotonic()))
        _set.stage = await Stage.set(system.ready, dice)
        books = Books(_set.stage, system.databases["wallet"])
        _set.town = await Town.settled(_set.stage, system.people, books, dice)
        _set.at = time.monotonic()
    return _set.town


@pytest_asyncio.fixture(loop_scope="session")
async def books(town: Town) -> Books:
    """The doors of wallet and deposit."""
    return town.books


@pytest_asyncio.fixture(loop_scope="session")
async def open_device(
    browser: Browser, system: Running, request: pytest.FixtureRequest
) -> AsyncIterator[OpenDevice]:
    """Devices for the asking, each with an empty page of its own."""
    async with AsyncExitStack() as stack:
        opened: list[tuple[Handheld, Callable[[str], bool] | None]] = []

        async def open_one(
            screen: ViewportSize = PHONE,
            *,
            javascript: bool = True,
            touch: bool = True,
            own_line: bool = False,
            forgive: Callable[[str], bool] | None = None,
        ) -> Handheld:
            cutter = await stack.enter_async_context(Cutter(system.web)) if own_line else None
            address = cutter.address if cutter else system.web
            context, watch = await stack.enter_async_context(
                device(browser, address, screen, javascript=javascript, touch=touch)
            )
            made = Handheld(await context.new_page(), context, watch, address, cutter)
            opened.append((made, forgive))
            return made

        yield open_one
        if request.node.stash.get(FAILED, False):
            await _keep_pictures(request.node.name, [made for made, _ in opened])
        told = [
            complaint
            for made, forgive in opened
            for complaint in made.watch.complaints
            if forgive is None or not forgive(complaint)
        ]
        if told:
            pytest.fail("a page complained:\n" + "\n".join(sorted(set(told))), pytrace=False)


async def _keep_pictures(name: str, devices: list[Handheld]) -> None:
    for number, made in enumerate(devices):
        for page in made.context.pages:
            with contextlib.suppress(PlaywrightError):
                file = await picture(page, f"failed/{name}-{number}")
                print(f"what it showed: {file} at {page.url}", *made.watch.errors[-5:], sep="\n  ")


@pytest_asyncio.fixture(loop_scope="session")
async def resident_page(open_device: OpenDevice) -> Handheld:
    """A resident's phone, 360x640, with JavaScript, nobody signed in."""
    return await open_device(PHONE)


@pytest_asyncio.fixture(loop_scope="session")
async def plain_page(open_device: OpenDevice) -> Handheld:
    """The same phone with JavaScript switched off."""
    return await open_device(PHONE, javascript=False)


@pytest_asyncio.fixture(loop_scope="session")
async def tablet_page(open_device: OpenDevice) -> Handheld:
    """An operator's tablet, 1280x800, empty, on a line of its own."""
    return await open_device(TABLET, own_line=True)


@pytest_asyncio.fixture(loop_scope="session")
async def staff_page(open_device: OpenDevice) -> Handheld:
    """A laptop of the programme, nobody signed in."""
    return await open_device(LAPTOP, touch=False)
