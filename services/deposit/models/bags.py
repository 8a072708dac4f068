"""Bags that are labelled now and weighed later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from services.deposit.models.base import Table

_OPEN = text("weighed_by_deposit_id is null and discarded_at is null")


class Bag(Table, table=True):
    """A bag at a waste bank. Only its id is known as long as it was no more than named by a deposit."""

    __tablename__ = "bag"
    __table_args__ = (
        Index("bag_open", "waste_bank_id", "received_at", "bag_id", postgresql_where=_OPEN),
        Index("bag_by_member", "member_id", "received_at"),
    )

    bag_id: UUID = Field(primary_key=True)
    member_id: UUID | None = None
    waste_bank_id: str | None = Field(default=None, sa_type=Text)
    subdistrict_code: str | None = Field(default=None, sa_type=Text)
    label: str | None = Field(default=None, sa_type=Text)
    received_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    recorded_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    received_by: UUID | None = None
    tablet_id: UUID | None = None
    weighed_by_deposit_id: UUID | None = None
    discarded_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    discarded_by: UUID | None = None
    discard_reason: str | None = Field(default=None, sa_type=Text)
    # How often something was said about it since it was received.
    turn: int = 0


class BagWeighing(Table, table=True):
    """A deposit says that it weighed a bag. Rows are only added; the first one that counts is the one that did."""

    __tablename__ = "bag_weighing"
    __table_args__ = (
        UniqueConstraint("bag_id", "deposit_id"),
        Index("bag_weighing_by_deposit", "deposit_id"),
    )

    bag_weighing_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    bag_id: UUID
    deposit_id: UUID
