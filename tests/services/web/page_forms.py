"""What stands on a page, read without a browser: its links, its forms with their fields, and what it tells."""

from dataclasses import dataclass, replace
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form with the value that the page gives it."""

    name: str
    value: str
    file: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on a page."""

    page: str
    action: str
    method: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What a reader gets: language, links, forms, and the words in which something is told."""

    language: str
    links: tuple[str, ...]
    forms: tuple[Form, ...]
    told: str


def read_page(path: str, text: str) -> Page:
    """Read a page without a browser."""
    reader = _Reader(path)
    reader.feed(text)
    forms = tuple(replace(form, fields=tuple(fields.values())) for form, fields in reader.forms)
    return Page(reader.language, tuple(reader.links), forms, " ".join(" ".join(reader.told).split()))


class _Reader(HTMLParser):
    _VOID = frozenset({"input", "br", "hr", "img", "meta", "link", "use", "path", "circle", "rect"})

    def __init__(self, path: str) -> None:
        super().__init__()
        self.language = ""
        self.links: list[str] = []
        self.forms: list[tuple[Form, dict[str, Field]]] = []
        self.told: list[str] = []
        self._path = path
        self._choice = ""
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "a" and "href" in given and "download" not in given:
            self.links.append(given["href"])
        if tag == "form":
            action = given.get("action") or self._path
            self.forms.append((Form(self._path, action, given.get("method", "get").upper(), ()), {}))
        if self.forms:
            self._in_form(tag, given)
        if tag not in self._VOID:
            telling = bool({"pesan", "galat"} & set(given.get("class", "").split()))
            self._open.append((tag, telling or (bool(self._open) and self._open[-1][1])))

    def _in_form(self, tag: str, given: dict[str, str]) -> None:
        fields, name = self.forms[-1][1], given.get("name", "")
        kind = given.get("type", "text")
        if tag == "input" and kind in {"radio", "checkbox"} and name:
            known = fields.get(name, Field(name, ""))
            # Of tiles the first that can be had counts as chosen where none is; a tick is left alone.
            meant = "checked" in given or (kind == "radio" and not known.value and "disabled" not in given)
            fields[name] = replace(known, value=given.get("value", "") if meant else known.value)
        elif tag in {"input", "textarea"} and name:
            fields[name] = Field(name, given.get("value", ""), file=kind == "file")
        elif tag == "button" and name:
            fields.setdefault(name, Field(name, given.get("value", "")))
        elif tag == "select":
            self._choice = name
            fields[name] = Field(name, "")
        elif tag == "option" and self._choice:
            known = fields[self._choice]
            fields[self._choice] = replace(known, value=known.value or given["value"])
            if "selected" in given:
                fields[self._choice], self._choice = Field(self._choice, given["value"]), ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._choice = ""
        while self._open and tag in {name for name, _ in self._open}:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1]:
            self.told.append(data)
