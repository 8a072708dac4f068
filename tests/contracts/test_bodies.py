"""The same question has the same answer in every service: a request's field that nobody knows is a mistake."""

import copy
from collections.abc import Iterator
from typing import Any

from tests.contracts.test_paging import DOCUMENTS

# What tablets send of their work in the field; see shared.runtime.http.Asked.
PATIENT = {
    "deposit BagBatch",
    "deposit BagGiven",
    "deposit CarriedBatch",
    "deposit ClassCounted",
    "deposit ClosingGiven",
    "deposit Discarding",
    "deposit Done",
    "deposit SignedDeposit",
    "deposit TabletReport",
    "deposit Voiding",
    "identity NewMember",
    "identity NewMembers",
}
FEWEST_BODIES = 60


def bodies(page: dict[str, Any]) -> Iterator[str]:
    """The name of every shape that a request's body holds, however deep."""
    shapes = page["components"]["schemas"]
    seen: set[str] = set()
    ahead: list[Any] = [
        operation["requestBody"]
        for operations in page["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]
    while ahead:
        here = ahead.pop()
        if isinstance(here, list):
            ahead += here
        elif isinstance(here, dict):
            name = str(here.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                ahead.append(shapes[name])
            ahead += here.values()
    return iter(sorted(seen))


def swallowing(documents: dict[str, Any]) -> set[str]:
    """The bodies that ignore a field which they do not know."""
    return {
        f"{service} {name}"
        for service, page in documents.items()
        for name in bodies(page)
        if (shape := page["components"]["schemas"][name]).get("type") == "object"
        and shape.get("additionalProperties") is not False
    }


def test_no_body_swallows_a_field_but_those_of_the_field() -> None:
    assert sum(len(list(bodies(page))) for page in DOCUMENTS.values()) >= FEWEST_BODIES
    assert swallowing(DOCUMENTS) == PATIENT


def test_a_body_that_swallows_a_field_is_found() -> None:
    documents = copy.deepcopy(DOCUMENTS)
    del documents["payout"]["components"]["schemas"]["Review"]["additionalProperties"]
    del documents["deposit"]["components"]["schemas"]["LineGiven"]["additionalProperties"]  # within LotGiven
    assert swallowing(documents) - PATIENT == {"payout Review", "deposit LineGiven"}
