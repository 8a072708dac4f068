"""Who is merged, moved or gone, and the field's day: pick-ups, disputes, bags, lots, closed days, tablets."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, Text, Uuid, text

from services.adoption.models.base import Table, field, instant


class MemberAlias(Table, table=True):
    """An enrolment that was somebody's second one, and the id that counts instead."""

    __tablename__ = "member_alias"
    __table_args__ = (Index("member_alias_into", "into_member_id"),)

    member_id: UUID = field(Uuid, key=True)
    into_member_id: UUID = field(Uuid)
    subdistrict_code: str = field(Text)
    merged_on: date = field(Date)


class MemberMove(Table, table=True):
    """A move, of which the past takes no notice."""

    __tablename__ = "member_move"

    event_id: UUID = field(Uuid, key=True)
    member_id: UUID = field(Uuid)
    from_subdistrict_code: str = field(Text)
    subdistrict_code: str = field(Text)
    moved_on: date = field(Date)


class MemberErasure(Table, table=True):
    """Somebody who is no member any more; what they did still counts."""

    __tablename__ = "member_erasure"

    member_id: UUID = field(Uuid, key=True)
    subdistrict_code: str = field(Text)
    erased_on: date = field(Date)


class OpeningBalance(Table, table=True):
    """What a paper passbook said when its waste bank moved in."""

    __tablename__ = "opening_balance"

    transfer_id: UUID = field(Uuid, key=True)
    member_id: UUID = field(Uuid)
    waste_bank_id: str = field(Text)
    subdistrict_code: str = field(Text)
    amount_rupiah: int = field(BigInteger)
    posted_on: date = field(Date)


class Pickup(Table, table=True):
    """A pick-up; columns are null until their event comes."""

    __tablename__ = "pickup"

    pickup_id: UUID = field(Uuid, key=True)
    waste_bank_id: str = field(Text)
    subdistrict_code: str = field(Text)
    requested_at: datetime = instant()
    done_at: datetime | None = instant(nullable=True)
    deposit_id: UUID | None = field(Uuid, nullable=True)
    cancelled_at: datetime | None = instant(nullable=True)
    cancelled_why: str | None = field(Text, nullable=True)


class PickupAttempt(Table, table=True):
    """A day on which the waste bank was to come."""

    __tablename__ = "pickup_attempt"

    pickup_id: UUID = field(Uuid, key=True)
    attempt: int = field(Integer, key=True)
    scheduled_on: date = field(Date)


class Dispute(Table, table=True):
    """A dispute about a deposit or a redemption; how it ended is null until it has."""

    __tablename__ = "dispute"

    dispute_id: UUID = field(Uuid, key=True)
    about: str = field(Text)
    waste_bank_id: str | None = field(Text, nullable=True)
    subdistrict_code: str = field(Text)
    opened_at: datetime = instant()
    due_at: datetime = instant()
    assisted: bool | None = field(Boolean, nullable=True)
    complaint: str | None = field(Text, nullable=True)
    outcome: str | None = field(Text, nullable=True)
    answered_at: datetime | None = instant(nullable=True)


class Bag(Table, table=True):
    """A labelled bag that was left to be weighed later, and what became of it by its last `turn`."""

    __tablename__ = "bag"
    __table_args__ = (
        Index(
            "bag_open",
            "received_at",
            postgresql_where=text("weighed_at is null and discarded_at is null"),
        ),
    )

    bag_id: UUID = field(Uuid, key=True)
    member_id: UUID = field(Uuid)
    waste_bank_id: str = field(Text)
    subdistrict_code: str = field(Text)
    received_at: datetime = instant()
    turn: int = field(Integer)
    weighed_at: datetime | None = instant(nullable=True)
    discarded_at: datetime | None = instant(nullable=True)


class Lot(Table, table=True):
    """Sorted waste that was sold."""

    __tablename__ = "lot"

    lot_id: UUID = field(Uuid, key=True)
    waste_bank_id: str = field(Text)
    subdistrict_code: str = field(Text)
    sold_on: date = field(Date)
    amount_rupiah: int = field(BigInteger)


class LotLine(Table, table=True):
    """One item of a lot."""

    __tablename__ = "lot_line"

    lot_id: UUID = field(Uuid, key=True)
    line_no: int = field(Integer, key=True)
    item_code: str = field(Text)
    waste_class: str = field(Text)
    grams: int = field(BigInteger)
    amount_rupiah: int = field(BigInteger)


class LotVoid(Table, table=True):
    """A lot that was written down wrongly; it may not have been heard of yet."""

    __tablename__ = "lot_void"

    lot_id: UUID = field(Uuid, key=True)


class Closing(Table, table=True):
    """A day that a waste bank counted against its book."""

    __tablename__ = "closing"
    __table_args__ = (Index("closing_replaces", "replaces_closing_id"),)

    closing_id: UUID = field(Uuid, key=True)
    waste_bank_id: str = field(Text)
    subdistrict_code: str = field(Text)
    day: date = field(Date)
    closed_at: datetime = instant()
    cash_booked_rupiah: int = field(BigInteger)
    cash_counted_rupiah: int = field(BigInteger)
    replaces_closing_id: UUID | None = field(Uuid, nullable=True)


class ClosingClass(Table, table=True):
    """What was booked and what was counted of one class."""

    __tablename__ = "closing_class"

    closing_id: UUID = field(Uuid, key=True)
    waste_class: str = field(Text, key=True)
    booked_grams: int = field(BigInteger)
    counted_grams: int = field(BigInteger)


class TabletReport(Table, table=True):
    """The newest report of a tablet."""

    __tablename__ = "tablet_report"

    tablet_id: UUID = field(Uuid, key=True)
    event_id: UUID = field(Uuid)
    waste_bank_id: str = field(Text)
    subdistrict_code: str = field(Text)
    reported_at: datetime = instant()
    heard_at: datetime = instant()
    app_version: str = field(Text)
    queue_length: int = field(Integer)
    oldest_queued_at: datetime | None = instant(nullable=True)
    clock_offset_ms: int = field(BigInteger)
    battery_percent: int | None = field(Integer, nullable=True)
    storage_free_mib: int | None = field(BigInteger, nullable=True)
