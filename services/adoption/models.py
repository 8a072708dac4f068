"""Adoption's tables: every event, the facts that figures are counted from, and the rollout's dated history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """The service's own registry of tables."""


def _column(
    kind: Any, *, nullable: bool = False, default: str | None = None, key: bool = False
) -> Column[Any]:
    return Column(kind, nullable=nullable, server_default=text(default) if default else None, primary_key=key)


def _field(kind: Any, *, nullable: bool = False, default: str | None = None, key: bool = False) -> Any:
    return Field(sa_column=_column(kind, nullable=nullable, default=default, key=key))


def _row_number() -> Any:
    return Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))


def _instant(*, nullable: bool = False, default: str | None = None) -> Any:
    return _field(DateTime(timezone=True), nullable=nullable, default=default)


def _sum() -> Any:
    # Not a Column: two tables have these, and a Column belongs to one.
    return Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


class EventPack(Table, table=True):
    """Many events of one type, packed; no event stands in two packs."""

    __tablename__ = "event_pack"

    id: int = _row_number()
    type: str = _field(Text)
    event_count: int = _field(Integer)
    event_ids: list[UUID] = _field(ARRAY(Uuid))
    payloads: list[bytes] = _field(ARRAY(LargeBinary))
    heard_at: datetime = _instant(default="clock_timestamp()")


class KeptEvent(Table, table=True):
    """One event, as it was said."""

    __tablename__ = "event"

    event_id: UUID = _field(Uuid, key=True)
    type: str = _field(Text)
    payload: bytes = _field(LargeBinary)
    heard_at: datetime = _instant(default="clock_timestamp()")


class Deposit(Table, table=True):
    """Whether a deposit counts: recorded and not void, in either order."""

    __tablename__ = "deposit"
    __table_args__ = (Index("deposit_weighed_on", "weighed_on", postgresql_using="brin"),)

    deposit_id: UUID = _field(Uuid, key=True)
    member_id: UUID = _field(Uuid)
    weighed_on: date = _field(Date)
    recorded: bool = _field(Boolean, default="false")
    voided: bool = _field(Boolean, default="false")
    subdistrict_code: str = _field(Text)


class Valuation(Table, table=True):
    """The grams of a deposit by class, and whether they count."""

    __tablename__ = "valuation"

    deposit_id: UUID = _field(Uuid, key=True)
    weighed_on: date = _field(Date)
    valued: bool = _field(Boolean, default="false")
    reversed: bool = _field(Boolean, default="false")
    subdistrict_code: str = _field(Text)
    grams_food: int | None = _field(BigInteger, nullable=True)
    grams_wood: int | None = _field(BigInteger, nullable=True)
    grams_paper: int | None = _field(BigInteger, nullable=True)
    grams_plastic: int | None = _field(BigInteger, nullable=True)
    grams_metal: int | None = _field(BigInteger, nullable=True)
    grams_textile: int | None = _field(BigInteger, nullable=True)
    grams_rubber_leather: int | None = _field(BigInteger, nullable=True)
    grams_glass: int | None = _field(BigInteger, nullable=True)
    grams_other: int | None = _field(BigInteger, nullable=True)


class Credit(Table, table=True):
    """The rupiah credited for a deposit, and whether they count."""

    __tablename__ = "credit"

    deposit_id: UUID = _field(Uuid, key=True)
    amount_rupiah: int = _field(BigInteger)
    weighed_on: date = _field(Date)
    posted: bool = _field(Boolean, default="false")
    reversed: bool = _field(Boolean, default="false")
    subdistrict_code: str = _field(Text)


class Counted(Table):
    """What is counted by sub-district and day."""

    deposits: int = _sum()
    voided_deposits: int = _sum()
    credited_rupiah: int = _sum()
    grams_food: int = _sum()
    grams_wood: int = _sum()
    grams_paper: int = _sum()
    grams_plastic: int = _sum()
    grams_metal: int = _sum()
    grams_textile: int = _sum()
    grams_rubber_leather: int = _sum()
    grams_glass: int = _sum()
    grams_other: int = _sum()


class Figure(Counted, table=True):
    """What was counted for a sub-district and WIB day of weighing, as far as it is folded."""

    __tablename__ = "figure"

    subdistrict_code: str = _field(Text, key=True)
    day: date = _field(Date, key=True)


class FigureDelta(Counted, table=True):
    """What one batch added, or took away, and is not folded yet."""

    __tablename__ = "figure_delta"

    id: int = _row_number()
    subdistrict_code: str = _field(Text)
    day: date = _field(Date)


class Participation(Table, table=True):
    """How many members were active in the 90 days before `as_of`, and how many deposited in the quarter so far."""

    __tablename__ = "participation"

    quarter: str = _field(Text, key=True)
    subdistrict_code: str = _field(Text, key=True)
    active: int = _field(BigInteger)
    depositors: int = _field(BigInteger)
    as_of: date = _field(Date)


class Waiting(Table, table=True):
    """A deposit that was set aside for a person at some time."""

    __tablename__ = "waiting"

    deposit_id: UUID = _field(Uuid, key=True)
    reason: str = _field(Text, key=True)
    subdistrict_code: str = _field(Text)
    since_at: datetime = _instant()


class Member(Table, table=True):
    """A member, as an id."""

    __tablename__ = "member"

    member_id: UUID = _field(Uuid, key=True)
    subdistrict_code: str = _field(Text)
    kind: str = _field(Text)
    has_phone: bool = _field(Boolean)
    enrolled_on: date = _field(Date)


class Tablet(Table, table=True):
    """When a tablet was heard of last."""

    __tablename__ = "tablet"

    tablet_id: UUID = _field(Uuid, key=True)
    waste_bank_id: str = _field(Text)
    subdistrict_code: str = _field(Text)
    last_weighed_at: datetime = _instant()
    last_heard_at: datetime = _instant()


class Redemption(Table, table=True):
    """A redemption; columns are null until their event comes."""

    __tablename__ = "redemption"

    redemption_id: UUID = _field(Uuid, key=True)
    subdistrict_code: str = _field(Text)
    amount_rupiah: int = _field(BigInteger)
    member_id: UUID = _field(Uuid)
    product_kind: str | None = _field(Text, nullable=True)
    requested_at: datetime | None = _instant(nullable=True)
    delivered_at: datetime | None = _instant(nullable=True)
    late: bool = _field(Boolean, default="false")
    failed: bool = _field(Boolean, default="false")
    reversed: bool = _field(Boolean, default="false")
    provider: str | None = _field(Text, nullable=True)
    cost_rupiah: int | None = _field(BigInteger, nullable=True)
    held: bool = _field(Boolean, default="false")
    refused: bool = _field(Boolean, default="false")
    settled: bool = _field(Boolean, default="false")
    released: str | None = _field(Text, nullable=True)


class FloatChange(Table, table=True):
    """Money put into a biller's float, or taken out."""

    __tablename__ = "float_change"

    change_id: UUID = _field(Uuid, key=True)
    provider: str = _field(Text)
    amount_rupiah: int = _field(BigInteger)


class Subdistrict(Table, table=True):
    """A sub-district as the rollout file describes it; null is not known."""

    __tablename__ = "subdistrict"

    code: str = _field(Text, key=True)
    bps_code: str = _field(Text)
    regency_code: str = _field(Text)
    regency_name: str = _field(Text)
    name: str = _field(Text)
    region: str = _field(Text)
    villages: int = _field(Integer)
    population: int | None = _field(Integer, nullable=True)
    population_year: int | None = _field(Integer, nullable=True)
    households: int | None = _field(Integer, nullable=True)
    latitude: float = _field(Float(53))
    longitude: float = _field(Float(53))
    planned_opening_on: date | None = _field(Date, nullable=True)
    waste_banks: int = _field(Integer)
    position: int = _field(Integer)
    in_file: bool = _field(Boolean)


class PhaseEntry(Table, table=True):
    """A phase and its first day, since when the file said so, and until when."""

    __tablename__ = "phase_entry"
    __table_args__ = (
        Index(
            "phase_entry_in_force",
            "subdistrict_code",
            "since_on",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    id: int = _row_number()
    subdistrict_code: str = _field(Text)
    since_on: date = _field(Date)
    phase: str = _field(Text)
    loaded_at: datetime = _instant()
    withdrawn_at: datetime | None = _instant(nullable=True)


class Target(Table, table=True):
    """A quarter's target, since when the file said so, and until when."""

    __tablename__ = "target"
    __table_args__ = (
        Index(
            "target_in_force",
            "subdistrict_code",
            "quarter",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    id: int = _row_number()
    subdistrict_code: str = _field(Text)
    quarter: str = _field(Text)
    quarter_start: date = _field(Date)
    quarter_end: date = _field(Date)
    registered_members: int = _field(Integer)
    active_members: int = _field(Integer)
    weight_kg: int = _field(Integer)
    deposits: int | None = _field(Integer, nullable=True)
    redemptions: int | None = _field(Integer, nullable=True)
    repeat_percent: int | None = _field(Integer, nullable=True)
    redeemed_percent: int | None = _field(Integer, nullable=True)
    first_redemption_days: int | None = _field(Integer, nullable=True)
    loaded_at: datetime = _instant()
    withdrawn_at: datetime | None = _instant(nullable=True)
