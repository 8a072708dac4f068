"""The sentences of both languages, read once from their PO files."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from babel.messages.pofile import read_po

from services.web.words.languages import LANGUAGES, Language

log = structlog.get_logger()

FOLDER = Path(__file__).parent
PARTS = ("bersama", "mulai", "warga", "kantor", "petugas")
_PLACE = re.compile(r"\{(\w+)\}")

Sentences = Mapping[str, str]


class WordsError(Exception):
    """A PO file that is not there, cannot be read, or holds a key twice."""


class Words:
    """The sentences of every part, by language."""

    def __init__(self, sentences: Mapping[Language, Sentences]) -> None:
        self._sentences = sentences
        self._missed: set[str] = set()

    @classmethod
    def read(cls, folder: Path = FOLDER) -> "Words":
        """All parts that are there. Raises WordsError."""
        found: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        for language in LANGUAGES:
            for part in PARTS:
                for key, sentence in read_part(language, part, folder).items():
                    if key in found[language]:
                        raise WordsError(f"{key} stands in two files of {language}")
                    found[language][key] = sentence
        return cls(found)

    def say(self, language: Language, key: str, **values: Any) -> str:
        """The sentence of a key with its places filled. A key that nobody wrote is shown as it is, and logged once."""
        sentence = self._sentences[language].get(key)
        if not sentence:
            if key not in self._missed:
                self._missed.add(key)
                log.error("words_missing", key=key, language=language)
            return key
        return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), sentence)

    def has(self, language: Language, key: str) -> bool:
        """Whether somebody wrote a sentence for this key."""
        return bool(self._sentences[language].get(key))


def read_part(language: Language, part: str, folder: Path = FOLDER) -> dict[str, str]:
    """Key -> sentence of one PO file; empty if there is no such file. Raises WordsError."""
    file = folder / language / f"{part}.po"
    if not file.exists():
        return {}
    try:
        with file.open("rb") as opened:
            messages = list(read_po(opened, locale=language, abort_invalid=True))
    except ValueError as error:
        raise WordsError(f"{file.name} of {language}: {error}") from error
    return {str(each.id): str(each.string) for each in messages if each.id}
