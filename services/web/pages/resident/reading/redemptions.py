"""Products, quotes and redemptions as payout tells them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.web.clients import Door
from services.web.pages.resident.reading.asking import instant, instant_or_none
from services.web.pages.resident.rules.courses import Course, course_of, in_groups

_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `amount_rupiah` is what it costs today and None while nobody offers it."""

    code: str
    kind: str
    brand: str
    name: str
    nominal_rupiah: int | None
    amount_rupiah: int | None
    fee_rupiah: int
    available: bool
    why_not: str | None
    smallest_rupiah: int | None
    largest_rupiah: int | None
    step_rupiah: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A price for one number, honoured until `expires_at`. Number and owner's name are masked."""

    quote_id: str
    product_name: str
    product_kind: str
    target: str | None
    owner: str | None
    tariff: str | None
    volt_ampere: int | None
    waste_bank_id: str | None
    warning: str | None
    nominal_rupiah: int | None
    fee_rupiah: int
    amount_rupiah: int
    expires_at: datetime
    redemption_id: str | None

    @property
    def price_rupiah(self) -> int:
        """What the product costs without the fee."""
        return self.amount_rupiah - self.fee_rupiah


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the timeline; the sentence is payout's."""

    at: datetime
    state: str
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Token:
    """What was bought: a meter's digits in groups of four, or the operator's serial number."""

    groups: tuple[str, ...]
    kwh: str | None
    serial: str


@dataclass(frozen=True, slots=True)
class Redemption:
    """One redemption."""

    redemption_id: str
    state: str
    course: Course
    ended: bool
    may_be_cancelled: bool
    sentence: str | None
    product_kind: str
    product_name: str
    amount_rupiah: int
    fee_rupiah: int | None
    requested_at: datetime
    changed_at: datetime
    delivered_at: datetime | None
    target: str | None
    owner: str | None
    token: Token | None
    waste_bank_id: str | None
    hand_over_by: datetime | None
    timeline: tuple[Step, ...]


async def read_products(door: Door, kind: str | None = None) -> list[Product]:
    """The products of a kind, or all, with today's prices, in the order of the catalogue."""
    told: dict[str, Any] = await door.get("payout", "/v1/products", kind=kind)
    return [Product(**{field: each.get(field) for field in Product.__slots__}) for each in told["items"]]


async def read_prefixes(door: Door) -> dict[str, tuple[str, ...]]:
    """The prefixes by which an operator is known."""
    told: dict[str, Any] = await door.get("payout", "/v1/operators")
    return {each["brand"]: tuple(each["prefixes"]) for each in told["operators"]}


async def read_quote(door: Door, quote_id: str) -> Quote:
    """A quote of the session's member."""
    told: dict[str, Any] = await door.get("payout", f"/v1/quotes/{quote_id}")
    fields: dict[str, Any] = {field: told.get(field) for field in Quote.__slots__}
    return Quote(**{**fields, "expires_at": instant(told["expires_at"])})


async def read_redemption(door: Door, redemption_id: str) -> Redemption:
    """One redemption; number and token are there only on a browser that may spend."""
    return redemption_of(await door.get("payout", f"/v1/redemptions/{redemption_id}"))


async def read_redemptions(door: Door, cursor: str | None = None) -> tuple[list[Redemption], str | None]:
    """A page of redemptions, newest first and without tokens, with the cursor of the next one."""
    told: dict[str, Any] = await door.get("payout", "/v1/redemptions", cursor=cursor, limit=_A_PAGE)
    return [redemption_of(each) for each in told["redemptions"]], told["next_cursor"]


def redemption_of(told: dict[str, Any]) -> Redemption:
    """A redemption as a page shows it."""
    return Redemption(
        redemption_id=told["redemption_id"],
        state=told["state"],
        course=course_of(told["state"], told["product_kind"], told["reason"]),
        ended=told["ended"],
        may_be_cancelled=told["may_be_cancelled"],
        sentence=told["sentence"],
        product_kind=told["product_kind"],
        product_name=told["product_name"] or told["product"],
        amount_rupiah=told["amount_rupiah"],
        fee_rupiah=told["fee_rupiah"],
        requested_at=instant(told["requested_at"]),
        changed_at=instant(told["changed_at"]),
        delivered_at=instant_or_none(told["delivered_at"]),
        target=told["target"],
        owner=told["owner"],
        token=_token(told["token"]),
        waste_bank_id=told["waste_bank_id"],
        hand_over_by=instant_or_none(told["hand_over_by"]),
        timeline=tuple(Step(instant(s["at"]), s["state"], s["sentence"]) for s in told["timeline"]),
    )


def _token(told: dict[str, Any] | None) -> Token | None:
    if told is None:
        return None
    return Token(in_groups(told["digits"]) if told["digits"] else (), told["kwh"], told["serial"])
