"""Prices for everybody, and what one's own waste would bring: a form that asks and keeps nothing."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from services.web.clients import Door, Refused, doors_of
from services.web.means import Means
from services.web.pages.common import now_of, render, rollout_of
from services.web.pages.resident.history import class_names
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.reading.trade import Offer, PriceList, read_names, read_prices
from services.web.pages.resident.rules.places import open_subdistricts
from services.web.pages.resident.rules.quantities import QUANTITY_MAX, read_quantity
from services.web.pages.resident.visiting import ResidentRoute
from services.web.session import Face, Session, find_session
from services.web.words import language_of
from shared.kernel.rollout import WasteBank

ROWS = 3
_ROWS_MAX = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the calculator as it was typed; `quantity` is None if it could not be read."""

    key: str
    typed: str
    offer: Offer | None
    quantity: int | None

    @property
    def wrong(self) -> bool:
        """Something was typed that is no quantity, or of nothing."""
        return bool(self.typed or self.key) and (self.offer is None or self.quantity is None)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What valuation answers: the value of each row, what is kept of it and what is left."""

    lines: tuple[tuple[Offer, int, int], ...]
    gross_rupiah: int
    deductions: tuple[tuple[str, str, int], ...]
    net_rupiah: int


def router(means: Means) -> APIRouter:
    """`/harga`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/harga")
    async def show_prices(request: Request) -> Response:
        session = await find_session(request, Face.RESIDENT)
        door = doors_of(request).anonymous(request)
        english = language_of(request) == "en"
        banks = open_banks(request)
        bank = _chosen(banks, request, await _own_bank(request, session))
        prices = await or_none(_prices(door, bank, english=english))
        rows = read_rows(request.query_params.multi_items(), prices)
        return render(
            request,
            "resident/prices.html",
            banks=[(each.id, each.name) for each in banks],
            bank=bank,
            prices=prices,
            class_names=class_names(english=english),
            rows=rows,
            estimate=await or_none(_estimate(door, bank, prices, rows)),
        )

    return pages


def open_banks(request: Request) -> list[WasteBank]:
    """The waste banks that take deposits today."""
    found = open_subdistricts(rollout_of(request), now_of(request))
    return [bank for subdistrict in found for bank in subdistrict.waste_banks]


def read_rows(items: list[tuple[str, str]], prices: PriceList | None) -> list[Row]:
    """The rows of the calculator from `jenis` and `jumlah`, which come in pairs; empty ones to fill are added."""
    keys = [value.strip()[:40] for name, value in items if name == "jenis"][:_ROWS_MAX]
    amounts = [value.strip()[:20] for name, value in items if name == "jumlah"][:_ROWS_MAX]
    rows = [_row(key, typed, prices) for key, typed in zip(keys, amounts, strict=False) if key or typed]
    return rows + [Row("", "", None, None)] * max(1, ROWS - len(rows))


def _row(key: str, typed: str, prices: PriceList | None) -> Row:
    offer = None if prices is None else prices.find(key)
    quantity = None if offer is None else read_quantity(typed, offer.unit)
    if quantity is not None and quantity > QUANTITY_MAX:
        quantity = None
    return Row(key, typed, offer, quantity)


async def _own_bank(request: Request, session: Session | None) -> str | None:
    """The waste bank of whoever is signed in; asked only where the address names none."""
    if session is None or session.member_id is None or "bank" in request.query_params:
        return None
    member = await or_none(read_member(doors_of(request).of(session), str(session.member_id)))
    return None if member is None else member.waste_bank_id


def _chosen(banks: list[WasteBank], request: Request, own: str | None) -> WasteBank | None:
    """The bank that the address names, else the member's own, else the first."""
    for bank_id in (request.query_params.get("bank", ""), own):
        found = next((bank for bank in banks if bank.id == bank_id), None)
        if found is not None:
            return found
    return banks[0] if banks else None


async def _prices(door: Door, bank: WasteBank | None, *, english: bool) -> PriceList | None:
    """The list in force; None if there is no bank, or no list for it yet."""
    if bank is None:
        return None
    try:
        return await read_prices(door, bank.id, await read_names(door, english=english))
    except Refused:
        return None


async def _estimate(
    door: Door, bank: WasteBank | None, prices: PriceList | None, rows: list[Row]
) -> Estimate | None:
    """What the rows that could be read would bring; None without any."""
    asked = [row for row in rows if row.offer is not None and row.quantity is not None]
    if bank is None or prices is None or not asked:
        return None
    lines = [
        {"item_code": row.offer.item_code, "grade": row.offer.grade, "quantity": row.quantity}
        for row in asked
        if row.offer is not None
    ]
    told: dict[str, Any] = await door.post(
        "valuation", "/v1/estimates", {"waste_bank_id": bank.id, "lines": lines}
    )
    return _estimate_of(told, prices)


def _estimate_of(told: dict[str, Any], prices: PriceList) -> Estimate:
    words = {rule.beneficiary: (rule.name, rule.reason) for rule in prices.deductions}
    lines = [
        (offer, line["quantity"], line["value_rupiah"])
        for line in told["lines"]
        if (offer := prices.find(f"{line['item_code']}.{line['grade']}")) is not None
    ]
    shares = [
        (*words.get(share["beneficiary"], (share["beneficiary"], "")), share["amount_rupiah"])
        for share in told["deductions"]
    ]
    return Estimate(tuple(lines), told["gross_rupiah"], tuple(shares), told["net_rupiah"])
