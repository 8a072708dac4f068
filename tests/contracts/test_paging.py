"""The same question has the same answer in every service: lists are read page by page in one form."""

import copy
import json
from typing import Any

import pytest

from deploy.docs import roles
from tests.architecture.tree import REPOSITORY
from tests.contracts import paging

DOCUMENTS: dict[str, Any] = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((REPOSITORY / "docs" / "api").glob("*.json"))
    if file.stem not in roles.OWN_DIALECT
}
FEWEST_SERVICES, FEWEST_PAGED = 6, 25
REVIEWS = ("payout", "/v1/reviews")


def planted(**changed: Any) -> dict[str, Any]:
    """The documents with one list door changed: its parameters by name (None takes one away), or `answer`."""
    documents = copy.deepcopy(DOCUMENTS)
    service, path = REVIEWS
    door = documents[service]["paths"][path]["get"]
    told = documents[service]["components"]["schemas"]["ReviewPage"]["properties"]
    for name, schema in changed.pop("answer", {}).items():
        told.pop(name, None)
        told |= {} if schema is None else {name: schema}
    kept = [each for each in door["parameters"] if each["name"] not in changed]
    door["parameters"] = kept + [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in changed.items()
        if schema is not None
    ]
    return documents


def test_every_list_is_paged_in_one_form() -> None:
    assert len(DOCUMENTS) >= FEWEST_SERVICES
    paged = [
        name
        for document in DOCUMENTS.values()
        for name, schema in document["components"]["schemas"].items()
        if "next_cursor" in schema.get("properties", {})
    ]
    assert len(paged) >= FEWEST_PAGED
    assert paging.answered_otherwise(DOCUMENTS) == []


def test_what_is_answered_whole_exists() -> None:
    doors = {f"{service} {path}" for service, each in DOCUMENTS.items() for path in each["paths"]}
    assert {*paging.WHOLE, *paging.DELTAS} - doors == set()


@pytest.mark.parametrize(
    "changed",
    [
        {"cursor": None, "after": {"type": "string"}},
        {"cursor": None},
        {"limit": None},
        {"limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}},
        {"cursor": {"type": "integer"}},
        {"answer": {"next_cursor": None, "next": {"type": "string"}}},
        {"answer": {"next_cursor": {"type": "string", "format": "uuid"}}},
        {"answer": {"items": {"type": "array"}}},
        {"limit": None, "cursor": None, "answer": {"next_cursor": None}},
    ],
    ids=str,
)
def test_a_planted_door_of_another_form_is_found(changed: dict[str, Any]) -> None:
    found = paging.answered_otherwise(planted(**changed))
    assert found
    assert all(each.startswith(" ".join(REVIEWS)) for each in found)
