"""Whether two weighings of one member look like the same one, entered twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

# The same member, item and weight within this time asks a person; it never refuses.
SAME_WITHIN = timedelta(hours=1)
# Where the weight of a line ends in the text of its lines: what was shown for it may differ.
_WEIGHT_ENDS = '"shown_rupiah"'


class Earlier(NamedTuple):
    """A deposit of the same member that was weighed at about the same time; its lines as they are stored."""

    deposit_id: UUID
    lines_json: str


def weights_in(lines_json: str) -> list[str]:
    """Item, grade, unit and quantity of each line, as they stand in the text that is stored.

    The text is always written by the same serializer, so equal weights are equal pieces of it: nothing is parsed.
    """
    return [line[: line.index(_WEIGHT_ENDS)] for line in lines_json.split("{")[1:]]


def share_a_weight(lines_json: str, other_lines_json: str) -> bool:
    """Whether both have a line with the same item and weight."""
    return any(weight in other_lines_json for weight in weights_in(lines_json))


def alike(lines_json: str, others: Sequence[Earlier]) -> UUID | None:
    """The first of the others that has a line with the same item and weight."""
    if not others:
        return None
    weights = weights_in(lines_json)
    for other in others:
        if any(weight in other.lines_json for weight in weights):
            return other.deposit_id
    return None
