"""The page before a purchase: what, for whom, how much, and what stays; and the one button that buys once."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import go_to, read_form, render
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.money import read_balance
from services.web.pages.resident.reading.rates import read_rate
from services.web.pages.resident.reading.redemptions import Quote, read_quote
from services.web.pages.resident.redeeming import WAYS
from services.web.pages.resident.rules.affording import shortfall
from services.web.pages.resident.visiting import ResidentRoute, Visit, told, visit

WARNINGS = {
    "operator_differs": "warga.cek.operator_lain",
    "cash_box_short": "warga.cek.kas_kurang",
}
_AGAIN = "same_purchase_just_made"


def router(means: Means) -> APIRouter:
    """`/tukar/periksa/{quote_id}`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/tukar/periksa/{quote_id}")
    async def show_check(request: Request, quote_id: UUID) -> Response:
        here = await visit(request)
        quote = await read_quote(here.door, str(quote_id))
        if quote.redemption_id is not None:
            return go_to(f"/penukaran/{quote.redemption_id}")
        return await _check_page(here, quote)

    @pages.post("/tukar/periksa/{quote_id}")
    async def buy(request: Request, quote_id: UUID) -> Response:
        here = await visit(request)
        form = await read_form(request)
        # The key of a purchase hangs on the quote that the page was made for: however often it is sent, it buys once.
        wish = {"quote_id": str(quote_id), "repeat_confirmed": form.get("lagi") == "ya"}
        try:
            made = await here.door.post(
                "payout",
                "/v1/redemptions",
                wish,
                headers={"Idempotency-Key": f"warga-{quote_id}"},
            )
        except Refused as refused:
            if refused.code == "card_code_needed":
                raise
            return await _refused(here, str(quote_id), refused)
        return go_to(f"/penukaran/{made['redemption_id']}")

    return pages


async def _refused(here: Visit, quote_id: str, refused: Refused) -> Response:
    """What is left to do after a refusal; a quote that was used before leads to what was bought with it."""
    quote = await read_quote(here.door, quote_id)
    if quote.redemption_id is not None:
        return go_to(f"/penukaran/{quote.redemption_id}")
    return await _check_page(here, quote, refused)


async def _check_page(here: Visit, quote: Quote, refused: Refused | None = None) -> Response:
    balance = await or_none(read_balance(here.door, here.member_id))
    rate = await or_none(read_rate(here.door, here.member_id))
    way = next((name for name, each in WAYS.items() if each.kind == quote.product_kind), "listrik")
    return render(
        here.request,
        "resident/check.html",
        quote=quote,
        way=way,
        words=WAYS[way],
        balance=balance,
        missing=None if balance is None else shortfall(quote.amount_rupiah, balance.available, rate),
        expired=quote.expires_at <= here.now,
        warning=WARNINGS.get(quote.warning or ""),
        bank=here.bank_name(quote.waste_bank_id),
        refused=None if refused is None else told(here.t, refused),
        again=refused is not None and refused.code == _AGAIN,
        status=200 if refused is None else refused.status,
    )
