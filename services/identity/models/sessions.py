"""Tables of signing in: staff, tablets, codes with their PINs, signing keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, LargeBinary, Text, text
from sqlmodel import Field

from services.identity.models.table import Table, instant


class SigningKey(Table, table=True):
    """A key that signs tokens; its private part is sealed. `published_until` is set when a newer one takes over."""

    __tablename__ = "signing_key"

    kid: str = Field(sa_column=Column(Text, primary_key=True))
    public_x: str = Field(sa_column=Column(Text, nullable=False))
    private_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_at: datetime = Field(sa_column=instant())
    published_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class StaffRow(Table, table=True):
    """Somebody who works for the programme."""

    __tablename__ = "staff"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    waste_bank_ids: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    name_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TabletRow(Table, table=True):
    """A tablet of a waste bank."""

    __tablename__ = "tablet"

    id: UUID = Field(primary_key=True)
    label: str = Field(sa_column=Column(Text, nullable=False))
    waste_bank_id: str = Field(sa_column=Column(Text, nullable=False))


class CredentialRow(Table, table=True):
    """A code with the hash of its PIN, and how often it was tried in vain since the last success."""

    __tablename__ = "credential"

    code: str = Field(sa_column=Column(Text, primary_key=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    subject_id: UUID = Field(unique=True)
    pin_hash: str = Field(sa_column=Column(Text, nullable=False))
    wrong_tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
