"""Signing in as people do: on the page of their face, with what they hold in their hand."""

from playwright.async_api import Page

from tests.demo.hands import Neighbour
from tests.demo.staff import Person


async def sign_in_resident(page: Page, who: Neighbour, to: str = "/") -> None:
    """With the member's code and PIN; ends on the page `to`."""
    await page.goto(f"/masuk?ke={to}")
    await page.locator("[name=siapa]").fill(who.code)
    await page.locator("[name=pin]").fill(who.pin)
    await page.locator("form:has([name=pin]) button:not([type=button])").click()
    await page.wait_for_url(lambda url: "/masuk" not in url)


async def make_known(page: Page, who: Neighbour, to: str = "/") -> None:
    """Type what is printed on the card, once: from then on this browser may spend."""
    await page.goto(f"/perangkat-baru?ke={to}")
    number = page.locator("[name=kartu]")
    if not await number.input_value():
        await number.fill(who.card["number"])
    await page.locator("[name=kode]").fill(who.card["secret"])
    await page.locator("form:has([name=kode]) button:not([type=button])").click()
    await page.wait_for_url(lambda url: "/perangkat-baru" not in url)


async def sign_in_staff(page: Page, who: Person, to: str = "/kantor") -> None:
    """With code and PIN, in the programme's or the office's name."""
    await page.goto(f"/kantor/masuk?ke={to}")
    await page.locator("[name=kode]").fill(who.code)
    await page.locator("[name=pin]").fill(who.pin)
    await page.locator("form:has([name=pin]) button:not([type=button])").click()
    await page.wait_for_url(lambda url: "/masuk" not in url)
