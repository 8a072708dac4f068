"""Weighings and what happened to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlmodel import Field

from services.deposit.models.base import Table

_SET_ASIDE = text("state in ('waiting_for_member', 'quarantined')")


class Deposit(Table, table=True):
    """A weighing. All but id and state are empty only while it is no more than a void that came ahead."""

    __tablename__ = "deposit"
    __table_args__ = (
        Index("deposit_by_waste_bank", "waste_bank_id", "weighed_at", "deposit_id"),
        Index("deposit_by_member", "member_id", "weighed_at", "deposit_id"),
        Index("deposit_lately", "state_since", postgresql_using="brin"),
        Index("deposit_set_aside", "state", "state_since", "deposit_id", postgresql_where=_SET_ASIDE),
        Index("deposit_set_aside_by_member", "member_id", postgresql_where=_SET_ASIDE),
    )

    deposit_id: UUID = Field(primary_key=True)
    member_id: UUID | None = None
    price_list_id: UUID | None = None
    recorder_id: UUID | None = None
    tablet_id: UUID | None = None
    replaces_deposit_id: UUID | None = None
    replaced_by_deposit_id: UUID | None = None
    weighed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    state_since: datetime = Field(sa_type=DateTime(timezone=True))
    clock_offset_ms: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(sa_type=Text)
    why: str | None = Field(default=None, sa_type=Text)
    channel: str | None = Field(default=None, sa_type=Text)
    waste_bank_id: str | None = Field(default=None, sa_type=Text)
    subdistrict_code: str | None = Field(default=None, sa_type=Text)
    fingerprint: bytes | None = Field(default=None, sa_type=LargeBinary)
    lines: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    carried_by_id: UUID | None = None


class DepositStep(Table, table=True):
    """Something that happened to a deposit after it was received. Rows are only added."""

    __tablename__ = "deposit_step"
    __table_args__ = (Index("deposit_step_by_deposit", "deposit_id", "step_id"),)

    step_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    deposit_id: UUID
    step: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    by_id: UUID | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    waste_bank_ids: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    areas: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))


class Suspicion(Table, table=True):
    """Two deposits that may be the same weighing, or weighed the same bag; a person looks and says."""

    __tablename__ = "suspicion"
    __table_args__ = (
        UniqueConstraint("kind", "deposit_id", "other_deposit_id"),
        Index("suspicion_open", "found_at", "suspicion_id", postgresql_where=text("state = 'open'")),
        Index("suspicion_by_deposit", "deposit_id"),
        Index("suspicion_by_other", "other_deposit_id"),
    )

    suspicion_id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    deposit_id: UUID
    other_deposit_id: UUID
    member_id: UUID
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    found_at: datetime = Field(sa_type=DateTime(timezone=True))
    state: str = Field(default="open", sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    decided_by: UUID | None = None
    reason: str | None = Field(default=None, sa_type=Text)
