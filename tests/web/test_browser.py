"""The browser that the tests stand on can what they rely on: service workers, no network, stored rows, pictures."""

import asyncio
import http.server
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from tests.web import inspecting
from tests.web.browsing import PHONE, device, largest_paint, narrow, picture, weaken
from tests.web.chromium import Chromium
from tests.web.cutter import Cutter, Line

FIRST = """<!doctype html><html lang=id><meta name=viewport content="width=device-width"><title>Uji</title>
<h1>Rp12.500</h1><p>Saldo pasti</p><script src=/page.js></script></html>"""
WORKER = """
oninstall = event => event.waitUntil(
  caches.open('a').then(cache => cache.addAll(['/', '/page.js'])).then(() => skipWaiting()))
onactivate = event => event.waitUntil(clients.claim())
onfetch = event => event.respondWith(caches.match(event.request).then(found => found || fetch(event.request)))
"""
PAGES = {
    "/": ("text/html", FIRST),
    "/page.js": ("text/javascript", "navigator.serviceWorker.register('/sw.js')"),
    "/sw.js": ("text/javascript", WORKER),
    "/plain": ("text/html", "<!doctype html><title>Polos</title><p>tetap</p>"),
}
COUNT = """
name => new Promise((done, fail) => {
  const asked = indexedDB.open('uji', 1)
  asked.onupgradeneeded = () => asked.result.createObjectStore('rows', {autoIncrement: true})
  asked.onerror = () => fail(asked.error)
  asked.onsuccess = () => {
    const change = asked.result.transaction('rows', 'readwrite', {durability: 'strict'})
    if (name) change.objectStore('rows').add(name)
    const count = change.objectStore('rows').count()
    change.oncomplete = () => done(count.result)
  }
})
"""


class _Pages(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        kind, text = PAGES.get(self.path, ("text/plain", ""))
        self.send_response(200 if self.path in PAGES else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """A site of four files, and the paths that were asked of it."""
    asked: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Pages", (_Pages,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join(10)


async def test_a_page_is_there_without_a_network_and_so_are_its_rows(
    browser: Browser, site: tuple[str, list[str]]
) -> None:
    async with device(browser, site[0]) as (context, watch):
        page = await context.new_page()
        await page.goto("/")
        await page.evaluate("navigator.serviceWorker.ready")
        await page.wait_for_function("navigator.serviceWorker.controller !== null")
        assert await page.evaluate(COUNT, "satu") == 1
        await context.set_offline(True)
        before = len(site[1])
        await page.reload()
        assert await page.inner_text("h1") == "Rp12.500"
        assert await page.evaluate(COUNT, "dua") == 2
        assert len(site[1]) == before
        assert watch.foreign == []


async def test_a_picture_has_letters_in_it(browser: Browser, site: tuple[str, list[str]]) -> None:
    async with device(browser, site[0], PHONE, javascript=False) as (context, _):
        page = await context.new_page()
        await page.goto("/")
        lettered = await picture(page, "browser-letters")
        assert (await page.locator("h1").evaluate("h => h.getBoundingClientRect().width") or 0) > 60
        await page.locator("body").evaluate("body => { body.textContent = '' }")
        blank = await picture(page, "browser-blank")
        assert _inked(lettered) > _inked(blank) + 500


def _inked(file: Path) -> int:
    """How much there is in a picture: the bytes of its compressed pixels."""
    return len(zlib.compress(file.read_bytes()))


KNOBS = """<!doctype html><html lang=id><title>Uji</title><style>*{padding: 30px}</style>
<p>pudar <span style="color:#bbb;background:#ccc">sekali</span></p>
<button>satu</button><label><input type=radio name=r>a</label><label><input type=radio name=r>b</label>
<a href="#" style="outline: none">dua</a></html>"""
TRAP = """<button onkeydown="if (event.key === 'Tab') event.preventDefault()">satu</button><button>dua</button>"""


async def test_what_is_wrong_with_a_page_is_found(
    browser: Browser, site: tuple[str, list[str]], chromium: Chromium
) -> None:
    async with device(browser, site[0]) as (context, _):
        page = await context.new_page()
        await page.goto("/plain")
        await page.set_content(KNOBS)
        assert await inspecting.reachable(page) == ["focus is not seen on <a> dua"]
        (pale,) = await inspecting.accessible(page, chromium)
        assert pale.startswith("color-contrast (serious): span")
        await page.set_content(TRAP)
        assert await inspecting.reachable(page) == ["Tab does not reach <button> dua"]
        assert len(await inspecting.large_enough(page)) == 2


async def test_a_slow_line_and_a_slow_phone_are_slow(browser: Browser, site: tuple[str, list[str]]) -> None:
    async with device(browser, site[0]) as (context, _):
        page = await context.new_page()
        session = await weaken(page)
        await narrow(session, milliseconds=400)
        await page.goto("/plain")
        assert await largest_paint(page) >= 400


async def test_the_line_fails_as_it_is_told_to(browser: Browser, site: tuple[str, list[str]]) -> None:
    address, asked = site
    async with Cutter(address) as cutter, device(browser, cutter.address) as (context, _):
        page = await context.new_page()
        await page.goto("/plain")
        fetched = "path => fetch(path, {cache: 'no-store'}).then(r => r.status, () => 'silent')"
        assert await page.evaluate(fetched, "/page.js") == 200
        cutter.lose_reply(lambda request: request.path == "/page.js")
        assert await page.evaluate(fetched, "/page.js") == "silent"
        # The browser may ask once more by itself; the server was reached, the page was not told.
        assert [each.told for each in cutter.told("/page.js")][:2] == [True, False]
        assert await page.evaluate(fetched, "/plain") == 200
        await cutter.shut()
        assert await page.evaluate(fetched, "/plain") == "silent"
        await cutter.reopen()
        assert await page.evaluate(fetched, "/plain") == 200
        cutter.become(Line.STALLS)
        before = len(asked)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(page.evaluate(fetched, "/sw.js"), 1.0)
        assert len(asked) == before
        cutter.become(Line.HANGS_UP)
        assert await page.evaluate(fetched, "/plain") == "silent"
        cutter.become(Line.GOOD)
        async with cutter.flapping(seed=7):
            await page.evaluate(fetched, "/plain")
        assert await page.evaluate(fetched, "/plain") == 200


async def test_a_policy_that_is_violated_is_noticed(browser: Browser, site: tuple[str, list[str]]) -> None:
    async with device(browser, site[0]) as (context, watch):
        page = await context.new_page()
        await page.goto("/plain")
        await page.evaluate(
            """() => {
              const rule = document.createElement('meta')
              rule.httpEquiv = 'Content-Security-Policy'
              rule.content = "img-src 'none'"
              document.head.append(rule)
              const image = document.createElement('img')
              image.src = 'http://127.0.0.1:9/elsewhere.png'
              document.body.append(image)
            }"""
        )
        await page.wait_for_function("() => true")
        for _ in range(100):
            if watch.complaints:
                break
            await asyncio.sleep(0.05)
        assert any("img-src" in complaint for complaint in watch.complaints)
        with pytest.raises(PlaywrightError):
            await page.goto("http://127.0.0.1:9/")
        assert watch.foreign
