"""Sorted waste sold: buyers, lots, and the void of a lot that was written down wrongly."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.deposit.domain.stock import Kinds, StockRefusal, amount_rupiah, beyond
from services.deposit.store import selling, stock
from services.deposit.store.selling import Buyer, Lot
from services.deposit.workflows.stock import current_stock, wrong_items
from services.deposit.workflows.weighings import Actor
from shared.contracts import SoldLine, WasteSaleVoided, WasteSold
from shared.kernel.ids import derived_uuid, uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer

BUYERS_MAX = 500


class OpenedBuyer(NamedTuple):
    """A buyer with name and contact, for those who sell to them."""

    buyer_id: UUID
    subdistrict_code: str
    name: str
    contact: str
    added_at: datetime


class LotLine(NamedTuple):
    """One item of a lot: grams as the buyer weighed them, at a price per kg."""

    item_code: str
    weight_grams: int
    price_rupiah: int


@dataclass(frozen=True, slots=True)
class Sale:
    """A lot as it is written down. More than the book has needs a reason."""

    lot_id: UUID
    waste_bank_id: str
    buyer_id: UUID
    sold_at: datetime
    lines: Sequence[LotLine]
    beyond_stock_reason: str | None = None


class SaleOutcome(NamedTuple):
    """A lot as it stands; `new` is false for a repeat."""

    lot: Lot
    new: bool


class NotSold(NamedTuple):
    """Why nothing was sold; and, by item, how many grams the book lacks."""

    refusal: StockRefusal
    lacking: dict[str, int]


class LotsPage(NamedTuple):
    """Some lots and voids, newest first, and where the next page begins."""

    lots: list[Lot]
    next_place: tuple[datetime, UUID] | None


def _place(buyer_id: UUID, column: str) -> str:
    return f"buyer|{buyer_id}|{column}"


def opened(sealer: Sealer, buyer: Buyer) -> OpenedBuyer:
    """Open name and contact."""
    return OpenedBuyer(
        buyer.buyer_id,
        buyer.subdistrict_code,
        sealer.open(buyer.name, _place(buyer.buyer_id, "name")),
        sealer.open(buyer.contact, _place(buyer.buyer_id, "contact")),
        buyer.added_at,
    )


async def add_buyer(
    tx: Tx, sealer: Sealer, given: tuple[UUID, str, str], subdistrict_code: str, by: Actor, now: datetime
) -> OpenedBuyer | StockRefusal:
    """Note a buyer (id, name, contact) for the waste banks of a sub-district. The same again changes nothing."""
    buyer_id, name, contact = given
    buyer = Buyer(
        buyer_id,
        subdistrict_code,
        sealer.seal(name, _place(buyer_id, "name")),
        sealer.seal(contact, _place(buyer_id, "contact")),
        now,
        by.person_id,
    )
    if not await selling.add_buyer(tx, buyer):
        before = await selling.buyer(tx, buyer_id)
        if before is None or before.subdistrict_code != subdistrict_code:
            return StockRefusal.BUYER_CONFLICT
        known = opened(sealer, before)
        return known if (known.name, known.contact) == (name, contact) else StockRefusal.BUYER_CONFLICT
    await note(tx, [_act("buyer_added", "buyer", buyer_id, subdistrict_code, by)], now)
    return opened(sealer, buyer)


async def list_buyers(tx: Tx, sealer: Sealer, subdistrict_codes: Sequence[str]) -> list[OpenedBuyer]:
    """The buyers of these sub-districts."""
    return [opened(sealer, each) for each in await selling.buyers(tx, subdistrict_codes, BUYERS_MAX)]


async def sell_lot(
    tx: Tx, sale: Sale, by: Actor, kinds: Kinds, rollout: Rollout, now: datetime
) -> SaleOutcome | NotSold:
    """Write a lot down and take it out of the book. The same id with the same lot is a repeat."""
    subdistrict = rollout.subdistrict_of(sale.waste_bank_id)
    if subdistrict is None or not by.may_act_at(sale.waste_bank_id, subdistrict.kemendagri_code):
        return NotSold(StockRefusal.NOT_YOUR_AREA, {})
    wrong = wrong_items(kinds, [line.item_code for line in sale.lines])
    if wrong is not None:
        return NotSold(wrong, {})
    await stock.lock_bank(tx, sale.waste_bank_id)
    before = await selling.lot(tx, sale.lot_id)
    if before is not None:
        return (
            SaleOutcome(before, new=False)
            if _is_same(before, sale)
            else NotSold(StockRefusal.LOT_CONFLICT, {})
        )
    buyer = await selling.buyer(tx, sale.buyer_id)
    if buyer is None or buyer.subdistrict_code != subdistrict.kemendagri_code:
        return NotSold(StockRefusal.BUYER_NOT_FOUND, {})
    leaving = {line.item_code: line.weight_grams for line in sale.lines}
    lacking = beyond(await current_stock(tx, sale.waste_bank_id, kinds), leaving)
    if lacking and sale.beyond_stock_reason is None:
        return NotSold(StockRefusal.LOT_EXCEEDS_STOCK, lacking)
    lines = [_sold(line, kinds) for line in sale.lines]
    lot = _lot(sale, subdistrict.kemendagri_code, lines, by, now)
    if not lacking:
        lot = replace(lot, beyond_stock_reason=None)
    if not await selling.add_lot(tx, lot):
        return NotSold(StockRefusal.LOT_CONFLICT, {})
    gone = {code: -grams for code, grams in leaving.items()}
    await stock.add_moves(tx, sale.waste_bank_id, gone, "lot", sale.lot_id, now)
    await say(tx, [_told(lot, lines)])
    act = _act("lot_sold", "lot", sale.lot_id, lot.subdistrict_code, by, lot.beyond_stock_reason)
    await note(tx, [act], now)
    return SaleOutcome(lot, new=True)


def _lot(sale: Sale, subdistrict_code: str, lines: Sequence[dict[str, Any]], by: Actor, now: datetime) -> Lot:
    return Lot(
        lot_id=sale.lot_id,
        waste_bank_id=sale.waste_bank_id,
        subdistrict_code=subdistrict_code,
        buyer_id=sale.buyer_id,
        sold_at=sale.sold_at.astimezone(UTC),
        sold_by=by.person_id,
        recorded_at=now,
        lines_json=json.dumps(lines),
        amount_rupiah=sum(line["amount_rupiah"] for line in lines),
        beyond_stock_reason=sale.beyond_stock_reason,
    )


async def void_lot(tx: Tx, lot_id: UUID, reason: str, by: Actor, now: datetime) -> SaleOutcome | StockRefusal:
    """Void a lot by an opposite row of its own; its weight is in the book again. Again changes nothing."""
    seen = await selling.lot(tx, lot_id)
    if (
        seen is None
        or seen.voids_lot_id is not None
        or not by.may_act_at(seen.waste_bank_id, seen.subdistrict_code)
    ):
        return StockRefusal.LOT_NOT_FOUND
    await stock.lock_bank(tx, seen.waste_bank_id)
    before = await selling.void_of(tx, lot_id)
    if before is not None:
        return SaleOutcome(before, new=False)
    lines = json.loads(seen.lines_json)
    for line in lines:
        line["weight_grams"], line["amount_rupiah"] = -line["weight_grams"], -line["amount_rupiah"]
    void = replace(
        seen,
        lot_id=derived_uuid(lot_id, "void of a lot"),
        sold_by=by.person_id,
        recorded_at=now,
        lines_json=json.dumps(lines),
        amount_rupiah=-seen.amount_rupiah,
        beyond_stock_reason=None,
        voids_lot_id=lot_id,
        void_reason=reason,
    )
    if not await selling.add_lot(tx, void):
        return StockRefusal.LOT_ALREADY_VOID
    back = {line["item_code"]: -line["weight_grams"] for line in lines}
    await stock.add_moves(tx, seen.waste_bank_id, back, "lot_void", void.lot_id, now)
    await say(tx, [_told_void(seen, by, now)])
    await note(tx, [_act("lot_voided", "lot", lot_id, seen.subdistrict_code, by, reason)], now)
    return SaleOutcome(void, new=True)


async def list_lots(tx: Tx, waste_bank_id: str, before: tuple[datetime, UUID] | None, limit: int) -> LotsPage:
    """One page of a bank's lots and voids, the last written first."""
    found = await selling.lots(tx, waste_bank_id, before, limit)
    page = found[:limit]
    return LotsPage(page, (page[-1].recorded_at, page[-1].lot_id) if len(found) > limit else None)


def _sold(line: LotLine, kinds: Kinds) -> dict[str, Any]:
    return {
        "item_code": line.item_code,
        "waste_class": kinds.waste_class(line.item_code).value,
        "weight_grams": line.weight_grams,
        "price_rupiah": line.price_rupiah,
        "amount_rupiah": amount_rupiah(line.weight_grams, line.price_rupiah),
    }


def _is_same(before: Lot, sale: Sale) -> bool:
    lines = [
        LotLine(line["item_code"], line["weight_grams"], line["price_rupiah"])
        for line in json.loads(before.lines_json)
    ]
    return (before.waste_bank_id, before.buyer_id, before.sold_at, lines) == (
        sale.waste_bank_id,
        sale.buyer_id,
        sale.sold_at,
        list(sale.lines),
    )


def _told(lot: Lot, lines: Sequence[dict[str, Any]]) -> WasteSold:
    return WasteSold(
        event_id=uuid7(),
        recorded_at=lot.recorded_at,
        waste_bank_id=lot.waste_bank_id,
        subdistrict_code=lot.subdistrict_code,
        lot_id=lot.lot_id,
        buyer_id=lot.buyer_id,
        sold_at=lot.sold_at,
        sold_by=lot.sold_by,
        lines=tuple(SoldLine(**line) for line in lines),
        amount_rupiah=lot.amount_rupiah,
    )


def _told_void(lot: Lot, by: Actor, now: datetime) -> WasteSaleVoided:
    return WasteSaleVoided(
        event_id=uuid7(),
        recorded_at=now,
        waste_bank_id=lot.waste_bank_id,
        subdistrict_code=lot.subdistrict_code,
        lot_id=lot.lot_id,
        voided_at=now,
        voided_by=by.person_id,
    )


def _act(
    action: str, kind: str, subject_id: UUID, subdistrict_code: str, by: Actor, reason: str | None = None
) -> Act:
    return Act(
        action=action,
        subject_kind=kind,
        subject_id=str(subject_id),
        subdistrict_code=subdistrict_code,
        reason=reason,
        **by.done(),
    )


__all__ = [
    "Buyer",
    "Lot",
    "LotLine",
    "LotsPage",
    "NotSold",
    "OpenedBuyer",
    "Sale",
    "SaleOutcome",
    "add_buyer",
    "list_buyers",
    "list_lots",
    "sell_lot",
    "void_lot",
]
