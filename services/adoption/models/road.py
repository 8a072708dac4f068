"""Every event, the facts of the main road that figures are counted from, and the rollout's dated history."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, Float, Index, Integer, LargeBinary, Text, Uuid, text

from services.adoption.models.base import Table, counted, field, instant, row_number


class EventPack(Table, table=True):
    """Many events of one type, packed; no event stands in two packs."""

    __tablename__ = "event_pack"

    id: int = row_number()
    type: str = field(Text)
    event_count: int = field(Integer)
    event_ids: list[UUID] = field(ARRAY(Uuid))
    payloads: list[bytes] = field(ARRAY(LargeBinary))
    heard_at: datetime = instant(default="clock_timestamp()")


class KeptEvent(Table, table=True):
    """One event, as it was said."""

    __tablename__ = "event"

    event_id: UUID = field(Uuid, key=True)
    type: str = field(Text)
    payload: bytes = field(LargeBinary)
    heard_at: datetime = instant(default="clock_timestamp()")


class Deposit(Table, table=True):
    """Whether a deposit counts: recorded and not void, in either order."""

    __tablename__ = "deposit"
    __table_args__ = (Index("deposit_weighed_on", "weighed_on", postgresql_using="brin"),)

    deposit_id: UUID = field(Uuid, key=True)
    member_id: UUID = field(Uuid)
    weighed_on: date = field(Date)
    recorded: bool = field(Boolean, default="false")
    voided: bool = field(Boolean, default="false")
    subdistrict_code: str = field(Text)


class Valuation(Table, table=True):
    """The grams of a deposit by class, and whether they count."""

    __tablename__ = "valuation"

    deposit_id: UUID = field(Uuid, key=True)
    weighed_on: date = field(Date)
    valued: bool = field(Boolean, default="false")
    reversed: bool = field(Boolean, default="false")
    subdistrict_code: str = field(Text)
    grams_food: int | None = field(BigInteger, nullable=True)
    grams_wood: int | None = field(BigInteger, nullable=True)
    grams_paper: int | None = field(BigInteger, nullable=True)
    grams_plastic: int | None = field(BigInteger, nullable=True)
    grams_metal: int | None = field(BigInteger, nullable=True)
    grams_textile: int | None = field(BigInteger, nullable=True)
    grams_rubber_leather: int | None = field(BigInteger, nullable=True)
    grams_glass: int | None = field(BigInteger, nullable=True)
    grams_other: int | None = field(BigInteger, nullable=True)


class Credit(Table, table=True):
    """The rupiah credited for a deposit, and whether they count."""

    __tablename__ = "credit"

    deposit_id: UUID = field(Uuid, key=True)
    amount_rupiah: int = field(BigInteger)
    weighed_on: date = field(Date)
    posted: bool = field(Boolean, default="false")
    reversed: bool = field(Boolean, default="false")
    subdistrict_code: str = field(Text)


class Counted(Table):
    """What is counted by sub-district and day."""

    deposits: int = counted()
    voided_deposits: int = counted()
    credited_rupiah: int = counted()
    grams_food: int = counted()
    grams_wood: int = counted()
    grams_paper: int = counted()
    grams_plastic: int = counted()
    grams_metal: int = counted()
    grams_textile: int = counted()
    grams_rubber_leather: int = counted()
    grams_glass: int = counted()
    grams_other: int = counted()


class Figure(Counted, table=True):
    """What was counted for a sub-district and WIB day of weighing, as far as it is folded."""

    __tablename__ = "figure"

    subdistrict_code: str = field(Text, key=True)
    day: date = field(Date, key=True)


class FigureDelta(Counted, table=True):
    """What one batch added, or took away, and is not folded yet."""

    __tablename__ = "figure_delta"

    id: int = row_number()
    subdistrict_code: str = field(Text)
    day: date = field(Date)


class Participation(Table, table=True):
    """How many members were active in the 90 days before `as_of`, and how many deposited in the quarter so far."""

    __tablename__ = "participation"

    quarter: str = field(Text, key=True)
    subdistrict_code: str = field(Text, key=True)
    active: int = field(BigInteger)
    depositors: int = field(BigInteger)
    as_of: date = field(Date)


class Waiting(Table, table=True):
    """A deposit that was set aside for a person at some time."""

    __tablename__ = "waiting"

    deposit_id: UUID = field(Uuid, key=True)
    reason: str = field(Text, key=True)
    subdistrict_code: str = field(Text)
    since_at: datetime = instant()
    placed_at: datetime | None = instant(nullable=True)


class Member(Table, table=True):
    """A member, as an id."""

    __tablename__ = "member"

    member_id: UUID = field(Uuid, key=True)
    subdistrict_code: str = field(Text)
    kind: str = field(Text)
    has_phone: bool = field(Boolean)
    enrolled_on: date = field(Date)


class Tablet(Table, table=True):
    """When a tablet was heard of last."""

    __tablename__ = "tablet"

    tablet_id: UUID = field(Uuid, key=True)
    waste_bank_id: str = field(Text)
    subdistrict_code: str = field(Text)
    last_weighed_at: datetime = instant()
    last_heard_at: datetime = instant()


class Redemption(Table, table=True):
    """A redemption; columns are null until their event comes."""

    __tablename__ = "redemption"

    redemption_id: UUID = field(Uuid, key=True)
    subdistrict_code: str = field(Text)
    amount_rupiah: int = field(BigInteger)
    member_id: UUID = field(Uuid)
    product_kind: str | None = field(Text, nullable=True)
    requested_at: datetime | None = instant(nullable=True)
    delivered_at: datetime | None = instant(nullable=True)
    late: bool = field(Boolean, default="false")
    failed: bool = field(Boolean, default="false")
    reversed: bool = field(Boolean, default="false")
    provider: str | None = field(Text, nullable=True)
    cost_rupiah: int | None = field(BigInteger, nullable=True)
    held: bool = field(Boolean, default="false")
    refused: bool = field(Boolean, default="false")
    settled: bool = field(Boolean, default="false")
    released: str | None = field(Text, nullable=True)


class FloatChange(Table, table=True):
    """Money put into a biller's float, or taken out."""

    __tablename__ = "float_change"

    change_id: UUID = field(Uuid, key=True)
    provider: str = field(Text)
    amount_rupiah: int = field(BigInteger)


class Subdistrict(Table, table=True):
    """A sub-district as the rollout file describes it; null is not known."""

    __tablename__ = "subdistrict"

    code: str = field(Text, key=True)
    bps_code: str = field(Text)
    regency_code: str = field(Text)
    regency_name: str = field(Text)
    name: str = field(Text)
    region: str = field(Text)
    villages: int = field(Integer)
    population: int | None = field(Integer, nullable=True)
    population_year: int | None = field(Integer, nullable=True)
    households: int | None = field(Integer, nullable=True)
    latitude: float = field(Float(53))
    longitude: float = field(Float(53))
    planned_opening_on: date | None = field(Date, nullable=True)
    waste_banks: int = field(Integer)
    position: int = field(Integer)
    in_file: bool = field(Boolean)


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

    id: int = row_number()
    subdistrict_code: str = field(Text)
    since_on: date = field(Date)
    phase: str = field(Text)
    loaded_at: datetime = instant()
    withdrawn_at: datetime | None = instant(nullable=True)


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

    id: int = row_number()
    subdistrict_code: str = field(Text)
    quarter: str = field(Text)
    quarter_start: date = field(Date)
    quarter_end: date = field(Date)
    registered_members: int = field(Integer)
    active_members: int = field(Integer)
    weight_kg: int = field(Integer)
    deposits: int | None = field(Integer, nullable=True)
    redemptions: int | None = field(Integer, nullable=True)
    repeat_percent: int | None = field(Integer, nullable=True)
    redeemed_percent: int | None = field(Integer, nullable=True)
    first_redemption_days: int | None = field(Integer, nullable=True)
    loaded_at: datetime = instant()
    withdrawn_at: datetime | None = instant(nullable=True)
