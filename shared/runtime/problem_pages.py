"""How refusals are described in an OpenAPI page: the same for every operation, said once."""

from typing import Any

_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
_UNUSED = ("HTTPValidationError", "ValidationError")
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable and stands in docs/api/problems.md; `detail` is a sentence for people.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Which field broke which rule; never what was sent.",
            "items": {
                "type": "object",
                "required": ["field", "rule", "words"],
                "properties": {name: {"type": "string"} for name in ("field", "rule", "words")},
            },
        },
        "parameters": {"type": "object", "description": "What the sentence names, such as a number of days."},
    },
}
_RESPONSE: dict[str, Any] = {
    "description": "Nothing was done; why, and what to do, in the reader's language.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def documented_problems(page: dict[str, Any]) -> dict[str, Any]:
    """The page with a problem for 4XX and 5XX of every operation that does not describe its own."""
    components = page.setdefault("components", {})
    components.setdefault("responses", {})["Problem"] = _RESPONSE
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    for methods in page.get("paths", {}).values():
        for method, operation in methods.items():
            if method not in _METHODS:
                continue
            responses = operation.setdefault("responses", {})
            # FastAPI's own description of a 422 is not how ours look.
            if "HTTPValidationError" in str(responses.get("422", "")):
                del responses["422"]
            for kind in ("4XX", "5XX"):
                responses.setdefault(kind, {"$ref": "#/components/responses/Problem"})
    for name in _UNUSED:
        schemas.pop(name, None)
    return page
