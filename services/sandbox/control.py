"""The door behind the counter: float, time, faults and a look into the book. Closed unless a setting opens it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from services.sandbox.book import Book
from services.sandbox.catalogue import Catalogue
from services.sandbox.clock import MovableClock
from services.sandbox.hooks import FAULTS
from services.sandbox.numbers import METER_START, OFFICIAL, PHONE_START, SCRIPTS
from services.sandbox.selling import Shop


class FloatChange(BaseModel):
    """Rupiah to add to the float, or to take from it."""

    amount_rupiah: int = Field(ge=-1_000_000_000, le=1_000_000_000)


class ClockChange(BaseModel):
    """By how many seconds the clock is ahead: `offset_seconds` sets it, `forward_seconds` adds to it."""

    offset_seconds: int | None = None
    forward_seconds: int = 0


class HookFault(BaseModel):
    """What happens to every webhook of a number that has no fault of its own."""

    fault: Literal["plain", "duplicated", "late", "forged", "dropped", "reordered"]


class ProductChange(BaseModel):
    """A product's new price or state, until the sandbox is started again."""

    price: Annotated[int, Field(gt=0)] | None = None
    seller_on: bool | None = None
    fault: str | None = None


def router(book: Book, clock: MovableClock, shop: Shop, catalogue: Catalogue) -> APIRouter:
    """Routes under `/_control`; nobody signs here, so it must never face a network."""
    routes = APIRouter(prefix="/_control")

    @routes.get("/float")
    async def read_float() -> dict[str, int]:
        return {"balance_rupiah": book.balance_rupiah()}

    @routes.post("/float")
    async def change_float(change: FloatChange) -> dict[str, int]:
        with book.writing():
            return {"balance_rupiah": book.enter_float(clock.epoch(), "top_up", change.amount_rupiah)}

    @routes.post("/tickets/{ticket_id}/paid")
    async def pay_ticket(ticket_id: int) -> dict[str, int]:
        with book.writing():
            ticket = book.db.execute(
                "update ticket set paid_at = ? where ticket_id = ? and paid_at is null returning amount_rupiah",
                (clock.epoch(), ticket_id),
            ).fetchone()
            if ticket is None:
                raise HTTPException(404, "no such open ticket")
            return {"balance_rupiah": book.enter_float(clock.epoch(), "ticket", ticket["amount_rupiah"])}

    @routes.get("/clock")
    async def read_clock() -> dict[str, Any]:
        return {"now": clock.now().isoformat(), "offset_seconds": clock.offset_seconds}

    @routes.post("/clock")
    async def move_clock(change: ClockChange) -> dict[str, Any]:
        start = clock.offset_seconds if change.offset_seconds is None else change.offset_seconds
        clock.move_to(start + change.forward_seconds)
        shop.settle_due()
        return {"now": clock.now().isoformat(), "offset_seconds": clock.offset_seconds}

    @routes.post("/webhooks")
    async def set_hook_fault(change: HookFault) -> dict[str, Any]:
        with book.writing():
            book.turn_dial("hooking", change.fault)
        return {"fault": change.fault, "faults": FAULTS}

    @routes.post("/products/{sku}")
    async def change_product(sku: str, change: ProductChange) -> dict[str, Any]:
        product = catalogue.find(sku)
        if product is None:
            raise HTTPException(404, "no such product")
        for name in change.model_fields_set:
            setattr(product, name, getattr(change, name))
        return product.row(product.stock)

    @routes.get("/sales")
    async def sales(ref_id: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        rows = book.db.execute(
            "select * from sale where ? is null or ref_id = ? order by sale_id desc limit ?",
            (ref_id, ref_id, min(limit, 10_000)),
        )
        return [dict(row) for row in rows]

    @routes.get("/numbers")
    async def numbers() -> dict[str, Any]:
        ours = [
            {"meter": f"{METER_START}{n:02d}", "phone": f"{PHONE_START}{n:02d}", "says": script.says}
            for n, script in SCRIPTS.items()
        ]
        return {"official": {number: SCRIPTS[n].says for number, n in OFFICIAL.items()}, "ours": ours}

    return routes
