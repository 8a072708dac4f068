"""What the doors show: the public board with small numbers hidden, and the office's figures against the targets."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.adoption.domain.secrecy import may_show, shown
from services.adoption.store import standing as store
from shared.kernel import wib
from shared.runtime.database import Tx

_NOTHING = store.DaySums(0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Board:
    """A sub-district as anybody may see it. None: not known, no target, or too few people behind it."""

    row: Any
    registered_members: int | None
    active_members: int | None
    deposits: int | None
    weight_kg: float | None


async def public_board(tx: Tx, now: datetime) -> list[Board]:
    """Every sub-district in this quarter."""
    quarter = wib.quarter(wib.day(now))
    depositors = await store.depositors(tx, quarter)
    board = []
    for row in await store.standing(tx, quarter):
        # Not counted yet is not nobody: better a figure hidden for some seconds than a person shown.
        people = depositors.get(row["subdistrict_code"], 0 if row["deposits"] == 0 else 1)
        board.append(
            Board(
                row=row,
                registered_members=shown(row["registered_members"], row["registered_members"]),
                active_members=shown(row["active_members"], row["active_members"]),
                deposits=shown(row["deposits"], people),
                weight_kg=float(row["weight_kg"]) if may_show(people) else None,
            )
        )
    return board


async def office_summary(tx: Tx, first: date, last: date) -> list[tuple[Any, store.DaySums]]:
    """For each sub-district its standing in the quarter of the last day, and its sums from `first` to `last`."""
    sums = await store.sums(tx, first, last)
    standing = await store.standing(tx, wib.quarter(last))
    return [(row, sums.get(row["subdistrict_code"], _NOTHING)) for row in standing]
