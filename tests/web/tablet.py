"""The operator's app in the hands of a test: set up, unlocked, weighed with, looked into.

`Tablet.weigh` taps what an operator taps; `Tablet.weigh_quickly` does the same from within the page, for hundreds.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Self

from playwright.async_api import Locator, Page

from tests.demo.cast import MAIN_BANK
from tests.demo.diary import ExpectationError
from tests.demo.hands import Neighbour
from tests.demo.staff import Person
from tests.demo.waiting import until
from tests.web.conftest import Handheld
from tests.web.ports import equip
from tests.web.town import Town
from tests.web.wording import t

Line = tuple[str, str, str]
"""Item, grade, and the quantity as it is typed: ("K02", "bersih", "2,5")."""
APP = "/petugas"
READY_SECONDS = 120.0
SENT_SECONDS = 90.0
THERE = {"recorded", "waiting_for_member", "quarantined"}
_ROWS = """
name => new Promise((done, fail) => {
  const opening = indexedDB.open(name)
  opening.onerror = () => fail(opening.error)
  opening.onsuccess = () => {
    const database = opening.result
    if (!database.objectStoreNames.contains('outbox')) { database.close(); done([]); return }
    const reading = database.transaction('outbox').objectStore('outbox').getAll()
    reading.onerror = () => fail(reading.error)
    reading.onsuccess = () => {
      database.close()
      done(reading.result.map(({sealed, ...row}) => ({...row, sealed_bytes: sealed?.data.byteLength ?? 0})))
    }
  }
})
"""
_QUICKLY = """
async weighings => {
  const patience = 10_000
  const look = async (find, what) => {
    const until = performance.now() + patience
    for (;;) {
      const found = find()
      if (found) return found
      if (performance.now() > until) throw new Error(`no ${what} at ${location.hash}: ` + document.body.innerText)
      await new Promise(next => setTimeout(next, 4))
    }
  }
  const mark = name => () => document.querySelector(`[data-uji="${name}"]`)
  const type = (field, text) => {
    field.value = text
    field.dispatchEvent(new Event('input', {bubbles: true}))
  }
  const ids = []
  for (const {who, lines, shift} of weighings) {
    if (shift !== null) globalThis.__timbangTest.shift = shift
    location.hash = '#/timbang'
    type(await look(mark('cari-anggota'), 'search'), who)
    const found = await look(() => document.querySelector('[data-uji="hasil-cari"] button'), `member ${who}`)
    found.click()
    for (const [item, grade, quantity] of lines) {
      type(await look(mark('cari-barang'), 'goods'), item)
      ;(await look(mark(`barang-${item}/${grade}`), item)).click()
      const display = () => document.querySelector('[data-uji="layar"]')?.firstChild.textContent.trim()
      await look(() => display() === '0', 'empty scale')
      for (let length = 1; length <= quantity.length; length++) {
        const key = quantity[length - 1]
        const keys = [...document.querySelectorAll('.tuts-angka .tuts')]
        keys.find(each => (key === ',' ? each.ariaLabel === COMMA : each.textContent === key)).click()
        await look(() => display() === quantity.slice(0, length), quantity)
      }
    }
    ;(await look(mark('periksa'), 'check')).click()
    ;(await look(mark('simpan'), 'save')).click()
    await look(() => location.hash.startsWith('#/struk/'), 'receipt')
    ids.push(location.hash.split('/')[2].split('?')[0])
  }
  return ids
}
"""

_TAP_PIN = """
(pad, pin) => {
  const keys = [...pad.querySelectorAll('.tuts')]
  for (const digit of pin) keys.find(each => each.textContent === digit).click()
}
"""


class Tablet:
    """An operator's tablet. Use `await Tablet.ready(device, town)` for one that works without a signal."""

    def __init__(self, device: Handheld, operator: Person, bank: str) -> None:
        """Nothing is opened yet."""
        self.device = device
        self.page: Page = device.page
        self.operator = operator
        self.bank = bank

    @classmethod
    async def ready(
        cls,
        device: Handheld,
        town: Town,
        *,
        operator: Person | None = None,
        bank: str = MAIN_BANK,
        shift_ms: int = 0,
    ) -> Self:
        """Set it up with a code, sign in, and wait until it says that it is ready to work without a signal."""
        tablet = cls(device, operator or town.operator(), bank)
        await equip(device.context, shift_ms)
        await tablet.set_up((await town.setup_code(bank))["enrolment_code"])
        await tablet.sign_in()
        await tablet.until_ready()
        return tablet

    async def open(self) -> None:
        """Start the app, as from its icon."""
        await self.page.goto(APP)
        await self.page.locator("h1").wait_for()

    def mark(self, name: str) -> Locator:
        """The element that the app marks for tests."""
        return self.page.locator(f'[data-uji="{name}"]')

    async def go(self, name: str, *parts: str) -> None:
        """To a screen, as by a link."""
        await self.page.evaluate("hash => { location.hash = hash }", "#/" + "/".join((name, *parts)))

    async def set_up(self, code: str) -> None:
        """Type the code of the set-up by hand."""
        await self.open()
        await self.mark("kode-siapkan").fill(code)
        await self.page.keyboard.press("Enter")
        await self.mark("kode-petugas").wait_for()

    async def sign_in(self, operator: Person | None = None) -> None:
        """Sign in with code and PIN at the server."""
        self.operator = operator or self.operator
        await self.go("masuk")
        await self.mark("kode-petugas").fill(self.operator.code)
        await self.page.keyboard.press("Enter")
        await self._type_pin(self.operator.pin)
        await self._until_open()

    async def lock(self) -> None:
        """As the operator does before going away."""
        await self.page.get_by_role("button", name=t("petugas.kunci"), exact=True).click()
        await self.page.get_by_role("group", name=t("petugas.pin.judul")).wait_for()

    async def unlock(self, operator: Person | None = None) -> None:
        """With the PIN alone."""
        self.operator = operator or self.operator
        await self.page.locator(".pin, .petak").first.wait_for()
        if await self.page.locator(".pin").count() == 0:
            await self.page.get_by_role("button", name=self.operator.code, exact=True).click()
        await self._type_pin(self.operator.pin)
        await self._until_open()

    async def _type_pin(self, pin: str) -> None:
        """Tapped from within the page, once the pad takes taps; by hand in the tests that are about PINs."""
        await self.page.locator(".pin .tuts:not([disabled])").first.wait_for()
        await self.page.locator(".pin").evaluate(_TAP_PIN, pin)

    async def _until_open(self) -> None:
        await self.page.get_by_role("button", name=t("petugas.kunci"), exact=True).wait_for()

    async def until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Until the tablet says that it can work without a signal, and its pages are kept."""
        await self.go("")
        await self.mark("siap").get_by_text(t("petugas.siap.ya"), exact=True).wait_for(timeout=seconds * 1000)
        await self.page.evaluate("navigator.serviceWorker.ready")

    async def refresh(self) -> None:
        """Ask the server for what is new now."""
        await self.go("")
        await self.page.get_by_role("button", name=t("petugas.siap.perbarui")).click()
        busy = self.mark("siap").locator("[aria-busy]")
        await busy.wait_for(state="detached")

    async def offline(self) -> None:
        """Airplane mode."""
        await self.device.context.set_offline(offline=True)

    async def online(self) -> None:
        """The signal is back."""
        await self.device.context.set_offline(offline=False)

    async def choose(self, who: Neighbour | str) -> None:
        """Find a member by number and begin a weighing."""
        await self.go("timbang")
        await self.mark("cari-anggota").fill(who if isinstance(who, str) else who.code)
        await self.mark("hasil-cari").locator("button").first.click()
        await self.mark("cari-barang").wait_for()

    async def put(self, item: str, grade: str, quantity: str) -> None:
        """Goods onto the scale, by their code, and a quantity on the keypad."""
        tile = self.mark(f"barang-{item}/{grade}")
        if await tile.count() == 0:
            await self.mark("cari-barang").fill(item)
        await tile.click()
        for key in quantity:
            name = t("petugas.tuts.koma") if key in ",." else key
            await self.page.locator(".tuts-angka").get_by_role("button", name=name, exact=True).click()

    async def save(self) -> str:
        """Check and save; returns the deposit's id once the receipt is there."""
        await self.mark("periksa").click()
        await self.mark("simpan").click()
        await self.page.wait_for_url("**/petugas*#/struk/**")
        return self.page.url.split("#/struk/")[1].split("?")[0]

    async def weigh(self, who: Neighbour | str, lines: Sequence[Line]) -> str:
        """A whole weighing by taps; returns the deposit's id."""
        await self.choose(who)
        for line in lines:
            await self.put(*line)
        return await self.save()

    async def weigh_quickly(
        self, weighings: Sequence[tuple[Neighbour, Sequence[Line]]], shifts_ms: Sequence[int] | None = None
    ) -> list[str]:
        """Many weighings, tapped from within the page; with `shifts_ms` the tablet's clock is turned before each."""
        shifts = list(shifts_ms) if shifts_ms is not None else [None] * len(weighings)
        asked = [
            {"who": who.code, "lines": [list(line) for line in lines], "shift": shift}
            for (who, lines), shift in zip(weighings, shifts, strict=True)
        ]
        script = _QUICKLY.replace("COMMA", json.dumps(t("petugas.tuts.koma")))
        ids: list[str] = await self.page.evaluate(script, asked)
        return ids

    async def sentence(self) -> str:
        """The one sentence about what is safe."""
        return (await self.mark("kalimat-aman").inner_text()).strip()

    async def receipt(self, deposit_id: str) -> str:
        """What the QR of a deposit's receipt says."""
        await self.go("struk", deposit_id)
        return str(await self.mark("qr").get_attribute("data-teks"))

    async def rows(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What lies in the tablet's outbox, as it is stored."""
        rows: list[dict[str, Any]] = await self.page.evaluate(_ROWS, "timbang")
        return [row for row in rows if kind is None or row["kind"] == kind]

    async def unsent(self) -> list[dict[str, Any]]:
        """The rows that are not at the server yet."""
        return [row for row in await self.rows() if row["state"] not in THERE]

    async def until_rows(
        self, wanted: Callable[[list[dict[str, Any]]], bool], sentence: str, seconds: float = SENT_SECONDS
    ) -> list[dict[str, Any]]:
        """Wait until the outbox is as wanted."""
        begun = time.monotonic()

        async def look() -> list[dict[str, Any]] | None:
            rows = await self.rows()
            return rows if wanted(rows) else None

        try:
            rows = await until(look, sentence, seconds)
        except ExpectationError as late:
            found = Counter(
                (row["kind"], row["state"], row["code"], row["tries"]) for row in await self.rows()
            )
            line = (
                Counter((each.status, each.told) for each in self.device.cutter.exchanges)
                if self.device.cutter
                else {}
            )
            raise AssertionError(f"{late}; rows {dict(found)}; line {dict(line)}") from late
        print(f"{sentence}: {time.monotonic() - begun:.1f} s")
        return rows

    async def until_sent(self, seconds: float = SENT_SECONDS) -> list[dict[str, Any]]:
        """Wait until everything is at the server."""
        return await self.until_rows(
            lambda rows: all(row["state"] in THERE for row in rows), "everything is sent", seconds
        )
