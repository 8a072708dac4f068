"""The words of the screens, by their keys: a test looks for what a key says today, and no wording is written twice."""

from typing import Any

from services.web.words import Language, Words

_WORDS = Words.read()


def t(key: str, language: Language = "id", **values: Any) -> str:
    """The sentence of a key. KeyError if nobody wrote it: a test must not look for a key."""
    if not _WORDS.has(language, key):
        raise KeyError(key)
    return _WORDS.say(language, key, **values)
