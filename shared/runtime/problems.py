"""Errors that people meet, as RFC 9457 problem+json in the reader's language."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

from shared.runtime.problem_catalogue import CATALOGUE


class Problem(Exception):  # noqa: N818 - the standard's word
    """A refusal on its way to the reader. Doors raise it; the code decides status and sentence."""

    def __init__(self, code: str, **parameters: Any) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters
        self.errors: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}


def problem_response(problem: Problem, accept_language: str | None) -> JSONResponse:
    """The answer for a problem. `code` is stable; `detail` is for people."""
    entry = CATALOGUE[problem.code]
    english = prefers_english(accept_language)
    body: dict[str, Any] = {
        "type": f"urn:timbang:problem:{problem.code}",
        "title": problem.code.replace("_", " "),
        "status": entry.status,
        "code": problem.code,
        "detail": sentence_of(problem, accept_language),
    }
    if problem.errors:
        body["errors"] = problem.errors
    if problem.parameters:
        body["parameters"] = problem.parameters
    return JSONResponse(
        body,
        status_code=entry.status,
        media_type="application/problem+json",
        headers={"Content-Language": "en" if english else "id", **problem.headers},
    )


def sentence_of(problem: Problem, accept_language: str | None) -> str:
    """What is told to people, in their language."""
    entry = CATALOGUE[problem.code]
    sentence = entry.english if prefers_english(accept_language) else entry.indonesian
    return sentence.format_map(_Named(problem.parameters))


def prefers_english(accept_language: str | None) -> bool:
    """True if English is asked for and ranks above Indonesian; Indonesian is the language of the house."""
    if not accept_language or "en" not in accept_language.lower():
        return False
    weights = {"en": 0.0, "id": 0.0}
    for part in accept_language.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.split("-")[0]
        if language in weights:
            try:
                weights[language] = max(weights[language], float(weight) if weight else 1.0)
            except ValueError:
                continue
    return weights["en"] > weights["id"]


class _Named(dict[str, Any]):
    """A sentence with a parameter that was not given still reads."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)

    def __missing__(self, key: str) -> str:
        return key
