"""How tablets are doing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text
from sqlmodel import Field

from services.deposit.models.base import Table


class Tablet(Table, table=True):
    """The last report of one tablet."""

    __tablename__ = "tablet"
    __table_args__ = (Index("tablet_by_subdistrict", "subdistrict_code", "tablet_id"),)

    tablet_id: UUID = Field(primary_key=True)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    reporter_id: UUID
    reported_at: datetime = Field(sa_type=DateTime(timezone=True))
    heard_at: datetime = Field(sa_type=DateTime(timezone=True))
    app_version: str = Field(sa_type=Text)
    queue_length: int = Field(sa_type=BigInteger)
    oldest_queued_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    clock_offset_ms: int = Field(sa_type=BigInteger)
    battery_percent: int | None = Field(default=None, sa_type=BigInteger)
    storage_free_mib: int | None = Field(default=None, sa_type=BigInteger)
