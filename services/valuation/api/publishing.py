"""How the programme drafts and publishes prices. No door lets an operator set one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import UUID7

from services.valuation.api.means import Means, granted, may_price
from services.valuation.api.words import Draft, ListPage, Publication, WholeListWords, list_words, price_words
from services.valuation.domain.refusals import Refusal
from services.valuation.workflows import publishing
from services.valuation.workflows.publishing import Publisher, StoredList
from shared.kernel.catalogue import Item, Price
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of, page_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Programme = Annotated[Caller, Depends(allow(Role.PROGRAMME))]


def router(means: Means) -> APIRouter:
    """The routes of the programme."""
    routes = APIRouter(prefix="/v1/price-list-drafts", tags=["publishing"])
    database, clock = means.database, means.clock

    def may(who: Caller, waste_bank_id: str | None) -> bool:
        return may_price(who, means.watcher.current, waste_bank_id)

    def publisher(who: Caller) -> Publisher:
        return Publisher(who.subject, who.role.value, lambda waste_bank_id: may(who, waste_bank_id))

    @routes.get("")
    async def list_drafts(who: Programme, cursor: Cursor = None, limit: Limit = LIMIT) -> ListPage:
        """Drafts for waste banks of the caller's area, the newest first."""
        async with database.reading() as tx:
            found = await publishing.list_drafts(tx, end_of(cursor), limit + 1)
        page, following = page_of(found, limit, lambda each: (each.drafted_at, each.price_list_id))
        return ListPage(
            price_lists=[list_words(each) for each in page if may(who, each.waste_bank_id)],
            next_cursor=following,
        )

    @routes.get("/{price_list_id}")
    async def read_draft(price_list_id: UUID, who: Programme) -> WholeListWords:
        """One list, draft or published."""
        async with database.reading() as tx:
            stored = granted(await publishing.read_list(tx, price_list_id, drafts_too=True))
            if stored.published_at is None and not may(who, stored.waste_bank_id):
                raise Problem(Refusal.LIST_UNKNOWN.value)
            items = await publishing.read_catalogue(tx)
        return _whole(stored, dict(items))

    @routes.put("/{price_list_id}")
    async def write_draft(price_list_id: UUID7, asked: Draft, who: Programme) -> WholeListWords:
        """Write a draft under an id of your own making; sending it again writes it anew."""
        rollout = means.watcher.current
        if asked.waste_bank_id is not None and rollout.waste_bank(asked.waste_bank_id) is None:
            raise Problem(Refusal.WASTE_BANK_UNKNOWN.value)
        if not may(who, asked.waste_bank_id):
            raise Problem("not_your_area")
        async with database.transaction() as tx:
            outcome = await publishing.draft_list(
                tx,
                price_list_id=price_list_id,
                name=asked.name,
                waste_bank_id=asked.waste_bank_id,
                based_on=asked.based_on,
                prices=[
                    Price(
                        item=each.item_code,
                        grade=each.grade,
                        price_rupiah=each.price_rupiah,
                        source=each.source,
                    )
                    for each in asked.prices
                ],
                deductions=asked.deductions,
                by=publisher(who),
                rollout=rollout,
                now=clock.now(),
            )
            items = await publishing.read_catalogue(tx)
        return _whole(granted(outcome), dict(items))

    @routes.post("/{price_list_id}:publish")
    async def publish_draft(price_list_id: UUID, asked: Publication, who: Programme) -> WholeListWords:
        """Put a draft in force, now or later. It cannot be changed after that; the same again changes nothing."""
        async with database.transaction() as tx:
            outcome = await publishing.publish_list(
                tx,
                price_list_id,
                effective_at=asked.effective_at,
                by=publisher(who),
                rollout=means.watcher.current,
                now=clock.now(),
            )
            items = await publishing.read_catalogue(tx)
        return _whole(granted(outcome), dict(items))

    return routes


def _whole(stored: StoredList, items: dict[str, Item]) -> WholeListWords:
    return WholeListWords(**list_words(stored).model_dump(), prices=price_words(stored.prices, items))
