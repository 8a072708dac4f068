"""Who may enter which door: read from the routes themselves, one line for each method and path."""

import csv
import io
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import Route

from deploy.docs.built import applications
from shared.runtime.access import allow, anyone

ANYONE = "anyone"
UNDECLARED = "UNDECLARED"
# The biller's own dialect signs every request, and `control` is switched off where there is a network; the sandbox
# shares no code with the services that verify tokens.
OWN_DIALECT = frozenset({"sandbox"})
_NOT_A_DOOR = frozenset({"/openapi.json"})


def roles_of(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Method, path and roles of every route; roles are joined by a blank, or `anyone`, or UNDECLARED."""
    for route in iter_route_contexts(app.routes):
        if route.path in _NOT_A_DOOR:
            continue
        dependant = getattr(route, "dependant", None)
        roles = _declared(dependant) if dependant is not None and not isinstance(route, Route) else set()
        for method in sorted(set(route.methods or ()) - {"HEAD"}):
            yield method, str(route.path), " ".join(sorted(roles)) or UNDECLARED


def matrix() -> str:
    """The whole matrix as CSV: service, method, path, roles."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["service", "method", "path", "roles"])
    for service, app in sorted(applications().items()):
        for method, path, roles in sorted(roles_of(app), key=lambda line: (line[1], line[0])):
            lines.writerow([service, method, path, _own_way(path) if service in OWN_DIALECT else roles])
    return out.getvalue()


def _own_way(path: str) -> str:
    if path.startswith("/v1/"):
        return "signature"
    return "control" if path.startswith("/_control/") else ANYONE


def _declared(dependant: Dependant) -> set[str]:
    roles: set[str] = set()
    if isinstance(dependant.call, allow):
        roles |= {role.value for role in dependant.call.roles}
    elif dependant.call is anyone:
        roles.add(ANYONE)
    for inner in dependant.dependencies:
        roles |= _declared(inner)
    return roles
