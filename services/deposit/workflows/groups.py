"""One class's list in one go: each row is an ordinary deposit, with an id that the tablet made for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from services.deposit.workflows.weighings import Weighing

_weighing = TypeAdapter(Weighing).validator.validate_json


def weighings_of(
    common: Mapping[str, Any], rows: Sequence[Any]
) -> tuple[list[Weighing], list[tuple[int, ValidationError]]]:
    """The weighings of a list, and the place of each row that cannot be taken in, with what is wrong with it.

    What the rows have in common (waste bank, instant, price list, channel) counts before what a row says of it.
    """
    weighings: list[Weighing] = []
    wrong: list[tuple[int, ValidationError]] = []
    for position, row in enumerate(rows):
        whole = {**row, **common} if isinstance(row, dict) else row
        try:
            weighings.append(_weighing(to_json(whole)))
        except ValidationError as error:
            wrong.append((position, error))
    return weighings, wrong
