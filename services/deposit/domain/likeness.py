"""Whether two weighings of one member look like the same one, entered twice."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

# The same member, item and weight within this time asks a person; it never refuses.
SAME_WITHIN = timedelta(hours=1)

Weight = tuple[str, str, str, int]


class Earlier(NamedTuple):
    """A deposit of the same member that was weighed at about the same time; its lines as they are stored."""

    deposit_id: UUID
    lines_json: str


def weights_of(lines: Iterable[Any]) -> set[Weight]:
    """Item, grade, unit and quantity of each line, given as objects."""
    return {(line.item_code, line.grade, line.unit, line.quantity) for line in lines}


def alike(lines: Iterable[Any], others: Sequence[Earlier]) -> UUID | None:
    """The first of the others that has a line with the same item and weight."""
    if not others:
        return None
    weights = weights_of(lines)
    for other in others:
        stored = json.loads(other.lines_json)
        if any(
            (each["item_code"], each["grade"], each["unit"], each["quantity"]) in weights for each in stored
        ):
            return other.deposit_id
    return None
