"""Offers, quotes, redemptions and the float. Whatever names a person's phone, meter or token is sealed."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, Uuid
from sqlmodel import Field

from services.payout.models.base import Table, instant, rupiah, sealed, text


class Offer(Table, table=True):
    """A product as a biller sold it when its price list was last read."""

    __tablename__ = "offer"

    provider: str = text(primary_key=True)
    sku: str = text(primary_key=True)
    price_rupiah: int = rupiah()
    on_sale: bool
    stock_left: bool
    cut_off_starts: time
    cut_off_ends: time
    read_at: datetime = instant()


class Reading(Table, table=True):
    """When a biller's price list and float are to be read next: one replica takes the turn."""

    __tablename__ = "reading"

    provider: str = text(primary_key=True)
    next_at: datetime = instant()


class BillerFloat(Table, table=True):
    """What a biller last said that we have left."""

    __tablename__ = "biller_float"

    provider: str = text(primary_key=True)
    balance_rupiah: int = rupiah()
    read_at: datetime = instant()


class FloatChange(Table, table=True):
    """Money put into or taken out of a biller's deposit, as staff recorded it."""

    __tablename__ = "float_change"
    __table_args__ = (
        UniqueConstraint("decided_by", "idempotency_key"),
        Index("float_change_redemption", "redemption_id", postgresql_where="redemption_id is not null"),
    )

    change_id: UUID = Field(primary_key=True, sa_type=Uuid)
    provider: str = text()
    kind: str = text()
    amount_rupiah: int = rupiah()
    reason: str = text()
    decided_by: UUID = Field(sa_type=Uuid)
    idempotency_key: str = text()
    recorded_at: datetime = instant()
    # The redemption that it was lost on, or got back on, if it is no change that staff recorded by itself.
    redemption_id: UUID | None = Field(default=None, sa_type=Uuid)


class MeterOwner(Table, table=True):
    """What PLN said about a meter, kept for a day so that nobody has to ask twice."""

    __tablename__ = "meter_owner"
    __table_args__ = (Index("meter_owner_read_at", "read_at"),)

    fingerprint: bytes = sealed(primary_key=True)
    owner_sealed: bytes = sealed()
    read_at: datetime = instant()


class Inquiry(Table, table=True):
    """That a member asked for a meter's owner: the door is not an open directory."""

    __tablename__ = "inquiry"
    __table_args__ = (
        Index("inquiry_member", "member_id", "asked_at"),
        Index("inquiry_asked_at", "asked_at"),
    )

    inquiry_id: UUID = Field(primary_key=True, sa_type=Uuid)
    member_id: UUID = Field(sa_type=Uuid)
    asked_at: datetime = instant()
    # Of the meter: whoever erases the member finds by it what PLN said about the meter.
    fingerprint: bytes | None = sealed(nullable=True, default=None)


class Quote(Table, table=True):
    """A price that is honoured until it expires."""

    __tablename__ = "quote"
    __table_args__ = (Index("quote_expires_at", "expires_at"),)

    quote_id: UUID = Field(primary_key=True, sa_type=Uuid)
    member_id: UUID = Field(sa_type=Uuid)
    product_code: str = text()
    product_kind: str = text()
    provider: str = text()
    sku: str = text()
    subdistrict_code: str = text()
    waste_bank_id: str | None = text(nullable=True)
    # None for cash, which is for nobody's number.
    target_sealed: bytes | None = sealed(nullable=True)
    target_fingerprint: bytes | None = sealed(nullable=True)
    owner_sealed: bytes | None = sealed(nullable=True)
    cost_rupiah: int = rupiah()
    fee_rupiah: int = rupiah()
    amount_rupiah: int = rupiah()
    price_rupiah_max: int = rupiah()
    quoted_at: datetime = instant()
    expires_at: datetime = instant()


class Redemption(Table, table=True):
    """One redemption: its state, what wallet said about its credit, and what the biller said about its purchase."""

    __tablename__ = "redemption"
    __table_args__ = (
        UniqueConstraint("member_id", "idempotency_key"),
        UniqueConstraint("quote_id"),
        Index("redemption_due", "next_ask_at", postgresql_where="next_ask_at is not null"),
        Index("redemption_of_member", "member_id", "redemption_id"),
        Index("redemption_to_target", "target_fingerprint", "requested_at"),
        Index("redemption_in_state", "state", "changed_at"),
        Index(
            "redemption_hand_over",
            "waste_bank_id",
            "requested_at",
            postgresql_where="product_kind = 'cash' and state = 'held'",
        ),
    )

    redemption_id: UUID = Field(primary_key=True, sa_type=Uuid)
    member_id: UUID = Field(sa_type=Uuid)
    quote_id: UUID = Field(sa_type=Uuid)
    idempotency_key: str = text()
    product_code: str = text()
    product_kind: str = text()
    provider: str = text()
    sku: str = text()
    subdistrict_code: str = text()
    waste_bank_id: str | None = text(nullable=True)
    # None for cash, which is for nobody's number.
    target_sealed: bytes | None = sealed(nullable=True)
    target_fingerprint: bytes | None = sealed(nullable=True)
    owner_sealed: bytes | None = sealed(nullable=True)
    amount_rupiah: int = rupiah()
    quoted_cost_rupiah: int = rupiah()
    price_rupiah_max: int = rupiah()
    state: str = text()
    reason: str | None = text(nullable=True)
    requested_at: datetime = instant()
    changed_at: datetime = instant()
    # What wallet said, each once.
    held_at: datetime | None = instant(nullable=True, default=None)
    refused_at: datetime | None = instant(nullable=True, default=None)
    settled_at: datetime | None = instant(nullable=True, default=None)
    released_at: datetime | None = instant(nullable=True, default=None)
    given_back_at: datetime | None = instant(nullable=True, default=None)
    # What we said to wallet, each once.
    delivered_at: datetime | None = instant(nullable=True, default=None)
    failed_at: datetime | None = instant(nullable=True, default=None)
    reversed_at: datetime | None = instant(nullable=True, default=None)
    # What the biller said.
    cost_rupiah: int | None = rupiah(nullable=True, default=None)
    serial_sealed: bytes | None = sealed(nullable=True, default=None)
    last_code: str | None = text(nullable=True, default=None)
    created: bool = False
    # The attempt in hand and when to ask about it.
    attempt_no: int = 0
    asks: int = 0
    throttled: bool = False
    suspected_at: datetime | None = instant(nullable=True, default=None)
    suspect_asks: int = 0
    watches: int = 0
    first_asked_at: datetime | None = instant(nullable=True, default=None)
    last_asked_at: datetime | None = instant(nullable=True, default=None)
    hinted_at: datetime | None = instant(nullable=True, default=None)
    next_ask_at: datetime | None = instant(nullable=True, default=None)
    leased_until: datetime | None = instant(nullable=True, default=None)
    # Where the member's token named a tablet, it was asked for at a counter.
    tablet_id: UUID | None = Field(sa_type=Uuid, nullable=True, default=None)
    # Cash is handed over until then.
    hand_over_by: datetime | None = instant(nullable=True, default=None)
    # The member left: what tells who they were goes as soon as the redemption has ended.
    erased_at: datetime | None = instant(nullable=True, default=None)


class Attempt(Table, table=True):
    """One reference at a biller. A second one exists only after the first is certainly dead."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("reference"),
        Index("attempt_of_sku", "provider", "sku", "answered_at"),
        Index("attempt_refused_account", "provider", "answered_at", postgresql_where="meaning = 'our_fault'"),
    )

    redemption_id: UUID = Field(primary_key=True, sa_type=Uuid, foreign_key="redemption.redemption_id")
    attempt_no: int = Field(primary_key=True)
    provider: str = text()
    sku: str = text()
    reference: str = text()
    begun_at: datetime = instant()
    meaning: str | None = text(nullable=True, default=None)
    code: str | None = text(nullable=True, default=None)
    answered_at: datetime | None = instant(nullable=True, default=None)


class Step(Table, table=True):
    """One line of a redemption's timeline."""

    __tablename__ = "step"
    __table_args__ = (Index("step_of_redemption", "redemption_id", "step_id"),)

    step_id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    redemption_id: UUID = Field(sa_type=Uuid, foreign_key="redemption.redemption_id")
    at: datetime = instant()
    state: str = text()
    reason: str | None = text(nullable=True)
    code: str | None = text(nullable=True)
    decided_by: UUID | None = Field(sa_type=Uuid, nullable=True)
    note: str | None = text(nullable=True)


class Hint(Table, table=True):
    """A webhook that was rightly signed, once, however often it came."""

    __tablename__ = "hint"

    provider: str = text(primary_key=True)
    reference: str = text(primary_key=True)
    status: str = text(primary_key=True)
    code: str = text(primary_key=True)
    serial_fingerprint: bytes = sealed(primary_key=True)
    heard_at: datetime = instant()
    times: int = 1
