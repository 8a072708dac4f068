"""Wrong requests, generated from an OpenAPI page: every operation with a part missing, mistyped, too big, unknown."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.kernel.ids import uuid7

HUGE_TEXT = "x" * 100_000
HUGE_NUMBER = 10**30
METHODS = ("get", "post", "put", "patch", "delete")
JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the service's own OpenAPI page describes it."""

    service: str
    method: str
    path: str
    description: Mapping[str, Any]
    page: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """How a report names it."""
        return f"{self.service} {self.method.upper()} {self.path}"

    @property
    def is_open(self) -> bool:
        """Whether it can be used without a token, as the page says."""
        return not self.description.get("security")

    def parameters(self, place: str) -> list[Mapping[str, Any]]:
        """The parameters in `path`, `query` or `header`."""
        return [each for each in self.description.get("parameters", ()) if each["in"] == place]

    def body_schema(self) -> Mapping[str, Any] | None:
        """The schema of its JSON body, if it takes one."""
        content = self.description.get("requestBody", {}).get("content", {})
        found: Mapping[str, Any] | None = content.get(JSON_TYPE, {}).get("schema")
        return found


@dataclass(frozen=True)
class Request:
    """One request to make, and what is wrong with it."""

    operation: Operation
    wrong: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any = None


def operations(service: str, page: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of a page."""
    for path, methods in page["paths"].items():
        for method, description in methods.items():
            if method in METHODS:
                yield Operation(service, method, path, description, page)


def wrong_requests(operation: Operation) -> Iterator[Request]:
    """The operation with each of its parts spoilt, one at a time. The rest is as the page wants it."""
    yield from _wrong_ids(operation)
    yield from _wrong_query(operation)
    yield from _wrong_headers(operation)
    schema = operation.body_schema()
    if schema is not None:
        good = sample(schema, operation.page)
        for wrong, body in wrong_bodies(schema, good, operation.page):
            yield plain_request(operation, wrong, body=body)


def plain_request(operation: Operation, wrong: str, **changes: Any) -> Request:
    """The operation filled in as its page wants it, with some parts replaced. Ids in it are fresh: nobody has them."""
    path = operation.path
    ids = changes.pop("ids", {})
    for each in operation.parameters("path"):
        path = path.replace(
            "{" + each["name"] + "}", str(ids.get(each["name"], sample(each["schema"], operation.page)))
        )
    schema = operation.body_schema()
    given = {
        "query": _required(operation, "query"),
        "headers": {name: str(value) for name, value in _required(operation, "header").items()},
        "body": None if schema is None else sample(schema, operation.page),
        **changes,
    }
    return Request(operation, wrong, path, **given)


def _required(operation: Operation, place: str) -> dict[str, Any]:
    return {
        each["name"]: sample(each["schema"], operation.page)
        for each in operation.parameters(place)
        if each.get("required")
    }


def _wrong_ids(operation: Operation) -> Iterator[Request]:
    names = [each["name"] for each in operation.parameters("path")]
    if not names:
        return
    yield plain_request(operation, "unknown id")
    for name in names:
        yield plain_request(operation, f"path {name} of another shape", ids={name: "bukan%20id"})
        yield plain_request(operation, f"path {name} too big", ids={name: "9" * 2000})
        for unreadable in ("%00", "%ff%fe", "%ed%a0%80"):
            yield plain_request(operation, f"path {name} as {unreadable}", ids={name: unreadable})


def _wrong_query(operation: Operation) -> Iterator[Request]:
    good = _required(operation, "query")
    for each in operation.parameters("query"):
        name = each["name"]
        if each.get("required"):
            yield plain_request(
                operation, f"query {name} missing", query={k: v for k, v in good.items() if k != name}
            )
        if kinds(each["schema"], operation.page) - {"string", "null"} or each["schema"].get("format"):
            yield plain_request(operation, f"query {name} mistyped", query={**good, name: "bukan-begitu"})
        yield plain_request(operation, f"query {name} too big", query={**good, name: str(HUGE_NUMBER) * 40})
        shape = resolved(each["schema"], operation.page)
        if shape.get("pattern") or shape.get("format") or kinds(shape, operation.page) - {"string"}:
            # A word to search by has no shape, and finds nothing.
            yield plain_request(operation, f"query {name} with a NUL", query={**good, name: "a\x00b"})


def _wrong_headers(operation: Operation) -> Iterator[Request]:
    good = {name: str(value) for name, value in _required(operation, "header").items()}
    for name in good:
        yield plain_request(
            operation, f"header {name} missing", headers={k: v for k, v in good.items() if k != name}
        )
        yield plain_request(operation, f"header {name} too big", headers={**good, name: "k" * 5000})


def wrong_bodies(schema: Mapping[str, Any], good: Any, page: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(what is wrong, body) for every place of the schema."""
    yield "body missing", None
    yield "body not an object", [1, 2, 3]
    for place, part, required in places(schema, page):
        label = ".".join(map(str, place))
        if required:
            yield f"{label} missing", _changed(good, place, _ABSENT)
        yield f"{label} mistyped", _changed(good, place, wrong_type(part, page))
        if kinds(part, page) & {"string", "integer", "number", "array"}:
            yield f"{label} too big", _changed(good, place, too_big(part, page))
        if "string" in kinds(part, page) and "enum" not in resolved(part, page):
            yield f"{label} with a NUL", _changed(good, place, "a\x00b")
            yield f"{label} with half a character", _changed(good, place, "a\ud800b")


_ABSENT = object()


def _changed(good: Any, place: tuple[str | int, ...], value: Any) -> Any:
    changed = copy.deepcopy(good)
    at = changed
    for step in place[:-1]:
        if isinstance(at, dict) and step not in at:
            return changed | {place[0]: value} if value is not _ABSENT else changed
        at = at[step]
    if value is _ABSENT:
        at.pop(place[-1], None)
    else:
        at[place[-1]] = value
    return changed


def places(
    schema: Mapping[str, Any], page: Mapping[str, Any], at: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any], bool]]:
    """(path, schema, required) of every field, into objects and the first element of arrays."""
    whole = resolved(schema, page)
    if "object" in kinds(whole, page):
        required = set(whole.get("required", ()))
        for name, part in whole.get("properties", {}).items():
            yield (*at, name), part, name in required
            if name in required:
                yield from places(part, page, (*at, name))
    elif "array" in kinds(whole, page) and "items" in whole and whole.get("minItems", 0) > 0:
        yield from places(whole["items"], page, (*at, 0))


def resolved(schema: Mapping[str, Any], page: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind references and optional wrappings."""
    while "$ref" in schema:
        target: Any = page
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    for wrapping in ("anyOf", "oneOf", "allOf"):
        if wrapping in schema:
            real = [each for each in schema[wrapping] if each.get("type") != "null"]
            return resolved(real[0], page) if real else {}
    return schema


def kinds(schema: Mapping[str, Any], page: Mapping[str, Any]) -> set[str]:
    """The JSON types that the schema allows."""
    whole = resolved(schema, page)
    if "enum" in whole or "const" in whole:
        return {"string"}
    named = whole.get("type", "object" if "properties" in whole else ())
    return {named} if isinstance(named, str) else set(named)


def wrong_type(schema: Mapping[str, Any], page: Mapping[str, Any]) -> Any:
    """A value of a type that the schema does not allow."""
    allowed = kinds(schema, page)
    for kind, value in (
        ("object", {"a": {"b": 1}}),
        ("string", "bukan-ini"),
        ("array", [[]]),
        ("integer", 7),
    ):
        if kind not in allowed:
            return value
    return 1.5


def too_big(schema: Mapping[str, Any], page: Mapping[str, Any]) -> Any:
    """A value of the right type that nobody honest would send."""
    allowed = kinds(schema, page)
    if "string" in allowed:
        return HUGE_TEXT
    if "array" in allowed:
        item = resolved(schema, page).get("items", {})
        return [sample(item, page)] * 3000
    return HUGE_NUMBER


def sample(schema: Mapping[str, Any], page: Mapping[str, Any]) -> Any:
    """A value that fits the schema as far as a schema can say; ids and keys are fresh."""
    whole = resolved(schema, page)
    for told in ("example", "default", "const"):
        if whole.get(told) is not None:
            return whole[told]
    for several in ("examples", "enum"):
        if whole.get(several):
            return whole[several][0]
    kind = next(iter(sorted(kinds(whole, page) - {"null"})), "object")
    if kind == "object":
        required = whole.get("required", ())
        return {
            name: sample(whole["properties"][name], page)
            for name in required
            if name in whole.get("properties", {})
        }
    if kind == "array":
        return [sample(whole.get("items", {}), page) for _ in range(max(1, whole.get("minItems", 1)))]
    if kind == "boolean":
        return True
    if kind in {"integer", "number"}:
        return max(whole.get("minimum", 1), whole.get("exclusiveMinimum", 0) + 1, 1)
    return _sample_text(whole)


_SHAPES = {
    r"^\d{2}\.\d{2}\.\d{2}$": "12.07.28",
    r"^\d{4}-Q[1-4]$": "2026-Q4",
    r"^[A-Z][0-9]{2}$": "P05",
    r"^[0-9]{6}$": "123456",
    r"^(-|[a-z][a-z0-9_]{0,23})$": "bersih",
    r"^[1-9][0-9]{0,8}$": "7",
}


def _sample_text(schema: Mapping[str, Any]) -> str:
    formatted = {
        "uuid": str(uuid7()),
        "uuid7": str(uuid7()),
        "date-time": "2026-11-20T03:00:00Z",
        "date": "2026-11-20",
    }
    known = formatted.get(str(schema.get("format"))) or _SHAPES.get(str(schema.get("pattern")))
    return known or "tidak-ada" + "x" * max(0, schema.get("minLength", 0) - 9)
