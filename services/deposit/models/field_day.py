"""Pick-ups, disputes, buyers and lots, stock, and closed days."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlmodel import Field

from services.deposit.models.base import Table


class Pickup(Table, table=True):
    """A call at somebody's door. `place` and `cancel_reason` are sealed."""

    __tablename__ = "pickup"
    __table_args__ = (
        Index("pickup_changes", "waste_bank_id", "changed_seq", unique=True),
        Index("pickup_by_day", "waste_bank_id", "scheduled_on", "slot"),
        Index("pickup_by_member", "member_id", "requested_at"),
        Index(
            "pickup_waiting",
            "scheduled_on",
            "waste_bank_id",
            postgresql_where=text("state = 'scheduled'"),
        ),
        Index(
            "pickup_of_deposit",
            "deposit_id",
            unique=True,
            postgresql_where=text("deposit_id is not null"),
        ),
    )

    pickup_id: UUID = Field(primary_key=True)
    member_id: UUID
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    requested_at: datetime = Field(sa_type=DateTime(timezone=True))
    requested_by: UUID
    estimated_grams: int = Field(sa_type=BigInteger)
    wanted_on: date | None = None
    wanted_slot: str | None = Field(default=None, sa_type=Text)
    scheduled_on: date
    slot: str = Field(sa_type=Text)
    attempt: int
    place: bytes | None = Field(default=None, sa_type=LargeBinary)
    deposit_id: UUID | None = None
    done_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    why: str | None = Field(default=None, sa_type=Text)
    cancelled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    cancelled_by: UUID | None = None
    cancel_reason: bytes | None = Field(default=None, sa_type=LargeBinary)
    changed_seq: int = Field(sa_type=BigInteger)


class MemberKind(Table, table=True):
    """Of what kind a member is, because the smallest load depends on it."""

    __tablename__ = "member_kind"

    member_id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)


class Dispute(Table, table=True):
    """A complaint about a deposit, or one that is missing. The words of both sides are sealed."""

    __tablename__ = "dispute"
    __table_args__ = (
        Index("dispute_by_due", text("(answered_at is not null)"), "due_at", "dispute_id"),
        Index("dispute_by_member", "member_id", "opened_at"),
        Index(
            "dispute_open_of_deposit", "deposit_id", unique=True, postgresql_where=text("answered_at is null")
        ),
    )

    dispute_id: UUID = Field(primary_key=True)
    member_id: UUID
    deposit_id: UUID | None = None
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    complaint: str = Field(sa_type=Text)
    words: bytes | None = Field(default=None, sa_type=LargeBinary)
    opened_at: datetime = Field(sa_type=DateTime(timezone=True))
    opened_by: UUID
    assisted: bool
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    outcome: str | None = Field(default=None, sa_type=Text)
    answer_words: bytes | None = Field(default=None, sa_type=LargeBinary)
    answered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    answered_by: UUID | None = None
    correction_deposit_id: UUID | None = None


class Buyer(Table, table=True):
    """Somebody who buys sorted waste. Name and contact are sealed."""

    __tablename__ = "buyer"
    __table_args__ = (Index("buyer_by_subdistrict", "subdistrict_code", "added_at"),)

    buyer_id: UUID = Field(primary_key=True)
    subdistrict_code: str = Field(sa_type=Text)
    name: bytes = Field(sa_type=LargeBinary)
    contact: bytes = Field(sa_type=LargeBinary)
    added_at: datetime = Field(sa_type=DateTime(timezone=True))
    added_by: UUID


class Lot(Table, table=True):
    """A lot that was sold, or the opposite row that voids one. Rows are only added."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("voids_lot_id"),
        Index("lot_by_waste_bank", "waste_bank_id", "recorded_at"),
    )

    lot_id: UUID = Field(primary_key=True)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    buyer_id: UUID
    sold_at: datetime = Field(sa_type=DateTime(timezone=True))
    sold_by: UUID
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    lines: Any = Field(sa_column=Column(JSON, nullable=False))
    amount_rupiah: int = Field(sa_type=BigInteger)
    beyond_stock_reason: str | None = Field(default=None, sa_type=Text)
    voids_lot_id: UUID | None = None
    void_reason: str | None = Field(default=None, sa_type=Text)


class StockDay(Table, table=True):
    """What the recorded deposits of one bank and WIB day hold of an item, in the small part of its unit."""

    __tablename__ = "stock_day"

    waste_bank_id: str = Field(sa_type=Text, primary_key=True)
    day_on: date = Field(sa_column=Column(Date, primary_key=True))
    item_code: str = Field(sa_type=Text, primary_key=True)
    unit: str = Field(sa_type=Text, primary_key=True)
    quantity: int = Field(sa_type=BigInteger)


class StockWatermark(Table, table=True):
    """Up to which instant changes of deposits are in the sums. One row."""

    __tablename__ = "stock_watermark"

    only_row: bool = Field(primary_key=True)
    summed_until: datetime = Field(sa_type=DateTime(timezone=True))


class StockMove(Table, table=True):
    """Grams of an item that left or came otherwise than by deposits. Rows are only added."""

    __tablename__ = "stock_move"
    __table_args__ = (
        UniqueConstraint("cause_id", "item_code"),
        Index("stock_move_by_waste_bank", "waste_bank_id", "item_code"),
    )

    move_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    waste_bank_id: str = Field(sa_type=Text)
    item_code: str = Field(sa_type=Text)
    grams: int = Field(sa_type=BigInteger)
    cause: str = Field(sa_type=Text)
    cause_id: UUID
    at: datetime = Field(sa_type=DateTime(timezone=True))


class StockCount(Table, table=True):
    """A store counted by hand, with what the book said at that moment. Rows are only added."""

    __tablename__ = "stock_count"
    __table_args__ = (Index("stock_count_by_waste_bank", "waste_bank_id", "counted_at"),)

    count_id: UUID = Field(primary_key=True)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    counted_at: datetime = Field(sa_type=DateTime(timezone=True))
    counted_by: UUID
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    lines: Any = Field(sa_column=Column(JSON, nullable=False))


class Closing(Table, table=True):
    """A day as it was counted against the book. `note` is sealed."""

    __tablename__ = "closing"
    __table_args__ = (
        Index(
            "closing_of_day",
            "waste_bank_id",
            "day_on",
            unique=True,
            postgresql_where=text("reopened_at is null"),
        ),
        Index("closing_by_waste_bank", "waste_bank_id", "day_on", "closed_at"),
    )

    closing_id: UUID = Field(primary_key=True)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    day_on: date
    closed_at: datetime = Field(sa_type=DateTime(timezone=True))
    closed_by: UUID
    classes: Any = Field(sa_column=Column(JSON, nullable=False))
    cash_booked_rupiah: int = Field(sa_type=BigInteger)
    cash_counted_rupiah: int = Field(sa_type=BigInteger)
    note: bytes | None = Field(default=None, sa_type=LargeBinary)
    deposit_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    replaces_closing_id: UUID | None = None
    reopened_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    reopened_by: UUID | None = None
    reopen_reason: str | None = Field(default=None, sa_type=Text)
