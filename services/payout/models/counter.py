"""Cash boxes, disputes, and who was merged or left. The words of a dispute are sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Uuid
from sqlmodel import Field

from services.payout.models.base import Table, instant, rupiah, sealed, text


class CashBox(Table, table=True):
    """What lies in a waste bank's cash box by payout's own book; never below zero."""

    __tablename__ = "cash_box"

    waste_bank_id: str = text(primary_key=True)
    balance_rupiah: int = rupiah()


class CashMove(Table, table=True):
    """Money put into a cash box (positive) or out of it (negative). Its id comes from its cause: once, for ever."""

    __tablename__ = "cash_move"
    __table_args__ = (
        Index("cash_move_of_box", "waste_bank_id", "at"),
        Index("cash_move_of_cause", "cause_id"),
    )

    move_id: UUID = Field(primary_key=True, sa_type=Uuid)
    waste_bank_id: str = text()
    kind: str = text()
    amount_rupiah: int = rupiah()
    at: datetime = instant()
    cause_id: UUID = Field(sa_type=Uuid)


class Dispute(Table, table=True):
    """A member does not agree with a redemption. Open as long as it has no outcome."""

    __tablename__ = "dispute"
    __table_args__ = (
        Index("dispute_of_member", "member_id", "opened_at"),
        Index("dispute_of_redemption", "redemption_id", unique=True, postgresql_where="outcome is null"),
        Index("dispute_in_area", "subdistrict_code", "opened_at"),
        Index("dispute_due", "due_at", postgresql_where="outcome is null"),
    )

    dispute_id: UUID = Field(primary_key=True, sa_type=Uuid)
    redemption_id: UUID = Field(sa_type=Uuid, foreign_key="redemption.redemption_id")
    member_id: UUID = Field(sa_type=Uuid)
    subdistrict_code: str = text()
    waste_bank_id: str | None = text(nullable=True)
    complaint: str = text()
    words_sealed: bytes | None = sealed(nullable=True)
    opened_by: UUID = Field(sa_type=Uuid)
    assisted: bool
    opened_at: datetime = instant()
    due_at: datetime = instant()
    outcome: str | None = text(nullable=True, default=None)
    answer_sealed: bytes | None = sealed(nullable=True, default=None)
    answered_by: UUID | None = Field(sa_type=Uuid, nullable=True, default=None)
    answered_at: datetime | None = instant(nullable=True, default=None)


class MemberAlias(Table, table=True):
    """An id that was given up. `into_member_id` is who it means today, `merged_into_id` what was said then."""

    __tablename__ = "member_alias"
    __table_args__ = (
        Index("member_alias_into", "into_member_id"),
        Index("member_alias_merged_into", "merged_into_id"),
    )

    member_id: UUID = Field(primary_key=True, sa_type=Uuid)
    into_member_id: UUID = Field(sa_type=Uuid)
    merged_into_id: UUID = Field(sa_type=Uuid)


class ErasedMember(Table, table=True):
    """Somebody who left, and every id that was merged into theirs: nothing more is sold to them."""

    __tablename__ = "erased_member"

    member_id: UUID = Field(primary_key=True, sa_type=Uuid)
    erased_at: datetime = instant()
