"""Somebody of the staff before a browser: pages are read and forms filled in as they stand there, no script needed."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

import httpx

from tests.demo.staff import Person

_BLOCKS = frozenset(
    {"p", "li", "td", "th", "dt", "dd", "h1", "h2", "div", "tr", "label", "option", "button", "a"}
)


@dataclass
class FilledForm:
    """A form as it stands on a page: where it goes, and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def option(self, name: str, words: str) -> str:
        """The value of the option of a choice that says this."""
        return next(value for value, said in self.options[name] if words in said)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FilledForm] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._area: str | None = None
        self._choice: str | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"style", "svg", "script"}:
            self._hidden += 1
        if tag in _BLOCKS:
            self.words.append(" ")
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self.forms.append(FilledForm(given.get("action", ""), given.get("method", "get")))
        if self.forms:
            self._in_form(tag, given)

    def _in_form(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "input" and name and given.get("type") not in {"checkbox", "radio", "file"}:
            form.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._area, form.fields[name] = name, ""
        elif tag == "select":
            self._choice, form.options[name] = name, []
        elif tag == "option" and self._choice:
            form.options[self._choice].append((given["value"], ""))
            if "selected" in given or self._choice not in form.fields:
                form.fields[self._choice] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "svg", "script"}:
            self._hidden -= 1
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._choice = None

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self.words.append(data)
        if self._area is not None:
            self.forms[-1].fields[self._area] += data
        elif self._choice and data.strip():
            value, said = self.forms[-1].options[self._choice][-1]
            self.forms[-1].options[self._choice][-1] = (value, said + data.strip())


class Seen:
    """A page as it came."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.path = answer.url.raw_path.decode()
        self.html = answer.text
        self.headers = answer.headers
        reader = _Reader()
        reader.feed(answer.text)
        self.links = reader.links
        self.forms = reader.forms
        self.text = re.sub(r"\s+", " ", "".join(reader.words))

    def form(self, ending: str) -> FilledForm:
        """The form whose address ends so."""
        found = [each for each in self.forms if each.action.endswith(ending)]
        assert found, f"no form {ending} on {self.path}: {self.text}"
        return found[0]

    def offers(self, ending: str) -> bool:
        """Whether there is such a form."""
        return any(each.action.endswith(ending) for each in self.forms)

    def link(self, part: str) -> str:
        """The first link that begins so, or a page of the same list that carries this."""
        found = [
            each for each in self.links if each.startswith(part) or f"?{part}" in each or f"&{part}" in each
        ]
        assert found, f"no link {part} on {self.path}: {self.links}"
        return found[0]


class Office:
    """One person's browser: keeps cookies, follows redirects."""

    def __init__(self, address: str, language: str = "id") -> None:
        self._client = httpx.AsyncClient(
            base_url=address,
            follow_redirects=True,
            timeout=30,
            trust_env=False,
            headers={"Origin": address, "Accept-Language": language},
        )
        self.person: Person

    @classmethod
    async def of(cls, address: str, person: Person, language: str = "id") -> Self:
        """Somebody who has signed in."""
        office = cls(address, language)
        seen = await office.enter(person.code, person.pin)
        assert seen.offers("/kantor/keluar"), seen.text
        office.person = person
        return office

    async def enter(self, code: str, pin: str) -> Seen:
        """Sign in with the form of the first page."""
        gate = await self.open("/kantor/masuk")
        return await self.send(gate, "/kantor/masuk", kode=code, pin=pin)

    async def open(self, path: str) -> Seen:
        """Read a page."""
        return Seen(await self._client.get(path))

    async def look_for(self, path: str, words: str) -> Seen | None:
        """The page of a list on which these words stand, or None after its last page."""
        seen = await self.open(path)
        while words not in seen.html:
            following = [each for each in seen.links if "sesudah=" in each]
            if not following:
                return None
            seen = await self.open(following[0])
        return seen

    async def send(self, page: Seen, ending: str, **typed: str | list[str]) -> Seen:
        """Fill a form of a page in and send it; what is not named is sent as it stands."""
        form = page.form(ending)
        return Seen(await self._client.post(form.action, data={**form.fields, **typed}))

    async def send_file(self, page: Seen, ending: str, name: str, content: bytes, **typed: str) -> Seen:
        """The same with a file in the field of that name."""
        form = page.form(ending)
        files = {name: (f"{name}.csv", content)}
        return Seen(await self._client.post(form.action, data={**form.fields, **typed}, files=files))

    async def send_and_mean_it(self, page: Seen, ending: str, **typed: str | list[str]) -> Seen:
        """The same as `send`, and yes to the page that asks once more."""
        asked = await self.send(page, ending, **typed)
        assert asked.form(ending).fields["yakin"] == "ya", asked.text
        return await self.send(asked, ending)

    async def close(self) -> None:
        """Close the browser."""
        await self._client.aclose()
