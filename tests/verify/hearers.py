"""Who hears what, read from the first page of every service: the line `Hears:` of its canvas."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.contracts import EVENTS, Event

SERVICES_FOLDER = Path(__file__).resolve().parents[2] / "services"
_BY_NAME = {event.__name__: event for event in EVENTS}


@dataclass(frozen=True)
class Hearer:
    """A service, the events that it obeys and the topics that it reads them from."""

    service: str
    events: frozenset[type[Event]]

    @property
    def topics(self) -> frozenset[str]:
        """The topics of those events."""
        return frozenset(event.TOPIC for event in self.events)


def hearers() -> Mapping[str, Hearer]:
    """Every service that hears anything, by name."""
    found = {}
    for page in sorted(SERVICES_FOLDER.glob("*/__init__.py")):
        events = _heard(ast.get_docstring(ast.parse(page.read_text(encoding="utf-8"))) or "")
        if events:
            found[page.parent.name] = Hearer(page.parent.name, events)
    return found


def _heard(canvas: str) -> frozenset[type[Event]]:
    text = canvas.partition("Hears:")[2].partition("Says:")[0]
    names = {word.strip(" .\n") for word in text.replace("\n", " ").split(",")}
    if "everything" in names:
        return frozenset(EVENTS)
    return frozenset(_BY_NAME[name] for name in names if name in _BY_NAME)
