"""Tables about members. What names a person is sealed before it comes here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field

from services.identity.models.table import Table, instant


class MemberRow(Table, table=True):
    """A member. `phone_index` finds a number without being able to read it."""

    __tablename__ = "member"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    waste_bank_id: str = Field(sa_column=Column(Text, nullable=False))
    subdistrict_code: str = Field(sa_column=Column(Text, nullable=False))
    enrolled_at: datetime = Field(sa_column=instant())
    enrolled_by: UUID
    name_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    phone_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True, index=True))
    registered_at: datetime = Field(sa_column=instant())
