"""A member's deposits as deposit and valuation tell them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.web.clients import Door, Refused, Silent
from services.web.pages.resident.reading.asking import instant
from services.web.pages.resident.rules.impact import Brought
from services.web.pages.resident.rules.provisional import Weighing

_PAGE_MAX = 200
_PAGES_MAX = 5


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a deposit, with the reason that was given."""

    step: str
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """One deposit with its lines as they were weighed, and all that happened to it."""

    weighing: Weighing
    channel: str
    lines: tuple[dict[str, Any], ...]
    replaces: str | None
    replaced_by: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Valued:
    """A deposit's price: lines with price and value, and who keeps which part. `state` is valued, flagged or voided."""

    state: str
    lines: tuple[dict[str, Any], ...]
    gross_rupiah: int | None
    net_rupiah: int | None
    deductions: tuple[dict[str, Any], ...]
    price_list_id: str | None
    flags: tuple[str, ...]


async def read_deposits(door: Door, limit: int = 50, state: str | None = None) -> list[dict[str, Any]]:
    """The last deposits of the session's member, the latest weighing first, as the door tells them."""
    told: dict[str, Any] = await door.get("deposit", "/v1/deposits", limit=limit, state=state)
    found: list[dict[str, Any]] = told["deposits"]
    return found


async def read_all_deposits(door: Door) -> list[dict[str, Any]]:
    """Every deposit of the session's member, at most a thousand."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(_PAGES_MAX):
        told: dict[str, Any] = await door.get("deposit", "/v1/deposits", limit=_PAGE_MAX, cursor=cursor)
        found, cursor = [*found, *told["deposits"]], told["next_cursor"]
        if cursor is None:
            break
    return found


async def read_story(door: Door, deposit_id: str) -> Story:
    """One deposit."""
    told: dict[str, Any] = await door.get("deposit", f"/v1/deposits/{deposit_id}")
    return Story(
        weighing=weighing_of(told),
        channel=told["channel"],
        lines=tuple(told["lines"]),
        replaces=told["replaces_deposit_id"],
        replaced_by=told["replaced_by_deposit_id"],
        steps=tuple(Step(each["step"], instant(each["at"]), each["reason"]) for each in told["history"]),
    )


async def read_valued(door: Door, deposit_id: str) -> Valued | None:
    """What valuation says about a deposit; None if it does not know it yet, or does not answer."""
    try:
        told: dict[str, Any] = await door.get("valuation", f"/v1/valuations/{deposit_id}")
    except (Refused, Silent):
        return None
    return Valued(
        state=told["state"],
        lines=tuple(told["lines"]),
        gross_rupiah=told["gross_rupiah"],
        net_rupiah=told["net_rupiah"],
        deductions=tuple(told["deductions"]),
        price_list_id=told["price_list_id"],
        flags=tuple(told["flag"]["reasons"]) if told["flag"] else (),
    )


async def valuation_states(door: Door, deposit_ids: Sequence[str]) -> dict[str, str | None]:
    """The state of each deposit at valuation; None for what it does not know yet."""
    found = await asyncio.gather(*(read_valued(door, each) for each in deposit_ids))
    return {
        deposit_id: None if valued is None else valued.state
        for deposit_id, valued in zip(deposit_ids, found, strict=True)
    }


def weighing_of(told: dict[str, Any]) -> Weighing:
    """A deposit as far as the balance is concerned."""
    return Weighing(
        deposit_id=told["deposit_id"],
        state=told["state"],
        reason=told["reason"],
        weighed_at=instant(told["weighed_at"]),
        received_at=instant(told["received_at"]),
        waste_bank_id=told["waste_bank_id"],
        shown_rupiah=sum(line["shown_rupiah"] for line in told["lines"]),
        grams=sum(line["quantity"] for line in told["lines"] if line["unit"] == "kg"),
    )


def brought_in(deposits: Sequence[dict[str, Any]]) -> list[Brought]:
    """The lines of all deposits that count."""
    return [
        Brought(line["item_code"], line["unit"], line["quantity"], instant(told["weighed_at"]))
        for told in deposits
        if told["state"] == "recorded"
        for line in told["lines"]
    ]
