"""The doors to the store: what the book says is there, and what was counted."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import UUID7, BaseModel, Field

from services.deposit.api.callers import actor_of, bank_in_area
from services.deposit.api.means import BankAsked, Grams, Means, Staff
from services.deposit.domain.stock import StockRefusal
from services.deposit.workflows.stock import Counting, CountOutcome, count_stock, current_stock
from services.deposit.workflows.weighings import Moment
from shared.kernel.waste_classes import WasteClass
from shared.kernel.words import ItemCode
from shared.kernel.words import Slug as BankId
from shared.runtime.http import Asked
from shared.runtime.problems import Problem


class ItemStockView(BaseModel):
    """One item in grams: book = taken in - sold - shrinkage. Below zero, more was sold than ever came in."""

    item_code: str
    waste_class: WasteClass
    taken_in_grams: int
    sold_grams: int
    shrinkage_grams: Annotated[int, Field(description="Lost between counts; negative if more was found")]
    book_grams: int


class ClassStockView(BaseModel):
    """One class in grams."""

    waste_class: WasteClass
    book_grams: int


class StockView(BaseModel):
    """The store of a waste bank as the book has it at this moment, by item and by class."""

    waste_bank_id: str
    items: list[ItemStockView]
    classes: list[ClassStockView]


class CountedGiven(Asked):
    """One item and what lies there of it."""

    item_code: ItemCode
    counted_grams: Grams


class CountGiven(Asked):
    """A count of the store; what is not named is not counted. The id makes it safe to send again."""

    count_id: UUID7
    waste_bank_id: BankId
    counted_at: Moment
    lines: Annotated[tuple[CountedGiven, ...], Field(min_length=1, max_length=200)]


class CountedView(BaseModel):
    """One item: the book, the count, and the difference (counted minus book; what was lost is negative)."""

    item_code: str
    waste_class: WasteClass
    booked_grams: int
    counted_grams: int
    difference_grams: int


class CountView(BaseModel):
    """A count with its signed differences. The book now says what was counted."""

    count_id: UUID
    lines: list[CountedView]


def router(means: Means) -> APIRouter:
    """`GET /stock` and `POST /stock-counts`."""
    doors = APIRouter(prefix="/v1", tags=["stock"])

    @doors.get("/stock", summary="What should lie in the store")
    async def read_stock(who: Staff, waste_bank_id: BankAsked) -> StockView:
        """Deposits less lots and shrinkage, exact at this moment."""
        bank_in_area(who, waste_bank_id, means.rollout.current)
        async with means.database.reading() as tx:
            found = await current_stock(tx, waste_bank_id, means.kinds)
        of_class: dict[WasteClass, int] = {}
        for item in found.values():
            of_class[item.waste_class] = of_class.get(item.waste_class, 0) + item.book_grams
        return StockView(
            waste_bank_id=waste_bank_id,
            items=[
                ItemStockView(
                    item_code=each.item_code,
                    waste_class=each.waste_class,
                    taken_in_grams=each.taken_in_grams,
                    sold_grams=each.sold_grams,
                    shrinkage_grams=-each.difference_grams,
                    book_grams=each.book_grams,
                )
                for each in found.values()
            ],
            classes=[
                ClassStockView(waste_class=each, book_grams=of_class[each])
                for each in WasteClass
                if each in of_class
            ],
        )

    @doors.post(
        "/stock-counts",
        status_code=201,
        responses={200: {"model": CountView, "description": "Repeated"}},
        summary="Count the store",
    )
    async def count(body: CountGiven, who: Staff, response: Response) -> CountView:
        """Sets the book to what was counted and keeps the difference, signed. 201 counted, 200 repeated."""
        bank_in_area(who, body.waste_bank_id, means.rollout.current)
        counting = Counting(
            body.count_id,
            body.waste_bank_id,
            body.counted_at,
            [(each.item_code, each.counted_grams) for each in body.lines],
        )
        async with means.database.transaction() as tx:
            counted = await count_stock(
                tx, counting, actor_of(who), means.kinds, means.rollout.current, means.clock.now()
            )
            if isinstance(counted, StockRefusal):
                raise Problem(counted)
        if not counted.new:
            response.status_code = 200
        return _view(body.count_id, counted)

    return doors


def _view(count_id: UUID, counted: CountOutcome) -> CountView:
    return CountView(
        count_id=count_id,
        lines=[
            CountedView(
                item_code=each.item_code,
                waste_class=WasteClass(each.waste_class),
                booked_grams=each.booked_grams,
                counted_grams=each.counted_grams,
                difference_grams=each.difference_grams,
            )
            for each in counted.lines
        ],
    )
