"""Tables about members. What names a person is sealed before it comes here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text, text
from sqlmodel import Field

from services.identity.models.table import Table, instant


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=True)


class MemberRow(Table, table=True):
    """A member. `phone_index` finds a number without being able to read it; one who left has no sealed field."""

    __tablename__ = "member"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    waste_bank_id: str = Field(sa_column=Column(Text, nullable=False))
    subdistrict_code: str = Field(sa_column=Column(Text, nullable=False))
    enrolled_at: datetime = Field(sa_column=instant())
    enrolled_by: UUID
    name_sealed: bytes | None = Field(default=None, sa_column=_sealed())
    phone_sealed: bytes | None = Field(default=None, sa_column=_sealed())
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True, index=True))
    registered_at: datetime = Field(sa_column=instant())
    address_sealed: bytes | None = Field(default=None, sa_column=_sealed())
    village_sealed: bytes | None = Field(default=None, sa_column=_sealed())
    enrolment_digest: bytes | None = Field(default=None, sa_column=_sealed())
    merged_into_id: UUID | None = Field(default=None, index=True)
    merged_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    erased_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class MemberChangeRow(Table, table=True):
    """The newest change of a member as one waste bank's tablets must hear it; `gone` once they must forget them."""

    __tablename__ = "member_change"
    __table_args__ = (Index("ix_member_change_bank", "waste_bank_id", "change_no"),)

    waste_bank_id: str = Field(sa_column=Column(Text, primary_key=True))
    member_id: UUID = Field(primary_key=True)
    change_no: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    gone: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class CardRow(Table, table=True):
    """A printed card. Of its secret only a keyed digest is kept; without a member it is blank."""

    __tablename__ = "card"
    __table_args__ = (
        Index("uq_card_working", "member_id", unique=True, postgresql_where=text("blocked_at is null")),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    secret_digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    code_digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    waste_bank_id: str = Field(sa_column=Column(Text, nullable=False))
    made_at: datetime = Field(sa_column=instant())
    made_by: UUID
    tablet_id: UUID | None = None
    member_id: UUID | None = Field(default=None, index=True)
    bound_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    bound_by: UUID | None = None
    blocked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    blocked_why: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    replaced_by_id: UUID | None = None


class MergeProposalRow(Table, table=True):
    """Somebody says that two members are one; a second person decides."""

    __tablename__ = "merge_proposal"
    __table_args__ = (
        Index("uq_merge_proposal_open", "member_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: UUID = Field(primary_key=True)
    member_id: UUID
    into_member_id: UUID = Field(index=True)
    state: str = Field(sa_column=Column(Text, nullable=False))
    proposed_by: UUID
    proposed_at: datetime = Field(sa_column=instant())
    why: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    decided_why: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class MemberMoveRow(Table, table=True):
    """A member went from one waste bank to another."""

    __tablename__ = "member_move"

    id: UUID = Field(primary_key=True)
    member_id: UUID = Field(index=True)
    from_waste_bank_id: str = Field(sa_column=Column(Text, nullable=False))
    from_subdistrict_code: str = Field(sa_column=Column(Text, nullable=False))
    waste_bank_id: str = Field(sa_column=Column(Text, nullable=False))
    subdistrict_code: str = Field(sa_column=Column(Text, nullable=False))
    moved_at: datetime = Field(sa_column=instant())
    moved_by: UUID
    why: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
