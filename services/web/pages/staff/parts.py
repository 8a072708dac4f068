"""What a staff page is made of: cells, rows, tables, facts and forms, all in words of the reader's language."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

Kind = Literal["text", "money", "weight", "when", "day", "badge", "code", "long"]
Tone = Literal["", "baik", "awas", "bahaya"]
Input = Literal["text", "long", "choice", "number", "day", "moment", "file", "hidden", "pin", "several"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, drawn by its kind: money in rupiah, weight in grams, an instant, a day, words."""

    value: str | int | datetime | date | None
    kind: Kind = "text"
    tone: Tone = ""
    href: str = ""
    under: str = ""

    def to(self, href: str) -> "Cell":
        """The same, leading somewhere."""
        return replace(self, href=href)

    def per(self, under: str) -> "Cell":
        """The same with a small word under it."""
        return replace(self, under=under)


def money(rupiah: int | None, tone: Tone = "") -> Cell:
    """Whole rupiah; nothing is drawn as a dash."""
    return Cell(rupiah, "money", tone)


def when(instant: str | datetime | None, tone: Tone = "", under: str = "") -> Cell:
    """An instant as a door tells it, drawn in WIB."""
    return Cell(moment(instant), "when", tone, under=under)


def badge(words: str, tone: Tone = "") -> Cell:
    """A state: always a word, its colour only helps."""
    return Cell(words, "badge", tone)


def link(words: str, href: str, under: str = "") -> Cell:
    """Words that lead somewhere."""
    return Cell(words, href=href, under=under)


def moment(instant: str | datetime | None) -> datetime | None:
    """An instant out of a door's JSON."""
    return datetime.fromisoformat(instant) if isinstance(instant, str) else instant


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads. `numbers` counts from the left, 0 first: those columns are figures."""

    heads: list[str]
    rows: list[list[Cell]]
    empty: str
    title: str = ""
    numbers: frozenset[int] = frozenset()

    def titled(self, title: str) -> "Table":
        """The same under another title."""
        return replace(self, title=title)


@dataclass(frozen=True, slots=True)
class Link:
    """A way on. `main` is the one that most people want here."""

    words: str
    href: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a form. `options` are value and words of a choice."""

    name: str
    label: str
    kind: Input = "text"
    value: str = ""
    hint: str = ""
    required: bool = True
    options: list[tuple[str, str]] = field(default_factory=list)
    most: int = 500


@dataclass(frozen=True, slots=True)
class Form:
    """Something to decide or to enter. `second` says who else must act; `grave` marks what is final."""

    action: str
    title: str
    button: str
    entries: list[Entry] = field(default_factory=list)
    lead: str = ""
    second: str = ""
    grave: bool = False
    open: bool = False

    @property
    def sends_file(self) -> bool:
        """Whether the form carries a file."""
        return any(each.kind == "file" for each in self.entries)


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page. On a list, `forms_first` puts what can be begun there above the list, folded."""

    title: str
    lead: str = ""
    back: Link | None = None
    badges: list[Cell] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    filters: Form | None = None
    tables: list[Table] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    following: str = ""
    note: str = ""
    forms_first: bool = False
