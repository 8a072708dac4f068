"""Problems are told in the reader's language, with a stable code, and never break on a missing parameter."""

import json

import pytest

from shared.runtime.problem_catalogue import CATALOGUE
from shared.runtime.problems import Problem, prefers_english, problem_response


@pytest.mark.parametrize(
    ("asked", "english"),
    [
        (None, False),
        ("", False),
        ("id", False),
        ("en", True),
        ("en-GB,en;q=0.9", True),
        ("id,en;q=0.8", False),
        ("en;q=0.9,id;q=0.5", True),
        ("en;q=0.5,id", False),
        ("de,en;q=0.3", True),
        ("en;q=x", False),
        ("fr", False),
    ],
)
def test_english_only_where_it_ranks_above_indonesian(asked: str | None, english: bool) -> None:
    assert prefers_english(asked) is english


@pytest.mark.parametrize("code", CATALOGUE)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_problem_can_be_told_without_parameters(code: str, language: str) -> None:
    answer = problem_response(Problem(code), language)
    body = json.loads(bytes(answer.body))
    assert (answer.status_code, body["status"]) == (CATALOGUE[code].status, CATALOGUE[code].status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert (body["code"], body["type"]) == (code, f"urn:timbang:problem:{code}")
    assert "{" not in body["detail"]


def test_a_code_that_is_in_no_catalogue_is_a_bug() -> None:
    with pytest.raises(KeyError):
        problem_response(Problem("moon_is_full"), None)
