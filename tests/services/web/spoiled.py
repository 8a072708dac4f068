"""Wrong input on purpose: every form and address of a face spoiled in every way, and what each answer must be.

    walk = SpoiledWalk(browser, face_routes(wanted), right={"/jemput": {"berat": "12,5"}}, spared={"/keluar"})
    await walk.over(["/"])
    assert not walk.wrong, walk.report()

The browser follows nothing by itself and says where its forms come from (`Origin`). Nothing may answer 5xx; a refusal
is a page in the reader's language that says that nothing is lost; what was taken in is looked at where it leads to.
Every field meets every kind of wrong value, and every form all of them among its fields; with `whole` every field
meets every one.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, quote, quote_from_bytes, urlsplit

import httpx
from fastapi.routing import APIRoute

from services.web.main import create
from services.web.settings import WebSettings
from tests.services.web.page_forms import Field, Form, Page, read_page
from tests.services.web.wrong_values import (
    ALIKE,
    ALIKE_IN_ADDRESSES,
    BODIES,
    IN_ADDRESSES,
    MARKUP,
    VALUES,
    share,
)

LANGUAGES = ("id", "en")
# What tells somebody that nothing is lost. Every sentence of the catalogue of problems says one of these.
SAFE = {
    "id": re.compile(
        r"\baman\b|tidak ada yang (berubah|hilang)|belum (ada yang )?(berubah|terpotong|dipotong)|"
        r"tidak (ber|ter)(ubah|kurang|potong)|\butuh\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\bsafe\b|nothing (has changed|is lost|was taken|has been taken)|not been (touched|taken)|unchanged|"
        r"(is|are|stays?) (whole|the same)|has not changed",
        re.IGNORECASE,
    ),
}
_HOPS_MAX = 4
# How a body is read is one matter for all forms: so many meet all that is none, the others take turns.
_FIRST = 3
_WORDS = ("empty", "NUL", "broken UTF-8", "too long", "not quite a number")
# What only programmers should ever read.
_INSIDES = re.compile(
    r"Traceback|Input should|String should|Field required|Value error|UploadFile\(|\bFormData\b|\bjinja2?\b|asyncpg|"
    r"Internal Server Error|\{'|\bNoneType\b"
)


def face_routes(wanted: Callable[[str], bool]) -> list[APIRoute]:
    """The routes of the web service whose path is wanted, in the order in which they are tried."""
    with TemporaryDirectory() as folder:
        service = create(WebSettings(key_file=Path(folder) / "web.key"))
    routes = [route for router in service.routers for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in routes if wanted(route.path)]


def answering(routes: Iterable[APIRoute], method: str) -> list[APIRoute]:
    """Those of the routes that answer this method."""
    return [each for each in routes if each.methods is not None and method in each.methods]


@dataclass
class SpoiledWalk:
    """One reader's walk over a face. `right` fills forms in by the path of their route; `spared` are never sent whole.

    Of a route one page is looked at, of those in `apart` each (`/tukar/listrik`, `/tukar/tunai`); `queries` are names
    in addresses that no form and no link shows; `safe` overrides what tells that nothing is lost. Pages of `elsewhere`
    are spoiled in another walk, and here read for their links.
    """

    browser: httpx.AsyncClient
    routes: Sequence[APIRoute]
    right: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spared: Collection[str] = ()
    apart: Collection[str] = ()
    queries: Collection[str] = ("ke",)
    safe: Mapping[str, re.Pattern[str]] = field(default_factory=lambda: SAFE)
    values: Mapping[str, bytes] = field(default_factory=lambda: VALUES)
    ids: Mapping[str, str] = field(default_factory=lambda: IN_ADDRESSES)
    alike: Collection[Collection[str]] = ALIKE
    elsewhere: Collection[str] = ()
    whole: bool = False
    wrong: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    requests: int = 0
    turn: int = 0

    async def over(self, starts: Iterable[str]) -> None:
        """Read every kind of page by its links, and spoil its forms and its address."""
        waiting, seen, spoiled = list(starts), set[str](), set[str]()
        while waiting:
            path = waiting.pop(0)
            route = self.route_of("GET", path)
            place = urlsplit(path).path if route in self.apart else route
            kind = f"{place} {sorted(name for name, _ in parse_qsl(urlsplit(path).query))}"
            if route is None or kind in seen:
                continue
            seen.add(kind)
            page = await self._page(path, route)
            waiting += page.links
            if route in self.elsewhere and not self.whole:
                continue
            await self._spoil_address(path, route)
            for form in page.forms:
                names = [each.name for each in form.fields]
                name = f"{form.method} {self.route_of(form.method, form.action)} {names}"
                if name not in spoiled:
                    spoiled.add(name)
                    await self._spoil_form(form)

    def report(self) -> str:
        """All that is wrong."""
        return "\n".join(self.wrong)

    def route_of(self, method: str, address: str) -> str | None:
        """The path of the route that an address of ours belongs to."""
        parts = urlsplit(address)
        if parts.netloc and parts.netloc != self.browser.base_url.netloc.decode():
            return None
        found = (each.path for each in answering(self.routes, method) if each.path_regex.match(parts.path))
        return next(found, None)

    async def _page(self, path: str, route: str) -> Page:
        """The page at an address; one with nothing on it where it leads on, or is a file to take away."""
        kept = httpx.Cookies(self.browser.cookies)
        answer = await self.browser.get(path)
        self.requests += 1
        if answer.status_code >= 400:
            self.wrong.append(f"GET {path[:120]}: a link of ours answers {answer.status_code}")
            return Page("", (), (), "")
        self.read.add(route)
        if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
            self.browser.cookies = kept
            return Page("", (), (), "")
        return read_page(path, answer.text)

    async def _spoil_form(self, form: Form) -> None:
        route = self.route_of(form.method, form.action)
        if form.method == "GET":
            usual = {each.name: each.value.encode() for each in form.fields}
            usual |= {name: value.encode() for name, value in self.right.get(route or "", {}).items()}
            await self._spoil_queries(form.action, usual)
        elif route is not None:
            await self._spoil_post(form, route)

    async def _spoil_post(self, form: Form, route: str) -> None:
        self.sent.add(route)
        usual = {each.name: each.value.encode() for each in form.fields if not each.file}
        usual |= {name: value.encode() for name, value in self.right.get(route, {}).items()}
        for what, fields in self._words(usual):
            await self._send(form.action, f"{what} csrf", _packed(fields), refused=True)
        for what, place in self._other_ids(form.action, route):
            await self._send(place, f"{what} id", _packed(usual))
        if route in self.spared:
            return
        typed = _different(form)
        for turn, each in enumerate(typed):
            rest = {name: value for name, value in usual.items() if name != each.name}
            await self._send(form.action, f"{each.name} missing", _packed(rest))
            for what in self._share(turn, len(typed)):
                spoiled = _packed({**rest, each.name: self.values[what]})
                await self._send(form.action, f"{each.name} {what}", spoiled)
            # How a form is taken apart is the same for all fields: they take turns.
            if self.whole or turn % 2 == 0 or len(typed) == 1:
                await self._send(form.action, f"{each.name} twice", f"{_packed(usual)}&{each.name}=-1")
            if self.whole or turn % 2 == 1 or len(typed) == 1:
                await self._send_file(form.action, f"{each.name} as a file", rest, each.name)
        await self._send_whole(form.action, usual)

    def _share(self, turn: int, turns: int) -> Collection[str]:
        """The wrong values that fall to one of so many fields."""
        return self.values if self.whole else share(self.values, self.alike, turn, turns)

    def _other_ids(self, address: str, route: str) -> Iterator[tuple[str, str]]:
        """The address with each of its ids replaced in turn by what is none."""
        given = urlsplit(address).path.split("/")
        for at, part in enumerate(route.split("/")):
            if part.startswith("{"):
                self.turn += 1
                few = share(self.ids, ALIKE_IN_ADDRESSES, self.turn, len(self.ids))
                for what in self.ids if self.whole else few:
                    yield what, "/".join([*given[:at], self.ids[what], *given[at + 1 :]])

    @property
    def _all_of_it(self) -> bool:
        return self.whole or len(self.sent) <= _FIRST

    def _words(self, usual: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
        """The form without its word, with what is none, and with somebody else's."""
        yield "no", {name: value for name, value in usual.items() if name != "csrf"}
        for what in _WORDS if self._all_of_it else [_WORDS[len(self.sent) % len(_WORDS)]]:
            yield what, {**usual, "csrf": VALUES[what]}
        yield "somebody else's", {**usual, "csrf": b"5c" * 64}

    async def _send_whole(self, action: str, usual: dict[str, bytes]) -> None:
        """Bodies that are no form, or not one of ours."""
        if self._all_of_it:
            await self._send(action, "six hundred fields", "&".join([_packed(usual), *["x=1"] * 600]))
            await self._send(action, "five million bytes", "a" * 5_000_000)
        for what, kind, body in BODIES if self._all_of_it else [BODIES[len(self.sent) % len(BODIES)]]:
            await self._send(action, what, body, kind)

    async def _send_file(self, action: str, what: str, rest: dict[str, bytes], name: str) -> None:
        body = httpx.Request(
            "POST",
            "http://here",
            data={name: value.decode("latin-1") for name, value in rest.items()},
            files={name: ("a\x00.csv", b"\xff\x00;", "text/csv")},
        )
        await self._send(action, what, body.read(), body.headers["content-type"])

    async def _send(
        self,
        action: str,
        what: str,
        body: str | bytes,
        kind: str = "application/x-www-form-urlencoded",
        *,
        refused: bool = False,
    ) -> None:
        await self._ask("POST", action, what, body, kind, refused=refused)

    async def _spoil_address(self, path: str, route: str) -> None:
        for what, place in self._other_ids(path, route):
            await self._ask("GET", place, f"{what} id")
        declared = next(each for each in answering(self.routes, "GET") if each.path == route)
        own = {name: value.encode() for name, value in parse_qsl(urlsplit(path).query)}
        own |= {each.alias: own.get(each.alias, b"") for each in declared.dependant.query_params}
        await self._spoil_queries(path, own)
        bare, others = urlsplit(path).path, sorted({*self.queries} - {*own})
        # Names that this page does not declare: one by one, or all of them at once.
        for names in [[each] for each in others] if self.whole else filter(None, [others]):
            for what in ("NUL", "broken UTF-8", "markup"):
                query = _packed(dict.fromkeys(names, VALUES[what]))
                await self._ask("GET", f"{bare}?{query}", f"{' '.join(names)} {what}")
            query = "&".join(f"{each}=&{each}=-1" for each in names)
            await self._ask("GET", f"{bare}?{query}", f"{' '.join(names)} twice")

    async def _spoil_queries(
        self, path: str, usual: Mapping[str, bytes], values: Mapping[str, bytes] | None = None
    ) -> None:
        bare = urlsplit(path).path
        for turn, name in enumerate(usual):
            for what in values or self._share(turn, len(usual)):
                # Longer than a server takes an address is another matter than what a page makes of it.
                query = _packed({**usual, name: (values or self.values)[what][:4_000]})
                await self._ask("GET", f"{bare}?{query}", f"{name} {what}")
            await self._ask("GET", f"{bare}?{_packed(usual)}&{name}=-1", f"{name} twice")

    async def _ask(
        self,
        method: str,
        path: str,
        what: str,
        body: str | bytes = b"",
        kind: str = "",
        *,
        refused: bool = False,
    ) -> None:
        """One request, judged; cookies are afterwards what they were. A fault of the moment is asked a second time."""
        language = LANGUAGES[self.requests % len(LANGUAGES)]
        headers = {"Accept-Language": language, **({"Content-Type": kind} if kind else {})}
        for again in (False, True):
            kept = httpx.Cookies(self.browser.cookies)
            request = self.browser.build_request(method, path, headers=headers, content=body)
            complaints = await self._judged(request, language, refused=refused)
            self.browser.cookies = kept
            if again or not any("answers 5" in each for each in complaints):
                break
        self.wrong += [f"{method} {path[:80]} ({what}, {language}): {each}" for each in complaints]

    async def _judged(self, request: httpx.Request, language: str, *, refused: bool) -> list[str]:
        answer = await self.browser.send(request)
        self.requests += 1
        if refused and answer.status_code < 400:
            return [f"answers {answer.status_code} as if it were right"]
        for _ in range(_HOPS_MAX):
            if answer.status_code not in {301, 302, 303, 307, 308}:
                break
            place = urlsplit(answer.headers["location"])
            if place.netloc and place.netloc != self.browser.base_url.netloc.decode():
                return [f"leads to another host: {answer.headers['location'][:80]}"]
            answer = await self.browser.get(answer.headers["location"], headers={"Accept-Language": language})
            self.requests += 1
        return list(self._complaints(answer, language))

    def _complaints(self, answer: httpx.Response, language: str) -> Iterator[str]:
        if answer.status_code >= 500:
            yield f"answers {answer.status_code}"
            return
        if "x-spoiled" in answer.headers:
            yield "a header was written by whoever asked"
        html = answer.headers.get("content-type", "").startswith("text/html")
        if html and MARKUP in answer.text:
            yield "what was typed stands in the page as markup"
        if answer.status_code < 400:
            return
        if not html:
            yield f"answers {answer.status_code} with no page: {answer.text[:80]!r}"
            return
        page = read_page(str(answer.url), answer.text)
        if page.language != language:
            yield f"the page is in {page.language!r}"
        if not page.told:
            yield f"answers {answer.status_code} and tells nothing"
        elif not self.safe[language].search(page.told):
            yield f"does not say whether anything is lost: {page.told[:160]}"
        if found := _INSIDES.search(page.told):
            yield f"speaks of its insides: {found[0]}"


def _packed(fields: Mapping[str, bytes]) -> str:
    return "&".join(f"{quote(name)}={quote_from_bytes(value, safe='')}" for name, value in fields.items())


def _different(form: Form) -> list[Field]:
    """The fields of a form but its word; of many for the same (`harga|K02|bersih`, `jumlah-3`) one stands for all."""
    found: dict[str, Field] = {}
    for each in form.fields:
        found.setdefault(re.split(r"[|]|-?\d", each.name)[0], each)
    found.pop("csrf", None)
    return list(found.values())
