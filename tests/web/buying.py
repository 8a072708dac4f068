"""What was bought is on its way: who looks again sees it as soon as the books have it."""

import contextlib

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from tests.demo.hands import Neighbour
from tests.web.books import Books


async def look_again(page: Page, books: Books, resident: Neighbour) -> None:
    """Once nothing is held any more, and not first when the page renews itself: other tests wait for that."""
    await books.until_nothing_held(resident.id)
    # It may be renewing itself at this very moment.
    with contextlib.suppress(PlaywrightError):
        await page.reload()
