"""What anybody may read without signing in: the catalogue, price lists, what waste would be worth."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.valuation.api.means import Instant, Means, granted
from services.valuation.api.words import (
    CatalogueWords,
    ClassWords,
    CurrentListWords,
    Estimate,
    EstimateWords,
    ListPage,
    WholeListWords,
    estimate_words,
    list_words,
    price_words,
)
from services.valuation.domain.refusals import Refusal
from services.valuation.workflows import estimating, publishing
from services.valuation.workflows.publishing import StoredList
from shared.kernel.catalogue import Item
from shared.kernel.waste_classes import CLASS_NAMES
from shared.runtime.access import anyone
from shared.runtime.http import Slug
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of, page_of
from shared.runtime.problems import Problem

SearchWords = Annotated[str | None, Query(min_length=1, max_length=60)]


def router(means: Means) -> APIRouter:
    """The routes that are open to all."""
    routes = APIRouter(prefix="/v1", tags=["prices"], dependencies=[Depends(anyone)])
    database, books = means.database, means.books

    @routes.get("/catalogue")
    async def read_catalogue(q: SearchWords = None) -> CatalogueWords:
        """Every item with its grades and conditions; with `q`, those that a word of the trade finds."""
        async with database.reading() as tx:
            items = await publishing.read_catalogue(tx)
        classes = [
            ClassWords(waste_class=each, name_id=name.indonesian, name_en=name.english)
            for each, name in CLASS_NAMES.items()
        ]
        found = [item for item in items.values() if q is None or finds(item, q)]
        return CatalogueWords(items=found, waste_classes=classes)

    @routes.get("/price-lists/current")
    async def read_current_list(waste_bank_id: Slug, at: Instant | None = None) -> CurrentListWords:
        """The list in force at a waste bank, now or at an instant: what its tablet shows."""
        rollout = means.watcher.current
        if rollout.waste_bank(waste_bank_id) is None:
            raise Problem(Refusal.WASTE_BANK_UNKNOWN.value)
        async with database.reading() as tx:
            current = granted(
                await estimating.current_list(tx, books, waste_bank_id, at or means.clock.now())
            )
        return CurrentListWords(
            **list_words(current.stored).model_dump(),
            prices=price_words(current.stored.prices, dict(current.items)),
            next_effective_at=current.next_effective_at,
            price_list_max_age_days=rollout.price_list_max_age_days,
        )

    @routes.get("/price-lists")
    async def list_price_lists(
        waste_bank_id: Annotated[Slug | None, Query()] = None, cursor: Cursor = None, limit: Limit = LIMIT
    ) -> ListPage:
        """Published lists, the last to begin first; with a waste bank, its own and the general ones."""
        async with database.reading() as tx:
            found = await publishing.list_history(tx, waste_bank_id, end_of(cursor), limit + 1)
        page, following = page_of(found, limit, _began)
        return ListPage(price_lists=[list_words(each) for each in page], next_cursor=following)

    @routes.get("/price-lists/{price_list_id}")
    async def read_price_list(price_list_id: UUID) -> WholeListWords:
        """One published list. It never changes."""
        async with database.reading() as tx:
            stored = granted(await publishing.read_list(tx, price_list_id, drafts_too=False))
            items = await publishing.read_catalogue(tx)
        return WholeListWords(
            **list_words(stored).model_dump(), prices=price_words(stored.prices, dict(items))
        )

    @routes.post("/estimates")
    async def estimate(asked: Estimate) -> EstimateWords:
        """What this would pay at that waste bank now. Nothing is kept of the question."""
        if means.watcher.current.waste_bank(asked.waste_bank_id) is None:
            raise Problem(Refusal.WASTE_BANK_UNKNOWN.value)
        lines = [(line.item_code, line.grade, line.quantity) for line in asked.lines]
        async with database.reading() as tx:
            worth, _ = granted(
                await estimating.estimate(tx, books, asked.waste_bank_id, lines, means.clock.now())
            )
        return estimate_words(worth)

    return routes


def finds(item: Item, words: str) -> bool:
    """True if every word stands in the item's code, names or search words, in part or whole."""
    text = " ".join((item.code, item.name_id, item.name_en, *item.search_words)).lower()
    return all(word in text for word in words.lower().split())


def _began(stored: StoredList) -> tuple[datetime, UUID]:
    if stored.effective_at is None:
        raise AssertionError(f"price list {stored.price_list_id} is listed as published and is not")
    return stored.effective_at, stored.price_list_id
