"""What can be had, and for how much."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.payout.api.means import English, Means, buyer_of, granted, member_of, must_spend
from services.payout.domain.refusals import Refusal
from services.payout.workflows.quoting import Wish
from services.payout.workflows.shelf import product_view
from services.payout.workflows.views import (
    KeptQuoteView,
    OperatorList,
    OperatorView,
    ProductView,
    QuoteView,
)
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.access import allow, anyone
from shared.runtime.http import Asked, Slug
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Member = Annotated[Caller, Depends(allow(Role.MEMBER))]


_AMOUNT_RUPIAH_MAX = 1_000_000_000


class QuoteWish(Asked):
    """A product and the number that it is for: a phone as people write it, or a meter of 11 or 12 digits.

    Cash is for no number: it has an amount, and the waste bank at whose counter it is to be handed over.
    """

    product: Slug
    target: Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[^\x00]*$")] | None = None
    amount_rupiah: Annotated[int, Field(strict=True, ge=1, le=_AMOUNT_RUPIAH_MAX)] | None = None
    waste_bank_id: Slug | None = None


def router(means: Means) -> APIRouter:
    """`GET /operators`, `GET /products`, `POST /quotes`, `GET /quotes/{id}`."""
    doors = APIRouter(prefix="/v1", tags=["catalogue"])

    @doors.get("/operators", summary="How operators' numbers begin", dependencies=[Depends(anyone)])
    async def list_operators() -> OperatorList:
        """For forms that tell whose number was typed, before anything is asked for."""
        known = means.shelf.products.operators
        return OperatorList(
            operators=[OperatorView(brand=brand, prefixes=list(its)) for brand, its in known.items()]
        )

    @doors.get("/products", summary="The catalogue with live prices", dependencies=[Depends(anyone)])
    async def list_products(
        english: English,
        kind: Annotated[Literal["pln_token", "pulsa", "data", "cash"] | None, Query()] = None,
        brand: Annotated[str | None, Query(max_length=40, pattern=r"^[^\x00]*$")] = None,
    ) -> list[ProductView]:
        """Every product, also those that cannot be had now: `why_not` then says why."""
        async with means.database.reading() as reading:
            found = await means.shelf.look(reading, means.clock.now())
        views = [product_view(each, english=english) for each in found]
        return [
            view
            for view in views
            if (kind is None or view.kind == kind) and (brand is None or view.brand.lower() == brand.lower())
        ]

    @doors.post("/quotes", status_code=201, summary="A price for one number")
    async def quote(wish: QuoteWish, who: Member, english: English) -> QuoteView:
        """The price is honoured until `expires_at`. A token's `owner` is who PLN says the meter belongs to, masked."""
        asked = Wish(
            buyer=buyer_of(who),
            subdistrict_code=_area(who, wish, means.rollout.current),
            waste_bank_id=wish.waste_bank_id,
            product_code=wish.product,
            target=wish.target or "",
        )
        product = means.shelf.products.find(wish.product)
        if product is not None and product.kind == "cash":
            async with means.database.transaction() as tx:
                promised = await means.cash.quote(tx, asked, wish.amount_rupiah, english=english)
            return granted(promised)
        if product is not None and product.kind == "pln_token":
            # Whose meter it is, even masked, is nothing for a stranger with somebody's card code and PIN.
            must_spend(who)
        return granted(await means.quoting.quote(asked, english=english))

    @doors.get("/quotes/{quote_id}", summary="A price that was given before")
    async def read_again(quote_id: UUID, who: Member, english: English) -> KeptQuoteView:
        """A member's own quote, for a page that is loaded again; used quotes name their redemption."""
        must_spend(who)
        async with means.database.reading() as reading:
            return granted(await means.quoting.read_again(reading, quote_id, member_of(who), english=english))

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
