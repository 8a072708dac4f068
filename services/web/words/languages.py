"""In which language somebody is answered: as they chose, else as their browser asks, else in Indonesian."""

from typing import Literal, cast

from starlette.requests import HTTPConnection

from shared.runtime.problems import prefers_english

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")
# Set by /bahasa/{language}; holds nothing else.
LANGUAGE_COOKIE = "bahasa"


def language_of(request: HTTPConnection) -> Language:
    """The language of the answer to this request."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return cast("Language", chosen)
    return "en" if prefers_english(request.headers.get("accept-language")) else "id"
