"""A quote that was made before, shown once more: a page is loaded again, or read in the other language."""

import json
from datetime import datetime
from uuid import UUID

from services.payout.domain.meters import Segment
from services.payout.domain.phones import masked_number, operator_of, read_phone
from services.payout.domain.products import Products
from services.payout.domain.refusals import Refusal
from services.payout.domain.sealed import owner_of_meter, quote_field
from services.payout.models import Quote
from services.payout.store import cash, people, quotes, redemptions
from services.payout.workflows.refusing import Refused, refused
from services.payout.workflows.views import KeptQuoteView, product_name
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer


async def read_quote(
    tx: Tx,
    quote_id: UUID,
    member_id: UUID,
    products: Products,
    sealer: Sealer,
    *,
    now: datetime,
    owners_since: datetime,
    english: bool,
) -> KeptQuoteView | Refused:
    """A member's own quote as it was promised, whether or not it was redeemed or has expired since.

    Its number is told whole while it can still be redeemed, so that a mistyped digit is seen in time; masked after.
    """
    family = await people.family_of(tx, member_id)
    quote = await quotes.quote_of(tx, quote_id, family.members)
    product = None if quote is None else products.find(quote.product_code)
    if quote is None or product is None:
        return refused(Refusal.UNKNOWN_QUOTE)
    number = _opened(sealer, quote, "target_sealed")
    segment = await _segment(tx, quote, sealer, owners_since)
    used = await redemptions.redemption_by_quote(tx, quote_id)
    over = used is not None or now >= quote.expires_at
    return KeptQuoteView(
        quote_id=quote.quote_id,
        product=quote.product_code,
        product_kind=quote.product_kind,
        product_name=product_name(product, english=english),
        target=masked_number(number) if number is not None and over else number,
        waste_bank_id=quote.waste_bank_id,
        owner=_opened(sealer, quote, "owner_sealed"),
        tariff=None if segment is None else segment.tariff,
        volt_ampere=None if segment is None else segment.volt_ampere,
        warning=await _warning(tx, quote, number, products),
        nominal_rupiah=quote.amount_rupiah if quote.product_kind == "cash" else product.nominal_rupiah,
        biller_price_rupiah=quote.cost_rupiah,
        fee_rupiah=quote.fee_rupiah,
        amount_rupiah=quote.amount_rupiah,
        expires_at=quote.expires_at,
        redemption_id=None if used is None else used.redemption_id,
    )


def _opened(sealer: Sealer, quote: Quote, column: str) -> str | None:
    field: bytes | None = getattr(quote, column)
    return None if field is None else sealer.open(field, quote_field(quote.quote_id, column))


async def _segment(tx: Tx, quote: Quote, sealer: Sealer, since: datetime) -> Segment | None:
    """The meter's tariff and power, if PLN was asked about it since then."""
    if quote.product_kind != "pln_token" or quote.target_fingerprint is None:
        return None
    known = await quotes.known_owner(tx, quote.target_fingerprint, since)
    found = (
        None if known is None else json.loads(sealer.open(known, owner_of_meter(quote.target_fingerprint)))
    )
    return Segment(**found["segment"]) if found and found["segment"] else None


async def _warning(tx: Tx, quote: Quote, number: str | None, products: Products) -> str | None:
    """What was to be noted when it was made; of a cash box, as it stands now."""
    if quote.product_kind == "cash" and quote.waste_bank_id is not None:
        free = await cash.in_box(tx, quote.waste_bank_id) - await cash.promised_by(tx, quote.waste_bank_id)
        return "cash_box_short" if quote.amount_rupiah > free else None
    phone = None if number is None or quote.product_kind == "pln_token" else read_phone(number)
    product = products.find(quote.product_code)
    if phone is None or product is None or operator_of(phone, products.operators) == product.brand:
        return None
    return "operator_differs"
