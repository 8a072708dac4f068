"""In which language somebody is answered: as they chose, else as their browser asks, else in Indonesian."""

from typing import Literal

from starlette.requests import HTTPConnection

from shared.runtime.problems import prefers_english

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")
# Set by /bahasa/{language}; holds nothing else.
LANGUAGE_COOKIE = "bahasa"
_APP_CALLS = "/petugas/api/"


def language_of(request: HTTPConnection) -> Language:
    """The language of the answer to this request."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    # The operator's app has a choice of its own, and says it with every request.
    if chosen in LANGUAGES and not request.url.path.startswith(_APP_CALLS):
        return chosen
    return "en" if prefers_english(request.headers.get("accept-language")) else "id"
