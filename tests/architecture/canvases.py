"""What a service's docstring says it hears and says, and what its code really hears and says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shared.contracts import EVENTS
from tests.architecture.tree import Source, called_name, sources

EVENT_NAMES = {event.__name__ for event in EVENTS}
_LOOKS_AT = {"isinstance", "issubclass", "fromkeys"}


def canvas(words: str) -> dict[str, set[str]]:
    """`Owns`, `Hears` and `Says` of a package's docstring; a `-` is nothing at all."""
    found = {}
    for key in ("Owns", "Hears", "Says"):
        match = re.search(rf"^{key}:(.*?)(?=^\w+:|\n\s*\n|\Z)", words, re.MULTILINE | re.DOTALL)
        assert match, f"the canvas has no line {key}:"
        parts = {" ".join(part.split()).rstrip(".") for part in match[1].split(",")}
        found[key] = parts - {"-", ""}
    return found


def said_by(root: Path, service: str) -> set[str]:
    """The events that a service's workflows and doors construct."""
    said = set()
    for source in sources(root, f"services/{service}"):
        said |= set(_constructed(source))
    return said


def _constructed(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        yield from _names(node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr.startswith("model_"):
            yield from _names(node.func.value)
        # An event that is written as JSON at once names its class by its type.
        if called_name(node) == "Encoded":
            for argument in node.args:
                yield from _names(argument.value if isinstance(argument, ast.Attribute) else argument)
        # A class that is handed on is constructed by whom it is handed to, unless it is only looked at.
        if called_name(node) not in _LOOKS_AT:
            for argument in node.args:
                yield from _names(argument)


def _names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in EVENT_NAMES:
        yield node.id
