"""The tables of valuation, as its migrations make them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_OPEN = text("closed_at is null")
_PUBLISHED = text("published_at is not null")
_DIFFERENT = text("price_difference_rupiah <> 0")


def _json(*, optional: bool) -> Any:
    return Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=optional))


class Table(SQLModel, registry=registry()):
    """The registry of this service alone."""


class CatalogueItem(Table, table=True):
    """One item of the waste catalogue, as the file says it; `place` is its place in the file."""

    __tablename__ = "catalogue_item"

    code: str = Field(primary_key=True, sa_type=Text)
    place: int
    content: Any = _json(optional=False)


class PriceList(Table, table=True):
    """A draft, or a published list, which never changes. `waste_bank_id` is empty for the general list."""

    __tablename__ = "price_list"
    __table_args__ = (
        Index(
            "price_list_effective",
            text("coalesce(waste_bank_id, '*')"),
            "effective_at",
            unique=True,
            postgresql_where=_PUBLISHED,
        ),
    )

    price_list_id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    waste_bank_id: str | None = Field(default=None, sa_type=Text)
    prices: Any = _json(optional=False)
    deductions: Any = _json(optional=False)
    drafted_by: UUID
    drafted_at: datetime = Field(sa_type=DateTime(timezone=True))
    effective_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    published_by: UUID | None = None
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Valuation(Table, table=True):
    """What is known of one deposit. A voided row without lines is a void that came ahead of its deposit."""

    __tablename__ = "valuation"
    __table_args__ = (
        Index("valuation_price_difference", "weighed_at", "deposit_id", postgresql_where=_DIFFERENT),
    )

    deposit_id: UUID = Field(primary_key=True)
    member_id: UUID
    price_list_id: UUID | None = None
    list_in_force_id: UUID | None = None
    weighed_at: datetime = Field(sa_type=DateTime(timezone=True))
    heard_at: datetime = Field(sa_type=DateTime(timezone=True))
    gross_rupiah: int | None = Field(default=None, sa_type=BigInteger)
    net_rupiah: int | None = Field(default=None, sa_type=BigInteger)
    price_difference_rupiah: int = Field(default=0, sa_type=BigInteger)
    grams: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(sa_type=Text)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    lines: Any = _json(optional=True)
    deductions: Any = _json(optional=True)
    approved_by: UUID | None = None
    voided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    void_reason: str | None = Field(default=None, sa_type=Text)
    exceptions: Any = _json(optional=True)


class Flag(Table, table=True):
    """Why a deposit waits, or waited, for a second person; with its lines as the tablet recorded them."""

    __tablename__ = "flag"
    __table_args__ = (Index("flag_open", "flagged_at", "deposit_id", postgresql_where=_OPEN),)

    deposit_id: UUID = Field(primary_key=True)
    recorder_id: UUID
    shown_price_list_id: UUID
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    lines: Any = _json(optional=False)
    flagged_at: datetime = Field(sa_type=DateTime(timezone=True))
    closed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    decided_by: UUID | None = None
    decision: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    carried_by_id: UUID | None = None


class MemberDay(Table, table=True):
    """What one member has had valued for one WIB day of weighing; the bounds of a day are judged by it."""

    __tablename__ = "member_day"

    member_id: UUID = Field(primary_key=True)
    weighed_on: date = Field(primary_key=True)
    deposits: int
    grams: int = Field(sa_type=BigInteger)
    rupiah: int = Field(sa_type=BigInteger)


class PriceExceptionRow(Table, table=True):
    """Another price or deduction than the list says, as one person proposed it and another decided; it stays."""

    __tablename__ = "price_exception"
    __table_args__ = (
        Index("price_exception_listed", "proposed_at", "exception_id"),
        Index("price_exception_decided", "decided_at", postgresql_where=text("decided_at is not null")),
    )

    exception_id: UUID = Field(primary_key=True)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    member_id: UUID | None = None
    item_code: str | None = Field(default=None, sa_type=Text)
    grade: str | None = Field(default=None, sa_type=Text)
    price_rupiah: int | None = Field(default=None, sa_type=BigInteger)
    beneficiary: str | None = Field(default=None, sa_type=Text)
    percent: int | None = None
    from_at: datetime = Field(sa_type=DateTime(timezone=True))
    until_at: datetime = Field(sa_type=DateTime(timezone=True))
    reason: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    proposed_by: UUID
    proposed_at: datetime = Field(sa_type=DateTime(timezone=True))
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    note: str | None = Field(default=None, sa_type=Text)
    ended_by: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    end_reason: str | None = Field(default=None, sa_type=Text)


class MemberAlias(Table, table=True):
    """A member id that was given up, and the one that it means now."""

    __tablename__ = "member_alias"
    __table_args__ = (Index("member_alias_family", "into_member_id"),)

    member_id: UUID = Field(primary_key=True)
    into_member_id: UUID
    merged_at: datetime = Field(sa_type=DateTime(timezone=True))
