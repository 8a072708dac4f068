"""What payout shows to people: to a redemption's owner everything, to staff never a number or a token."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.payout.domain.phones import masked_number
from services.payout.domain.products import Product, Products
from services.payout.domain.reasons import SENTENCES, Reason
from services.payout.domain.redemption import ENDED, State
from services.payout.domain.sealed import redemption_field
from services.payout.domain.serials import read_token
from services.payout.models import Redemption, Step
from shared.runtime.sealing import Sealer

_TOKEN_IS_GOOD = frozenset({State.SUCCEEDED, State.SETTLED, State.LATE_SUCCESS})


class ProductView(BaseModel):
    """A product and whether it can be had now; `why_not` is a code and null while it can. Money in rupiah.

    Of cash the amount is chosen: from the smallest to the largest, in steps.
    """

    code: str
    kind: str
    brand: str
    name: str
    nominal_rupiah: int | None
    quota_mb: int | None
    days: int | None
    amount_rupiah: int | None
    biller_price_rupiah: int | None
    fee_rupiah: int
    available: bool
    why_not: str | None
    smallest_rupiah: int | None = None
    largest_rupiah: int | None = None
    step_rupiah: int | None = None


class QuoteView(BaseModel):
    """A price for one number. `owner` is the masked name of a meter's owner; `warning` is a code.

    `target` is the whole number that will be bought for, to be read once more by whoever typed it.

    Cash is for no number: `target` is null and `waste_bank_id` says where it will be handed over.
    """

    quote_id: UUID
    product: str
    product_name: str
    target: str | None
    waste_bank_id: str | None
    owner: str | None
    tariff: str | None
    volt_ampere: int | None
    warning: str | None
    nominal_rupiah: int | None
    biller_price_rupiah: int
    fee_rupiah: int
    amount_rupiah: int
    expires_at: datetime


class KeptQuoteView(QuoteView):
    """A quote that was made before; `redemption_id` is what it was redeemed for, null until then."""

    product_kind: str
    redemption_id: UUID | None


class OperatorView(BaseModel):
    """An operator and how its numbers begin. A hint: the table may be behind, or a number ported."""

    brand: str
    prefixes: list[str]


class OperatorList(BaseModel):
    """Every operator; of two prefixes that fit, the longer one counts."""

    operators: list[OperatorView]


class StepView(BaseModel):
    """One line of the timeline."""

    at: datetime
    state: str
    reason: str | None
    sentence: str | None


class TokenView(BaseModel):
    """What was bought: for a meter the 20 digits in fours, for a phone the operator's serial number."""

    digits: str | None
    kwh: str | None
    serial: str


class RedemptionView(BaseModel):
    """One redemption. `target`, `owner` and `token` are for the member whose redemption it is, null for all others.

    Cash is handed over at `waste_bank_id` until `hand_over_by`.
    """

    redemption_id: UUID
    state: str
    ended: bool
    may_be_cancelled: bool
    reason: str | None
    sentence: str | None
    product: str
    product_kind: str
    product_name: str | None
    amount_rupiah: int
    cost_rupiah: int | None
    fee_rupiah: int | None
    requested_at: datetime
    changed_at: datetime
    delivered_at: datetime | None
    target: str | None
    owner: str | None
    token: TokenView | None
    subdistrict_code: str
    waste_bank_id: str | None
    hand_over_by: datetime | None
    timeline: list[StepView]


class RedemptionPage(BaseModel):
    """A page of redemptions, newest first; `next_cursor` is null on the last one."""

    redemptions: list[RedemptionView]
    next_cursor: str | None


class ReviewItem(BaseModel):
    """A redemption that waits for a person, without anything that names one."""

    redemption_id: UUID
    member_id: UUID
    provider: str
    reference: str | None
    last_code: str | None
    created: bool
    asks: int
    redemption: RedemptionView


class ReviewPage(BaseModel):
    """A page of reviews, the longest waiting first; `next_cursor` is null on the last one."""

    reviews: list[ReviewItem]
    next_cursor: str | None


class FloatView(BaseModel):
    """What a biller last said that we have left."""

    provider: str
    balance_rupiah: int
    read_at: datetime


class FloatChangeView(BaseModel):
    """A recorded change of the float."""

    change_id: UUID
    provider: str
    kind: str
    amount_rupiah: int
    reason: str
    recorded_at: datetime


def product_name(product: Product, *, english: bool) -> str:
    """The product's name in the reader's language."""
    return product.name_en if english else product.name_id


def _sentence(reason: str | None, *, english: bool) -> str | None:
    if reason is None:
        return None
    words = SENTENCES[Reason(reason)]
    return words.english if english else words.indonesian


def redemption_view(
    redemption: Redemption,
    steps: Sequence[Step],
    products: Products,
    *,
    english: bool,
    sealer: Sealer | None,
) -> RedemptionView:
    """Show a redemption. With a sealer, to its owner; without, to staff, who never see a number or a token."""
    state = State(redemption.state)
    product = products.find(redemption.product_code)
    cost = redemption.cost_rupiah if redemption.delivered_at is not None else None
    return RedemptionView(
        redemption_id=redemption.redemption_id,
        state=state,
        ended=state in ENDED,
        may_be_cancelled=may_be_cancelled(redemption),
        reason=redemption.reason,
        sentence=_sentence(redemption.reason, english=english),
        product=redemption.product_code,
        product_kind=redemption.product_kind,
        product_name=None if product is None else product_name(product, english=english),
        amount_rupiah=redemption.amount_rupiah,
        cost_rupiah=cost,
        fee_rupiah=None if cost is None else redemption.amount_rupiah - cost,
        requested_at=redemption.requested_at,
        changed_at=redemption.changed_at,
        delivered_at=redemption.delivered_at,
        target=None if sealer is None else _target(redemption, sealer),
        owner=None if sealer is None else _owner(redemption, sealer),
        token=None if sealer is None else token_view(redemption, sealer),
        subdistrict_code=redemption.subdistrict_code,
        waste_bank_id=redemption.waste_bank_id,
        hand_over_by=redemption.hand_over_by,
        timeline=[
            StepView(at=s.at, state=s.state, reason=s.reason, sentence=_sentence(s.reason, english=english))
            for s in steps
        ],
    )


def may_be_cancelled(redemption: Redemption) -> bool:
    """While nothing was bought: it waits for the programme's funds, or for its member to fetch the cash."""
    fetchable = redemption.product_kind == "cash" and redemption.state == State.HELD
    return fetchable or redemption.state == State.WAITING_FOR_FUNDS


def opened(redemption: Redemption, column: str, sealer: Sealer) -> str | None:
    """A sealed field of a redemption in clear; None if there is nothing in it, or not any more."""
    field: bytes | None = getattr(redemption, column)
    return None if field is None else sealer.open(field, redemption_field(redemption.redemption_id, column))


def _target(redemption: Redemption, sealer: Sealer) -> str | None:
    number = opened(redemption, "target_sealed", sealer)
    return None if number is None else masked_number(number)


def _owner(redemption: Redemption, sealer: Sealer) -> str | None:
    return opened(redemption, "owner_sealed", sealer)


def token_view(redemption: Redemption, sealer: Sealer) -> TokenView | None:
    """What was bought, as long as it is good."""
    if State(redemption.state) not in _TOKEN_IS_GOOD:
        return None
    serial = opened(redemption, "serial_sealed", sealer)
    if serial is None:
        return None
    token = read_token(serial) if redemption.product_kind == "pln_token" else None
    return TokenView(digits=token.shown if token else None, kwh=token.kwh if token else None, serial=serial)
