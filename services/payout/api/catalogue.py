"""What can be had, and for how much."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from services.payout.api.counter import Counter, English, granted
from services.payout.domain.refusals import Refusal
from services.payout.workflows.quoting import Wish
from services.payout.workflows.shelf import product_view
from services.payout.workflows.views import ProductView, QuoteView
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.access import allow, anyone
from shared.runtime.http import Slug
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Member = Annotated[Caller, Depends(allow(Role.MEMBER))]


class QuoteWish(BaseModel):
    """A product and the number that it is for: a phone as people write it, or a meter of 11 or 12 digits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: Slug
    target: Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[^\x00]*$")]
    waste_bank_id: Slug | None = None


def router(counter: Counter) -> APIRouter:
    """`GET /products`, `POST /quotes`."""
    doors = APIRouter(tags=["catalogue"])

    @doors.get("/products", summary="The catalogue with live prices", dependencies=[Depends(anyone)])
    async def list_products(
        english: English,
        kind: Annotated[Literal["pln_token", "pulsa", "data"] | None, Query()] = None,
        brand: Annotated[str | None, Query(max_length=40)] = None,
    ) -> list[ProductView]:
        """Every product, also those that cannot be had now: `why_not` then says why."""
        async with counter.database.connection() as reading:
            found = await counter.shelf.look(reading, counter.clock.now())
        views = [product_view(each, english=english) for each in found]
        return [
            view
            for view in views
            if (kind is None or view.kind == kind) and (brand is None or view.brand.lower() == brand.lower())
        ]

    @doors.post("/quotes", status_code=201, summary="A price for one number")
    async def quote(wish: QuoteWish, who: Member, english: English) -> QuoteView:
        """The price is honoured until `expires_at`. A token's `owner` is who PLN says the meter belongs to, masked."""
        if who.member_id is None:
            raise Problem("not_allowed")
        return granted(
            await counter.quoting.quote(
                Wish(
                    member_id=who.member_id,
                    subdistrict_code=_area(who, wish, counter.rollout_now()),
                    waste_bank_id=wish.waste_bank_id,
                    product_code=wish.product,
                    target=wish.target,
                ),
                english=english,
            )
        )

    return doors


def _area(who: Caller, wish: QuoteWish, rollout: Rollout) -> str:
    """The sub-district whose caps hold: the member's own by the token, else the one of the waste bank."""
    if wish.waste_bank_id is not None and rollout.subdistrict_of(wish.waste_bank_id) is None:
        raise Problem(Refusal.UNKNOWN_AREA)
    if len(who.subdistrict_codes) == 1:
        return next(iter(who.subdistrict_codes))
    banks = [wish.waste_bank_id] if wish.waste_bank_id else sorted(who.waste_bank_ids)
    for bank in banks:
        found = rollout.subdistrict_of(bank)
        if found is not None:
            return found.kemendagri_code
    raise Problem(Refusal.UNKNOWN_AREA)
