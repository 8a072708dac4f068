"""Makes the request of an operation out of its page and of what was planted, and says what kind of answer came."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared.kernel.ids import uuid7
from tests.journeys.wrong_requests import Operation, sample
from tests.matrix.people import BANK, SUBDISTRICT, Person

ALLOWED, ABSENT, NOT_FOUND, FORBIDDEN, SIGN_IN = "allowed", "absent", "not found", "forbidden", "sign in"
# The door was entered; what was asked for was refused for another reason than who asked.
_ENTERED = {409, 413, 422, 429, 503}
_OF_ONE_IN_A_BATCH = {
    "not_your_area": FORBIDDEN,
    "not_your_waste_bank": FORBIDDEN,
    "not_your_waste_bank_for_member": FORBIDDEN,
    "not_allowed": FORBIDDEN,
}

Planted = Mapping[str, Any]
Body = Callable[[Planted], Any]


@dataclass
class Recipes:
    """What a page cannot say: bodies that make sense, queries that are worth asking, what a list must show."""

    bodies: dict[str, Body] = field(default_factory=dict)
    queries: dict[str, Callable[[Planted], dict[str, Any]]] = field(default_factory=dict)
    # Which of the planted is meant by the name in a path, where it is not the one of that name.
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    # What of the planted stands in the answer to whoever may see it; without it they get the list without it.
    shows: dict[str, str] = field(default_factory=dict)


async def ask(
    client: httpx.AsyncClient,
    operation: Operation,
    planted: Planted,
    recipes: Recipes,
    person: Person | None,
) -> tuple[str, str]:
    """(kind of answer, the answer for a report)."""
    name = f"{operation.method.upper()} {operation.path}"
    planted = {
        **planted,
        "role": person.role if person else None,
        **{param: planted[other] for param, other in recipes.ids.get(name, {}).items()},
    }
    path = operation.path
    for each in operation.parameters("path"):
        path = path.replace("{" + each["name"] + "}", str(value_of(each["name"], planted, each, operation)))
    query = {
        each["name"]: value_of(each["name"], planted, each, operation)
        for each in operation.parameters("query")
        if each.get("required")
    }
    if name in recipes.queries:
        query = recipes.queries[name](planted)
    headers = {each["name"]: str(uuid7()) for each in operation.parameters("header") if each.get("required")}
    schema = operation.body_schema()
    body = None if schema is None else _filled(sample(schema, operation.page), planted)
    if name in recipes.bodies:
        body = recipes.bodies[name](planted)
    answer = await client.request(
        operation.method.upper(),
        path,
        params=query,
        headers={**headers, **(person.header if person else {})},
        **({} if body is None else {"json": body}),
    )
    shown = recipes.shows.get(name)
    kind = kind_of(answer, None if shown is None else str(planted[shown]))
    return kind, f"{answer.status_code} {answer.text[:300]}"


def kind_of(answer: httpx.Response, shown: str | None = None) -> str:
    """Allowed, absent, not found, forbidden, sign in; or words that no line of the matrix may have."""
    status = answer.status_code
    by_status = {401: SIGN_IN, 403: FORBIDDEN, 404: NOT_FOUND}
    if status in by_status:
        return by_status[status]
    if status < 300:
        if shown is not None and shown not in answer.text:
            return ABSENT
        return _of_a_batch(answer)
    code = _code(answer)
    if status == 422 and code == "invalid_request":
        wrong = [f"{each['field']} {each['rule']}" for each in answer.json().get("errors", ())]
        return f"the request does not fit: {'; '.join(wrong)}"
    return ALLOWED if status in _ENTERED else f"broken: {status}"


def _of_a_batch(answer: httpx.Response) -> str:
    try:
        content = answer.json()
    except ValueError:
        return ALLOWED
    results = next(
        (content[name] for name in ("results", "items") if isinstance(content, dict) and name in content),
        None,
    )
    if not results or not isinstance(results, list) or not isinstance(results[0], dict):
        return ALLOWED
    codes = {results[0].get(name) for name in ("code", "reason")}
    return next((kind for code, kind in _OF_ONE_IN_A_BATCH.items() if code in codes), ALLOWED)


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code"))
    except (json.JSONDecodeError, AttributeError):
        return ""


def value_of(name: str, planted: Planted, parameter: Mapping[str, Any], operation: Operation) -> Any:
    """What was planted under that name, or what the page suggests."""
    known = {"waste_bank_id": BANK, "subdistrict_code": SUBDISTRICT, **planted}
    return known[name] if name in known else sample(parameter["schema"], operation.page)


def _filled(body: Any, planted: Planted) -> Any:
    known = {"waste_bank_id": BANK, "subdistrict_code": SUBDISTRICT, **planted}
    if isinstance(body, dict):
        return {
            name: str(known[name])
            if name in known and not isinstance(value, dict | list)
            else _filled(value, planted)
            for name, value in body.items()
        }
    if isinstance(body, list):
        return [_filled(each, planted) for each in body]
    return body
