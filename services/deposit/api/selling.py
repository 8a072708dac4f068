"""The doors of selling: buyers, lots that leave, and the void of a lot that was written down wrongly."""

import json
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import UUID7, BaseModel, Field

from services.deposit.api.callers import actor_of, bank_in_area
from services.deposit.api.means import BankAsked, Means, SomeGrams, Staff
from services.deposit.domain.stock import StockRefusal
from services.deposit.workflows.selling import (
    Lot,
    LotLine,
    NotSold,
    OpenedBuyer,
    Sale,
    add_buyer,
    list_buyers,
    list_lots,
    sell_lot,
    void_lot,
)
from services.deposit.workflows.weighings import Moment
from shared.kernel.waste_classes import WasteClass
from shared.kernel.words import ItemCode, PriceRupiah
from shared.kernel.words import Slug as BankId
from shared.runtime.http import Asked, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, cursor_of, end_of
from shared.runtime.problems import Problem


class BuyerGiven(Asked):
    """A buyer, for the waste banks of one sub-district. Name and contact are kept sealed."""

    buyer_id: UUID7
    waste_bank_id: BankId
    name: Words
    contact: Words


class BuyerView(BaseModel):
    """A buyer, for those who sell to them."""

    buyer_id: UUID
    subdistrict_code: str
    name: str
    contact: str
    added_at: datetime


class BuyerList(BaseModel):
    """The buyers of a waste bank's sub-district."""

    buyers: list[BuyerView]


class LineGiven(Asked):
    """One item of a lot as the buyer weighed it, at a price per kg."""

    item_code: ItemCode
    weight_grams: SomeGrams
    price_rupiah: PriceRupiah


class LotGiven(Asked):
    """A lot that was sold. More than the book has in stock needs a reason."""

    lot_id: UUID7
    waste_bank_id: BankId
    buyer_id: UUID
    sold_at: Moment
    lines: Annotated[tuple[LineGiven, ...], Field(min_length=1, max_length=100)]
    beyond_stock_reason: Words | None = None


class LotLineView(BaseModel):
    """One item of a lot; of a void, weight and amount are negative."""

    item_code: str
    waste_class: WasteClass
    weight_grams: int
    price_rupiah: int
    amount_rupiah: int


class LotView(BaseModel):
    """A lot, or the opposite row that voids one."""

    lot_id: UUID
    waste_bank_id: str
    buyer_id: UUID
    sold_at: datetime
    sold_by: UUID
    recorded_at: datetime
    lines: list[LotLineView]
    amount_rupiah: int
    beyond_stock_reason: str | None
    voids_lot_id: UUID | None
    void_reason: str | None


class LotPage(BaseModel):
    """Some lots and voids, the last written first."""

    lots: list[LotView]
    next_cursor: str | None


class LotVoiding(Asked):
    """Why a lot is to be void."""

    reason: Words


def router(means: Means) -> APIRouter:
    """`POST` and `GET /buyers`, `POST` and `GET /lots`, `POST /lots/{lot_id}:void`."""
    doors = APIRouter(prefix="/v1", tags=["selling"])
    database, rollout, clock, sealer = means.database, means.rollout, means.clock, means.sealer

    @doors.post("/buyers", status_code=201, summary="Note a buyer")
    async def note_buyer(body: BuyerGiven, who: Staff) -> BuyerView:
        """For the sub-district of the waste bank. The same again changes nothing."""
        code = bank_in_area(who, body.waste_bank_id, rollout.current)
        given = (body.buyer_id, body.name, body.contact)
        async with database.transaction() as tx:
            added = await add_buyer(tx, sealer, given, code, actor_of(who), clock.now())
            if isinstance(added, StockRefusal):
                raise Problem(added)
        return _buyer(added)

    @doors.get("/buyers", summary="Who buys")
    async def read_buyers(who: Staff, waste_bank_id: BankAsked) -> BuyerList:
        """The buyers of the waste bank's sub-district."""
        code = bank_in_area(who, waste_bank_id, rollout.current)
        async with database.reading() as tx:
            found = await list_buyers(tx, sealer, [code])
        return BuyerList(buyers=[_buyer(each) for each in found])

    @doors.post(
        "/lots",
        status_code=201,
        responses={200: {"model": LotView, "description": "Repeated"}},
        summary="Write a sale down",
    )
    async def sell(body: LotGiven, who: Staff, response: Response) -> LotView:
        """201 sold, 200 repeated. More than is in stock is asked about; with a reason it is written down."""
        bank_in_area(who, body.waste_bank_id, rollout.current)
        sale = Sale(
            lot_id=body.lot_id,
            waste_bank_id=body.waste_bank_id,
            buyer_id=body.buyer_id,
            sold_at=body.sold_at,
            lines=[LotLine(each.item_code, each.weight_grams, each.price_rupiah) for each in body.lines],
            beyond_stock_reason=body.beyond_stock_reason,
        )
        async with database.transaction() as tx:
            sold = await sell_lot(tx, sale, actor_of(who), means.kinds, rollout.current, clock.now())
            if isinstance(sold, NotSold):
                raise Problem(sold.refusal, **({"lacking_grams": sold.lacking} if sold.lacking else {}))
        if not sold.new:
            response.status_code = 200
        return _lot(sold.lot)

    @doors.get("/lots", summary="What was sold")
    async def read_lots(
        who: Staff,
        waste_bank_id: BankAsked,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> LotPage:
        """Lots and voids of one waste bank, the last written first."""
        bank_in_area(who, waste_bank_id, rollout.current)
        async with database.reading() as tx:
            page = await list_lots(tx, waste_bank_id, end_of(cursor), limit)
        return LotPage(
            lots=[_lot(each) for each in page.lots],
            next_cursor=None if page.next_place is None else cursor_of(page.next_place),
        )

    @doors.post("/lots/{lot_id}:void", summary="A lot was written down wrongly")
    async def void(lot_id: UUID, body: LotVoiding, who: Staff) -> LotView:
        """Answers with the opposite row. Again changes nothing."""
        async with database.transaction() as tx:
            voided = await void_lot(tx, lot_id, body.reason, actor_of(who), clock.now())
            if isinstance(voided, StockRefusal):
                raise Problem(voided)
        return _lot(voided.lot)

    return doors


def _buyer(buyer: OpenedBuyer) -> BuyerView:
    return BuyerView(**buyer._asdict())


def _lot(lot: Lot) -> LotView:
    return LotView(
        lot_id=lot.lot_id,
        waste_bank_id=lot.waste_bank_id,
        buyer_id=lot.buyer_id,
        sold_at=lot.sold_at,
        sold_by=lot.sold_by,
        recorded_at=lot.recorded_at,
        lines=[LotLineView(**line) for line in json.loads(lot.lines_json)],
        amount_rupiah=lot.amount_rupiah,
        beyond_stock_reason=lot.beyond_stock_reason,
        voids_lot_id=lot.voids_lot_id,
        void_reason=lot.void_reason,
    )
