"""The door through which a tablet keeps catalogue, price lists and exceptions of its waste bank up to date."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from services.valuation.api.means import Means
from services.valuation.domain.refusals import Refusal
from services.valuation.workflows.changes import price_changes, read_cursor, write_cursor
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Slug
from shared.runtime.paging import Cursor, unknown_cursor
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller


class ChangedThing(BaseModel):
    """The catalogue, a price list or an approved exception, whole; which of them is said by `kind`."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["catalogue", "price_list", "price_exception"]
    id: str


class GoneThing(BaseModel):
    """What a tablet is to delete: a list too old to be honoured, an exception that is over."""

    kind: str
    id: str


class PriceChangesPage(BaseModel):
    """The difference to what the cursor says the tablet has. `more`: ask again at once with `next_cursor`."""

    changed: list[ChangedThing]
    gone: list[GoneThing]
    next_cursor: str
    more: bool


def router(means: Means) -> APIRouter:
    """`GET /prices:changes`."""
    routes = APIRouter(prefix="/v1", tags=["prices"])

    @routes.get("/prices:changes")
    async def read_changes(
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))],
        waste_bank_id: Annotated[Slug, Query()],
        cursor: Cursor = None,
    ) -> PriceChangesPage:
        """At most 500 things or half a mebibyte: lists in force, to come or still honoured; approved exceptions."""
        rollout = means.watcher.current
        subdistrict = rollout.subdistrict_of(waste_bank_id)
        if subdistrict is None:
            raise Problem(Refusal.WASTE_BANK_UNKNOWN.value)
        if not who.covers_bank(waste_bank_id, subdistrict.kemendagri_code):
            raise Problem("not_your_area")
        had = read_cursor(cursor)
        if had is None:
            raise unknown_cursor()
        async with means.database.reading() as tx:
            page = await price_changes(tx, means.books, rollout, waste_bank_id, had, means.clock.now())
        things: list[dict[str, Any]] = page.changed
        return PriceChangesPage(
            changed=[ChangedThing.model_validate(thing) for thing in things],
            gone=[GoneThing(kind=kind, id=str(entry_id)) for kind, entry_id in page.gone],
            next_cursor=write_cursor(page.had),
            more=page.more,
        )

    return routes
