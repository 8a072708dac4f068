"""What a tablet has that a browser on a test machine has not: camera, printer, scale, battery and a clock to turn.

These are the app's own ports, and the only things that are ever faked.
"""

from collections.abc import Sequence
from typing import Any

from playwright.async_api import BrowserContext, Page

_PORTS = """
globalThis.__timbangTest = {shift: SHIFT, rested: 0, paper: true, printed: [], grams: 0, battery: 80, seen: null}
const test = globalThis.__timbangTest
globalThis.__timbangPorts = {
  clock: {now: () => Date.now() + test.shift, running: () => performance.now() + test.rested},
  scanner: {scan: (video, onText, signal) => new Promise(done => {
    test.seen = onText
    signal.addEventListener('abort', () => { test.seen = null; done() }, {once: true})
  })},
  printer: {
    ready: async () => true,
    choose: async () => undefined,
    print: async bytes => { if (!test.paper) throw new Error('no paper'); test.printed.push([...bytes]) },
  },
  scale: {ready: async () => test.grams > 0, choose: async () => undefined, read: async () => test.grams},
  battery: {percent: async () => test.battery},
}
if (navigator.storage) navigator.storage.persist = navigator.storage.persisted = async () => true
"""


async def equip(context: BrowserContext, shift_ms: int = 0) -> None:
    """Give every page of a device these ports; its clock is so many milliseconds ahead of ours."""
    await context.add_init_script(_PORTS.replace("SHIFT", str(shift_ms)))


async def turn(page: Page, **values: Any) -> None:
    """Set `shift`, `rested` (ms), `paper` (is there any?), `grams` (on the scale), `battery` (percent) from now on.

    `shift` turns the clock; `rested` lets time pass in which nobody touched the tablet.
    """
    await page.evaluate("values => Object.assign(globalThis.__timbangTest, values)", values)


async def show(page: Page, text: str) -> None:
    """Hold a code before the camera, which must be open."""
    await page.wait_for_function("() => globalThis.__timbangTest.seen !== null")
    await page.evaluate("text => globalThis.__timbangTest.seen(text)", text)


async def printed(page: Page) -> Sequence[bytes]:
    """What came out of the printer, in order."""
    return [bytes(each) for each in await page.evaluate("() => globalThis.__timbangTest.printed")]
