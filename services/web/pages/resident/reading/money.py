"""A member's balance and statement as wallet tells them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.web.clients import Door
from services.web.pages.resident.reading.asking import instant
from services.web.pages.resident.rules.provisional import Credited

PAGE = 30
_LINES_MAX = 200
_PAGES_MAX = 5


@dataclass(frozen=True, slots=True)
class Balance:
    """In rupiah. Available = posted - held; below zero only after a correction."""

    posted: int
    held: int
    available: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement."""

    kind: str
    amount_rupiah: int
    balance_rupiah: int
    happened_at: datetime
    posted_at: datetime
    deposit_id: str | None
    redemption_id: str | None
    waste_bank_id: str | None
    corrects: bool
    corrected: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of the statement, newest first."""

    lines: tuple[Line, ...]
    next_cursor: str | None


async def read_balance(door: Door, member_id: str) -> Balance:
    """The balance now."""
    told: dict[str, Any] = await door.get("wallet", f"/v1/members/{member_id}/balance")
    return Balance(told["posted_rupiah"], told["held_rupiah"], told["available_rupiah"])


async def read_statement(
    door: Door, member_id: str, cursor: str | None = None, limit: int = PAGE
) -> Statement:
    """A page of the statement."""
    path = f"/v1/members/{member_id}/statement"
    told: dict[str, Any] = await door.get("wallet", path, cursor=cursor, limit=limit)
    return Statement(tuple(_line(each) for each in told["lines"]), told["next_cursor"])


async def read_statement_since(door: Door, member_id: str, since: datetime) -> Statement:
    """The statement back to an instant, or to its start; at most a thousand lines."""
    found = await read_statement(door, member_id, limit=_LINES_MAX)
    lines, cursor = list(found.lines), found.next_cursor
    for _ in range(_PAGES_MAX - 1):
        if cursor is None or lines[-1].posted_at < since:
            break
        further = await read_statement(door, member_id, cursor, _LINES_MAX)
        lines, cursor = [*lines, *further.lines], further.next_cursor
    return Statement(tuple(lines), cursor)


def credited_in(statement: Statement) -> Credited:
    """Which deposits this part of the statement credits, and how far back it reaches."""
    ids = frozenset(line.deposit_id for line in statement.lines if line.deposit_id is not None)
    whole = statement.next_cursor is None or not statement.lines
    return Credited(ids, None if whole else statement.lines[-1].posted_at)


def net_by_deposit(lines: Iterable[Line]) -> dict[str, int]:
    """What each deposit brought in the end, in rupiah: credits and what was taken back of them."""
    net: dict[str, int] = {}
    for line in lines:
        if line.deposit_id is not None:
            net[line.deposit_id] = net.get(line.deposit_id, 0) + line.amount_rupiah
    return net


def _line(told: dict[str, Any]) -> Line:
    return Line(
        kind=told["kind"],
        amount_rupiah=told["amount_rupiah"],
        balance_rupiah=told["balance_rupiah"],
        happened_at=instant(told["happened_at"]),
        posted_at=instant(told["posted_at"]),
        deposit_id=told.get("deposit_id"),
        redemption_id=told.get("redemption_id"),
        waste_bank_id=told.get("waste_bank_id"),
        corrects=told.get("reverses_id") is not None,
        corrected=told.get("reversed_by_id") is not None,
        reason=told.get("reason"),
    )
