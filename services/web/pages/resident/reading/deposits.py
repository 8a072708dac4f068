"""A member's deposits as deposit and valuation tell them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.web.clients import Door, Refused, Silent
from services.web.pages.resident.reading.asking import instant, or_none
from services.web.pages.resident.rules.impact import Brought
from services.web.pages.resident.rules.provisional import Weighing
from shared.kernel.rounding import net_rupiah

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
    """One deposit with its lines as they were weighed, and all that happened to it; `told` as the door has it."""

    told: dict[str, Any]
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
        told=told,
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


async def read_all_valued(door: Door, deposit_ids: Sequence[str]) -> dict[str, Valued]:
    """Each of these deposits as it is valued; what valuation does not know yet is absent."""
    found = await asyncio.gather(*(read_valued(door, each) for each in deposit_ids))
    return {
        deposit_id: valued
        for deposit_id, valued in zip(deposit_ids, found, strict=True)
        if valued is not None
    }


async def read_expected(
    door: Door, deposits: Sequence[dict[str, Any]], valued: Mapping[str, Valued]
) -> dict[str, int]:
    """What each deposit will probably bring: as it is valued, else what the tablet showed, less what its list deducts.

    A deposit whose list nobody can tell is absent.
    """
    net = {key: each.net_rupiah for key, each in valued.items() if each.net_rupiah is not None}
    open_ones = [told for told in deposits if told["deposit_id"] not in net and told["price_list_id"]]
    lists = sorted({told["price_list_id"] for told in open_ones})
    rates = dict(zip(lists, await asyncio.gather(*(_deducted(door, each) for each in lists)), strict=True))
    return net | {
        told["deposit_id"]: net_rupiah(weighing_of(told).shown_rupiah, rate)
        for told in open_ones
        if (rate := rates[told["price_list_id"]]) is not None
    }


async def _deducted(door: Door, price_list_id: str) -> list[int] | None:
    """The basis points that a list deducts; None if it cannot be read now."""
    try:
        told = await or_none(door.get("valuation", f"/v1/price-lists/{price_list_id}"))
    except Refused:
        return None
    return None if told is None else [rule["basis_points"] for rule in told["deductions"]]


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
