"""Which words the screens say and which are written: keys as literals in templates, Python and TypeScript."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.web.words import LANGUAGES, PARTS
from services.web.words.book import read_part

WEB = Path("services/web")
_ENDINGS = (".html", ".py", ".ts", ".tsx")
# Made by the build or by others, and the words themselves.
_NOT_OURS = frozenset({"node_modules", "static", "words", "types", "__pycache__", "dist"})
# A key is a whole literal: one that is put together from pieces is not found, and counts as unused.
_LITERAL = re.compile(
    r"""(?P<quote>["'`])(?P<key>(?:%s)(?:\.[a-z][a-z0-9_-]*)+)(?P=quote)""" % "|".join(PARTS)  # noqa: UP031
)
_PLACE = re.compile(r"\{(\w+)\}")


def keys_used(root: Path = WEB) -> dict[str, list[str]]:
    """Key -> the files that say it."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in _sources(root):
        for match in _LITERAL.finditer(file.read_text(encoding="utf-8")):
            found[match["key"]].append(str(file))
    return found


def keys_written(root: Path = WEB) -> dict[str, dict[str, str]]:
    """Language -> key -> sentence, of every part."""
    return {
        language: {
            key: sentence
            for part in PARTS
            for key, sentence in read_part(language, part, root / "words").items()
        }
        for language in LANGUAGES
    }


def faults(used: Mapping[str, list[str]], written: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is wrong, in words: missing, unused, untranslated, or with other places in the two languages."""
    found = []
    for language, sentences in written.items():
        found += [
            f"{language}: {key} is missing ({places[0]})"
            for key, places in used.items()
            if key not in sentences
        ]
        found += [f"{language}: {key} is said nowhere" for key in sentences if key not in used]
        found += [
            f"{language}: {key} has no words" for key, sentence in sentences.items() if not sentence.strip()
        ]
    first, *others = written.values()
    for other in others:
        found += [
            f"{key}: {_places(sentence)} in one language, {_places(other[key])} in the other"
            for key, sentence in first.items()
            if other.get(key) and _places(other[key]) != _places(sentence)
        ]
    return sorted(found)


def _places(sentence: str) -> list[str]:
    return sorted(set(_PLACE.findall(sentence)))


def _sources(root: Path) -> Iterator[Path]:
    for file in sorted(root.rglob("*")):
        inside = file.relative_to(root).parts
        if (
            file.suffix in _ENDINGS
            and not _NOT_OURS.intersection(inside[:-1])
            and not file.name.endswith(".test.ts")
        ):
            yield file
