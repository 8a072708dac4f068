"""The ledger's tables as types; the migrations make them, and a test compares the two."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """The base of this service's tables, on a registry of its own."""


class Account(Table, table=True):
    """One owner's account of one kind. A member's account has the member's id."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("kind", "owner"),
        Index("account_erased", "erased_at", postgresql_where=text("erased_at is not null")),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    subdistrict_code: str | None = Field(default=None, sa_type=Text)
    posted_rupiah: int = Field(default=0, sa_type=BigInteger)
    held_rupiah: int = Field(default=0, sa_type=BigInteger)
    last_seq: int = 0
    opened_at: datetime = Field(sa_type=DateTime(timezone=True))
    merged_into: UUID | None = None
    erased_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    placed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Transfer(Table, table=True):
    """One balanced transfer with its entries. It never changes."""

    __tablename__ = "transfer"
    __table_args__ = (
        Index(
            "transfer_statement",
            "member_account_id",
            "member_seq",
            unique=True,
            postgresql_where=text("member_account_id is not null"),
        ),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    cause_id: UUID
    fingerprint: bytes = Field(sa_type=LargeBinary)
    account_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid()), nullable=False))
    amounts_rupiah: list[int] = Field(sa_column=Column(ARRAY(BigInteger()), nullable=False))
    member_account_id: UUID | None = None
    member_seq: int | None = None
    member_balance_rupiah: int | None = Field(default=None, sa_type=BigInteger)
    happened_at: datetime = Field(sa_type=DateTime(timezone=True))
    posted_at: datetime = Field(sa_type=DateTime(timezone=True))
    waste_bank_id: str | None = Field(default=None, sa_type=Text)
    subdistrict_code: str | None = Field(default=None, sa_type=Text)
    reverses_id: UUID | None = None
    reason: str | None = Field(default=None, sa_type=Text)


class Hold(Table, table=True):
    """The answer to one redemption's request."""

    __tablename__ = "hold"
    __table_args__ = (Index("hold_account", "account_id"),)

    redemption_id: UUID = Field(primary_key=True)
    account_id: UUID
    state: str = Field(sa_type=Text)
    amount_rupiah: int = Field(sa_type=BigInteger)
    cash_rupiah: int = Field(sa_type=BigInteger)
    waste_bank_id: str | None = Field(default=None, sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    why: str | None = Field(default=None, sa_type=Text)
    available_rupiah: int = Field(sa_type=BigInteger)
    requested_at: datetime = Field(sa_type=DateTime(timezone=True))
    decided_at: datetime = Field(sa_type=DateTime(timezone=True))
    ended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    member_id: UUID | None = None


class Verdict(Table, table=True):
    """One verdict on a redemption, obeyed or waiting."""

    __tablename__ = "verdict"
    __table_args__ = (Index("verdict_waiting", "heard_at", postgresql_where=text("obeyed_at is null")),)

    redemption_id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text, primary_key=True)
    member_id: UUID
    amount_rupiah: int = Field(sa_type=BigInteger)
    cost_rupiah: int = Field(sa_type=BigInteger)
    provider: str | None = Field(default=None, sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    why: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    happened_at: datetime = Field(sa_type=DateTime(timezone=True))
    fingerprint: bytes = Field(sa_type=LargeBinary)
    heard_at: datetime = Field(sa_type=DateTime(timezone=True))
    obeyed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    contradiction: str | None = Field(default=None, sa_type=Text)


class WaitingReversal(Table, table=True):
    """A reversal that was heard before the credit that it reverses."""

    __tablename__ = "waiting_reversal"
    __table_args__ = (
        Index("waiting_reversal_waiting", "heard_at", postgresql_where=text("obeyed_at is null")),
    )

    credit_id: UUID = Field(primary_key=True)
    deposit_id: UUID
    member_id: UUID
    net_rupiah: int = Field(sa_type=BigInteger)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    weighed_at: datetime = Field(sa_type=DateTime(timezone=True))
    reason: str = Field(sa_type=Text)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    heard_at: datetime = Field(sa_type=DateTime(timezone=True))
    obeyed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    contradiction: str | None = Field(default=None, sa_type=Text)


class MemberAlias(Table, table=True):
    """A member id that was given up, and the one that it means now."""

    __tablename__ = "member_alias"
    __table_args__ = (Index("member_alias_family", "into_member_id"),)

    member_id: UUID = Field(primary_key=True)
    into_member_id: UUID
    merged_at: datetime = Field(sa_type=DateTime(timezone=True))
    merged_by: UUID


class PassbookImport(Table, table=True):
    """The balances of a waste bank's passbooks, as one person proposed them and another decided."""

    __tablename__ = "passbook_import"
    __table_args__ = (Index("passbook_import_listed", "proposed_at", "import_id"),)

    import_id: UUID = Field(primary_key=True)
    waste_bank_id: str = Field(sa_type=Text)
    subdistrict_code: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    total_rupiah: int = Field(sa_type=BigInteger)
    member_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid()), nullable=False))
    amounts_rupiah: list[int] = Field(sa_column=Column(ARRAY(BigInteger()), nullable=False))
    as_of: list[date] = Field(sa_column=Column(ARRAY(Date()), nullable=False))
    proposed_by: UUID
    proposed_at: datetime = Field(sa_type=DateTime(timezone=True))
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
