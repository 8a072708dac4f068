"""Every page of a face, found as a person finds it: by the links, from a few first addresses."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response

from tests.web import inspecting
from tests.web.browsing import keep_picture
from tests.web.chromium import Chromium

PAGES_MAX = 80
COMPLAINTS_MAX = 4
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"\d[\d.-]*")
_LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map(link => link.href)"


def shape(address: str) -> str:
    """What kind of page an address is: its path and the names in its query, with ids and numbers taken out."""
    parts = urlsplit(address)
    path = _NUMBER.sub("{n}", _ID.sub("{id}", parts.path))
    names = sorted({name for name, _ in parse_qsl(parts.query)} - {"ke"})
    return f"{path}?{'&'.join(names)}" if names else path


@dataclass
class Walk:
    """What a walk over a face found: the shapes it visited and what is wrong, by shape."""

    visited: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def complain(self, where: str, complaints: Sequence[str]) -> None:
        """Keep what is wrong with a page; of a long list that is wrong alike, the beginning."""
        if complaints:
            self.wrong.setdefault(where, []).extend(complaints[:COMPLAINTS_MAX])
            if len(complaints) > COMPLAINTS_MAX:
                self.wrong[where].append(f"... and {len(complaints) - COMPLAINTS_MAX} more")

    def report(self) -> str:
        """All that is wrong, a line each."""
        return "\n".join(f"{where}: {each}" for where, found in sorted(self.wrong.items()) for each in found)


class Walker:
    """Walks with one page of a browser. `wanted` says which paths belong to the face."""

    def __init__(
        self, page: Page, chromium: Chromium, wanted: Callable[[str], bool], pictures: str | None = None
    ) -> None:
        """`pictures` names the folder below build/screens in which each page is kept with TIMBANG_WRITE_SCREENS=1."""
        self._page = page
        self._chromium = chromium
        self._wanted = wanted
        self._pictures = pictures
        self.walk = Walk()

    async def walk_from(self, starts: Sequence[str]) -> Walk:
        """Visit one page of each shape, and look at it closely."""
        # With each page from the beginning, instead of half a megabyte over the line for each.
        await self._page.add_init_script(path=self._chromium.axe)
        waiting = list(starts)
        while waiting and len(self.walk.visited) < PAGES_MAX:
            path = waiting.pop(0)
            where = shape(path)
            if where in self.walk.visited:
                continue
            self.walk.visited[where] = path
            for link in await self._visit(path, where):
                parts = urlsplit(link)
                if f"{parts.scheme}://{parts.netloc}" == self._origin and self._wanted(parts.path):
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        return self.walk

    @property
    def _origin(self) -> str:
        parts = urlsplit(self._page.url)
        return f"{parts.scheme}://{parts.netloc}"

    async def _visit(self, path: str, where: str) -> list[str]:
        try:
            answer = await self._page.goto(path)
        except PlaywrightError as refusal:
            if "Download is starting" in str(refusal):
                return []
            raise
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        if answer.status != 200:
            self.walk.complain(where, [f"{path} answers {answer.status}"])
            return []
        await self._inspect(answer, where)
        links: list[str] = await self._page.evaluate(_LINKS)
        return links

    async def _inspect(self, answer: Response, where: str) -> None:
        page = self._page
        self.walk.complain(where, inspecting.closed(answer))
        self.walk.complain(where, await inspecting.without_inline_code(page))
        if self._pictures:
            name = where.strip("/").replace("/", "-") or "depan"
            await keep_picture(page, f"{self._pictures}/{re.sub(r'[^a-z0-9-]', '_', name)}", whole=True)
        self.walk.complain(where, await inspecting.accessible(page, self._chromium))
        self.walk.complain(where, await inspecting.large_enough(page))
        self.walk.complain(where, await inspecting.fitting(page))
        self.walk.complain(where, await inspecting.reachable(page))
        enlarged = [f"at 200 %: {each}" for each in await inspecting.enlargeable(page)]
        self.walk.complain(where, enlarged)
