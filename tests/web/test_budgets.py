"""How heavy the faces are, and how long people wait for them on the devices and lines they have."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.web.browsing import PHONE, device, largest_paint, narrow, weaken
from tests.web.conftest import Handheld, Running
from tests.web.measuring import RUNS, forget_figures, gz_bytes, median, note, paths_of

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", autouse=True)
def _anew() -> None:
    forget_figures()


async def _at_rest(page: Page) -> None:
    """Until nothing has been fetched for half a second."""
    await page.wait_for_load_state("networkidle")


async def test_the_first_page_of_a_resident_is_light(resident_page: Handheld, system: Running) -> None:
    await resident_page.page.goto("/")
    await _at_rest(resident_page.page)
    paths = paths_of(resident_page.watch.requests, system.web)
    sizes = await gz_bytes(system.web, paths)
    print("\n" + "\n".join(f"{size:6} {path}" for path, size in sizes.items()))
    note(
        resident_first_page_gz=sum(sizes.values()),
        resident_js_gz=sum(size for path, size in sizes.items() if paths[path] == "script"),
    )


@contextlib.asynccontextmanager
async def _fresh_phone(browser: Browser, address: str) -> AsyncIterator[Page]:
    async with device(browser, address, PHONE) as (context, _):
        yield await context.new_page()


async def test_the_first_page_is_readable_soon_on_a_poor_line(browser: Browser, system: Running) -> None:
    times = []
    for _ in range(RUNS):
        async with _fresh_phone(browser, system.web) as page:
            await narrow(await weaken(page))
            answer = await page.goto("/")
            assert answer is not None
            assert answer.status == 200
            await _at_rest(page)
            times.append(await largest_paint(page))
    note(resident_lcp_ms=median(times))
