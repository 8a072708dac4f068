"""How heavy the faces are, and how long people wait for them on the devices and lines they have."""

import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page

from tests.demo.hands import Neighbour
from tests.web.browsing import PHONE, device, largest_paint, narrow, weaken
from tests.web.conftest import Handheld, Running
from tests.web.measuring import RUNS, forget_figures, gz_bytes, note, note_quickest, paths_of
from tests.web.tablet import APP, Tablet
from tests.web.town import PAID_ITEM, Town

# What the tablet keeps to work without a signal, by path.
_KEPT = """
async () => {
  const found = new Set()
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.add(new URL(request.url).pathname)
  return [...found]
}
"""
# From the tap until the screen says that it is saved.
_SAVE = """
async () => {
  const button = document.querySelector('[data-uji="simpan"]')
  const begun = performance.now()
  button.click()
  while (!document.querySelector('[data-uji="struk"]')) await new Promise(next => setTimeout(next, 0))
  return performance.now() - begun
}
"""


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
    async def readable() -> dict[str, list[float]]:
        return {"resident_lcp_ms": [await _readable_after(browser, system.web) for _ in range(RUNS)]}

    await note_quickest(readable)


async def _readable_after(browser: Browser, address: str) -> float:
    async with _fresh_phone(browser, address) as page:
        await narrow(await weaken(page))
        answer = await page.goto("/")
        assert answer is not None
        assert answer.status == 200
        await _at_rest(page)
        return await largest_paint(page)


async def test_the_app_is_light_and_starts_soon_without_a_signal(
    town: Town, tablet_page: Handheld, system: Running
) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    kept: list[str] = await tablet.page.evaluate(_KEPT)
    sizes = await gz_bytes(system.web, {*kept, "/petugas/sw.js"})
    print(
        "\n"
        + "\n".join(f"{size:6} {path}" for path, size in sorted(sizes.items(), key=lambda each: -each[1]))
    )
    await tablet.offline()
    scripts = set[str]()

    async def ready() -> dict[str, list[float]]:
        times = []
        for _ in range(RUNS):
            before = len(tablet_page.watch.requests)
            times.append(await _ready_after(tablet))
            asked = [each for each in tablet_page.watch.requests[before:] if each.resource_type == "script"]
            scripts.update(paths_of(asked, tablet_page.address))
        return {"operator_cold_start_ms": times}

    try:
        await note_quickest(ready)
    finally:
        print(f"scripts at the start: {sorted(scripts)}")
    assert scripts
    note(operator_js_gz=sum(sizes[path] for path in scripts), operator_install_gz=sum(sizes.values()))
    tablet = Tablet(replace(tablet_page, page=tablet_page.context.pages[-1]), tablet.operator, tablet.bank)
    await tablet.unlock()
    await tablet.go("timbang")
    await tablet.mark("cari-anggota").wait_for()


async def _ready_after(tablet: Tablet) -> float:
    """Milliseconds from opening the app anew to the keys of the PIN, on a tablet six times slower."""
    context = tablet.device.context
    for open_page in context.pages:
        await open_page.close()
    page = await context.new_page()
    await weaken(page)
    await page.goto(APP, wait_until="commit")
    shown = await page.wait_for_function("() => document.querySelector('.pin .tuts') && performance.now()")
    return float(await shown.json_value())


async def _saving(tablet: Tablet, resident: Neighbour, first: int) -> list[float]:
    """Milliseconds of five savings; the first one of all makes the path warm and is not counted."""
    times = []
    for number in range(RUNS + 1):
        await tablet.choose(resident)
        await tablet.put(*PAID_ITEM, str(first + number))
        await tablet.mark("periksa").click()
        await tablet.mark("simpan").wait_for()
        times.append(float(await tablet.page.evaluate(_SAVE)))
    return times[1:]


async def test_saving_is_quick(town: Town, tablet_page: Handheld) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.offline()
    # Another weight each time: the same one again would be asked about.
    weights = itertools.count(2, RUNS + 1)

    async def usual() -> dict[str, list[float]]:
        return {"operator_save_ms": await _saving(tablet, resident, next(weights))}

    async def slow() -> dict[str, list[float]]:
        return {"operator_save_6x_ms": await _saving(tablet, resident, next(weights))}

    await note_quickest(usual)
    await weaken(tablet.page)
    await note_quickest(slow)
