"""Tables of signing in: staff, tablets, codes with their PINs, sessions, devices, signing keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, ForeignKey, LargeBinary, Text, text
from sqlmodel import Field

from services.identity.models.table import Table, instant


class SigningKey(Table, table=True):
    """A key that signs tokens from `signs_from` on; its private part is sealed.

    It is published before that, and until `published_until`, which is set when a newer one takes over.
    """

    __tablename__ = "signing_key"

    kid: str = Field(sa_column=Column(Text, primary_key=True))
    public_x: str = Field(sa_column=Column(Text, nullable=False))
    private_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_at: datetime = Field(sa_column=instant())
    published_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    signs_from: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class StaffRow(Table, table=True):
    """Somebody who works for the programme."""

    __tablename__ = "staff"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    waste_bank_ids: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    name_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    subdistrict_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    regency_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    made_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    made_by: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class TabletRow(Table, table=True):
    """A tablet of a waste bank. Until it is enrolled it has a code that works once; then a secret of its own."""

    __tablename__ = "tablet"

    id: UUID = Field(primary_key=True)
    label: str = Field(sa_column=Column(Text, nullable=False))
    waste_bank_id: str = Field(sa_column=Column(Text, nullable=False))
    secret_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    code_head: str | None = Field(default=None, sa_column=Column(Text, nullable=True, unique=True))
    code_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    code_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    code_tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    registered_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    registered_by: UUID | None = None
    enrolled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    last_seen_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    public_key: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class CredentialRow(Table, table=True):
    """A code with the hash of its PIN, and how often it was tried in vain since the last success."""

    __tablename__ = "credential"

    code: str = Field(sa_column=Column(Text, primary_key=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    subject_id: UUID = Field(unique=True)
    pin_hash: str = Field(sa_column=Column(Text, nullable=False))
    wrong_tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class DeviceRow(Table, table=True):
    """A browser or phone that once showed the secret of its owner's card; it is known by a token of its own."""

    __tablename__ = "device"

    id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(index=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    trusted_at: datetime = Field(sa_column=instant())
    last_used_at: datetime = Field(sa_column=instant())
    forgotten_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class SessionRow(Table, table=True):
    """One sign-in. `told_at` is when the owner heard that it was ended because somebody used its token again."""

    __tablename__ = "session"

    id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(index=True)
    role: str = Field(sa_column=Column(Text, nullable=False))
    code: str = Field(sa_column=Column(Text, nullable=False))
    tablet_id: UUID | None = Field(default=None, index=True)
    device_id: UUID | None = None
    may_spend: bool
    mark: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    is_proven: bool
    started_at: datetime = Field(sa_column=instant())
    last_used_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    access_until: datetime = Field(sa_column=instant())
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    ended_why: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    told_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class RefreshTokenRow(Table, table=True):
    """The hash of a refresh token; used ones are kept, so that their second use is noticed."""

    __tablename__ = "refresh_token"

    hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    session_id: UUID = Field(
        sa_column=Column(ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    issued_at: datetime = Field(sa_column=instant())
    used_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    replays: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    successor_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class RevocationRow(Table, table=True):
    """A session or tablet whose tokens are refused everywhere until the last of them has expired anyway."""

    __tablename__ = "revocation"

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_column=Column(Text, nullable=False))
    revoked_at: datetime = Field(sa_column=instant())
    until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))


class GuessRow(Table, table=True):
    """How often something was tried in vain since it was last right, and until when it is shut."""

    __tablename__ = "guess"

    what: str = Field(sa_column=Column(Text, primary_key=True))
    subject: str = Field(sa_column=Column(Text, primary_key=True))
    wrong_tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class StrayGuessRow(Table, table=True):
    """How often a code, card number or phone number of nobody was tried; `mark` is its blind index."""

    __tablename__ = "stray_guess"

    mark: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    wrong_tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    tried_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))


class PinResetRow(Table, table=True):
    """Somebody at the counter forgot the PIN: one of the staff opens, another confirms."""

    __tablename__ = "pin_reset"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_column=Column(Text, nullable=False))
    role: str = Field(sa_column=Column(Text, nullable=False))
    subject_id: UUID = Field(index=True)
    why: str = Field(sa_column=Column(Text, nullable=False))
    opened_by: UUID
    opened_at: datetime = Field(sa_column=instant())
    until: datetime = Field(sa_column=instant())
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class PinCodeRow(Table, table=True):
    """A code that lets its holder choose a PIN, once; it is stored hashed."""

    __tablename__ = "pin_code"

    code: str = Field(sa_column=Column(Text, primary_key=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    subject_id: UUID
    code_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    wrong_tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    until: datetime = Field(sa_column=instant())
