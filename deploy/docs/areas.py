"""Whose records each role reaches through each door: one line for every operation and role, judged by a person.

The lines come from the routes themselves; what they must answer does not. A new line says `?` until somebody has
written what it should be, and the tests (tests/matrix) call every operation and compare.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from deploy.docs.built import applications
from deploy.docs.roles import ANYONE, OWN_DIALECT, roles_of
from deploy.local.settings import REPOSITORY
from shared.kernel.roles import Role

FILE = REPOSITORY / "docs" / "api" / "areas.csv"
KEY = ("service", "method", "path", "role")
# The caller is whom the record is about (or who made it); somebody else of the same area; somebody of another one.
WHO = ("own record", "own area", "other area")
UNJUDGED = "?"
FORBIDDEN = "forbidden"
_PEOPLE = tuple(
    role.value for role in (Role.MEMBER, Role.OPERATOR, Role.PROGRAMME, Role.OFFICE, Role.SERVICE)
)

Line = tuple[str, ...]


def needed() -> Iterator[tuple[Line, tuple[str, str, str] | None]]:
    """Every (service, method, path, role), with its outcomes where they follow from the role alone."""
    for service, app in sorted(applications().items()):
        if service in OWN_DIALECT:
            continue
        for method, path, declared in sorted(roles_of(app), key=lambda line: (line[1], line[0])):
            allowed = set(declared.split())
            if ANYONE in allowed:
                yield (service, method, path, ANYONE), (ANYONE, ANYONE, ANYONE)
                continue
            for role in _PEOPLE:
                outcomes = None if role in allowed else (FORBIDDEN, FORBIDDEN, FORBIDDEN)
                yield (service, method, path, role), outcomes


def judged(file: Path = FILE) -> dict[Line, Line]:
    """What stands in the file: outcomes by line."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8") as lines:
        return {
            tuple(line[name] for name in KEY): tuple(line[who] for who in WHO)
            for line in csv.DictReader(lines)
        }


def matrix(known: dict[Line, Line] | None = None) -> str:
    """The file as it should be: lines of today's routes, with what is known of them."""
    known = judged() if known is None else known
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow([*KEY, *WHO])
    for line, outcomes in needed():
        lines.writerow([*line, *(outcomes or known.get(line, (UNJUDGED,) * len(WHO)))])
    return out.getvalue()
