"""What valuation's doors say about lists, values and flags."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.valuation.api.means import Instant
from services.valuation.domain.pricing import Worth
from services.valuation.workflows.flags import Stored
from services.valuation.workflows.publishing import StoredList
from shared.kernel.catalogue import DeductionRule, Item, Price
from shared.kernel.units import Unit
from shared.kernel.waste_classes import WasteClass
from shared.kernel.words import Grade, ItemCode, PriceRupiah
from shared.runtime.http import Asked, Slug, Words


class ClassWords(BaseModel):
    """One of the nine classes of the national report."""

    waste_class: WasteClass
    name_id: str
    name_en: str


class CatalogueWords(BaseModel):
    """What waste banks take in."""

    items: list[Item]
    waste_classes: list[ClassWords]


class PriceWords(BaseModel):
    """What one kg, litre or piece of an item in a grade pays, and where the figure comes from."""

    item_code: ItemCode
    grade: Grade
    unit: Unit
    price_rupiah: int
    source: str


class ListWords(BaseModel):
    """A price list without its prices. `waste_bank_id` is null for the list of all others."""

    price_list_id: UUID
    name: str
    waste_bank_id: str | None
    state: Literal["draft", "published"]
    effective_at: datetime | None
    published_at: datetime | None
    deductions: list[DeductionRule]


class WholeListWords(ListWords):
    """A price list with its prices."""

    prices: list[PriceWords]


class CurrentListWords(WholeListWords):
    """The list in force at a waste bank: what a tablet shows, and until when it may go on showing it."""

    next_effective_at: datetime | None = Field(description="when the next list begins, if one is published")
    price_list_max_age_days: int = Field(description="how long after its replacement it is still honoured")


class ListPage(BaseModel):
    """A page of lists; `next_cursor` is null on the last one."""

    price_lists: list[ListWords]
    next_cursor: str | None


class DraftPrice(Asked):
    """A price of a draft."""

    item_code: ItemCode
    grade: Grade
    price_rupiah: PriceRupiah
    source: Words


class Draft(Asked):
    """A price list to be. With `based_on`, prices and deductions not given are taken over from that published list."""

    name: Words
    waste_bank_id: Slug | None = None
    based_on: UUID | None = None
    prices: list[DraftPrice] = Field(default_factory=list, max_length=2000)
    deductions: Annotated[list[DeductionRule], Field(max_length=8)] | None = None


class Publication(Asked):
    """When a draft comes into force; without an instant, at once."""

    effective_at: Instant | None = None


class EstimateLine(Asked):
    """Grams, millilitres or pieces of an item in a grade."""

    item_code: ItemCode
    grade: Grade
    quantity: int = Field(ge=1, le=1_000_000_000)


class Estimate(Asked):
    """What somebody would bring, and where."""

    waste_bank_id: Slug
    lines: Annotated[list[EstimateLine], Field(min_length=1, max_length=60)]


class LineWords(BaseModel):
    """A line with its price and value in rupiah; grams are an estimate for litres and pieces."""

    item_code: str
    waste_class: str
    grade: str
    unit: str
    quantity: int
    price_rupiah: int
    value_rupiah: int
    reporting_grams: int


class ShareWords(BaseModel):
    """Who keeps which part of the gross value."""

    beneficiary: str
    basis_points: int
    amount_rupiah: int


class EstimateWords(BaseModel):
    """What it would pay today: net = gross - deductions. No promise: the list of the day of weighing counts."""

    price_list_id: UUID
    lines: list[LineWords]
    gross_rupiah: int
    deductions: list[ShareWords]
    net_rupiah: int


class RecordedLineWords(BaseModel):
    """A line as the tablet recorded it."""

    item_code: str
    grade: str
    unit: str
    quantity: int
    shown_rupiah: int


class FlagWords(BaseModel):
    """Why a deposit waits, or waited, for a second person."""

    reasons: list[str]
    recorder_id: UUID
    carried_by_id: UUID | None = Field(description="who handed over what the recorder had weighed")
    shown_price_list_id: UUID
    lines: list[RecordedLineWords]
    flagged_at: datetime
    closed_at: datetime | None
    decided_by: UUID | None
    decision: str | None
    decided_reason: str | None


class UsedWords(BaseModel):
    """An exception by which a line (its number from 1) or a deduction (its beneficiary) was valued."""

    of: str
    exception_id: UUID


class ValuationWords(BaseModel):
    """One deposit: valued, flagged or voided. Amounts are null until it is valued."""

    deposit_id: UUID
    member_id: UUID
    state: str = Field(description="valued, flagged or voided")
    waste_bank_id: str
    subdistrict_code: str
    weighed_at: datetime
    price_list_id: UUID | None
    list_in_force_id: UUID | None
    lines: list[LineWords]
    gross_rupiah: int | None
    deductions: list[ShareWords]
    net_rupiah: int | None
    price_difference_rupiah: int
    approved_by: UUID | None
    voided_at: datetime | None
    void_reason: str | None
    flag: FlagWords | None
    exceptions: list[UsedWords] = Field(description="what was valued otherwise than the list says")


class ValuationPage(BaseModel):
    """A page of deposits; `next_cursor` is null on the last one."""

    deposits: list[ValuationWords]
    next_cursor: str | None


class FlagPage(BaseModel):
    """A page of deposits that wait for a second person; `next_cursor` is null on the last one."""

    flags: list[ValuationWords]
    next_cursor: str | None


class Approval(Asked):
    """Why a flagged deposit may pass."""

    reason: Words


def list_words(stored: StoredList) -> ListWords:
    """A list without its prices."""
    return ListWords(
        price_list_id=stored.price_list_id,
        name=stored.name,
        waste_bank_id=stored.waste_bank_id,
        state="draft" if stored.published_at is None else "published",
        effective_at=stored.effective_at,
        published_at=stored.published_at,
        deductions=list(stored.deductions),
    )


def price_words(prices: tuple[Price, ...], items: dict[str, Item]) -> list[PriceWords]:
    """Prices in the order of the catalogue."""
    place = {code: number for number, code in enumerate(items)}
    return [
        PriceWords(
            item_code=price.item,
            grade=price.grade,
            unit=items[price.item].unit,
            price_rupiah=price.price_rupiah,
            source=price.source,
        )
        for price in sorted(prices, key=lambda each: place.get(each.item, len(place)))
        if price.item in items
    ]


def estimate_words(worth: Worth) -> EstimateWords:
    """What was reckoned for somebody who asked."""
    return EstimateWords(
        price_list_id=worth.by.id,
        lines=[LineWords(**line._asdict()) for line in worth.lines],
        gross_rupiah=worth.gross_rupiah,
        deductions=[ShareWords(**share._asdict()) for share in worth.deductions],
        net_rupiah=worth.net_rupiah,
    )


def valuation_words(stored: Stored) -> ValuationWords:
    """One deposit as staff and its member read it."""
    flag = stored.flag
    return ValuationWords(
        deposit_id=stored.deposit_id,
        member_id=stored.member_id,
        state=stored.state,
        waste_bank_id=stored.waste_bank_id,
        subdistrict_code=stored.subdistrict_code,
        weighed_at=stored.weighed_at,
        price_list_id=stored.price_list_id,
        list_in_force_id=stored.list_in_force_id,
        lines=[LineWords(**line._asdict()) for line in stored.lines],
        gross_rupiah=stored.gross_rupiah,
        deductions=[ShareWords(**share._asdict()) for share in stored.deductions],
        net_rupiah=stored.net_rupiah,
        price_difference_rupiah=stored.price_difference_rupiah,
        approved_by=stored.approved_by,
        voided_at=stored.voided_at,
        void_reason=stored.void_reason,
        flag=None if flag is None else FlagWords.model_validate(flag, from_attributes=True),
        exceptions=[UsedWords(**used._asdict()) for used in stored.exceptions],
    )
