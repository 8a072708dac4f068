"""Whom deposit has heard of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text
from sqlmodel import Field

from services.deposit.models.base import Table


class Member(Table, table=True):
    """Somebody who is registered, or was only mentioned by a deposit as long as `registered_at` is empty."""

    __tablename__ = "member"

    member_id: UUID = Field(primary_key=True)
    registered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    waste_bank_id: str | None = Field(default=None, sa_type=Text)
    subdistrict_code: str | None = Field(default=None, sa_type=Text)
    moved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    erased_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class MemberAlias(Table, table=True):
    """An id that was given up in a merge, and whom it means now."""

    __tablename__ = "member_alias"
    __table_args__ = (Index("member_alias_by_survivor", "into_member_id"),)

    member_id: UUID = Field(primary_key=True)
    into_member_id: UUID
