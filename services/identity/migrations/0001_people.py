"""Members, staff, tablets, sign-in codes and signing keys."""

from alembic import op

from shared.runtime.tables import create_shared_tables

revision = "0001"
down_revision = None

_STATEMENTS = (
    """
    create table signing_key (
        kid text primary key,
        public_x text not null,
        private_sealed bytea not null,
        made_at timestamptz not null,
        published_until timestamptz
    )
    """,
    """
    create table member (
        id uuid primary key,
        code text not null unique,
        kind text not null check (kind in ('person', 'household', 'group', 'waste_bank_unit')),
        waste_bank_id text not null,
        subdistrict_code text not null,
        enrolled_at timestamptz not null,
        enrolled_by uuid not null,
        name_sealed bytea not null,
        phone_sealed bytea,
        phone_index bytea,
        registered_at timestamptz not null,
        check ((phone_sealed is null) = (phone_index is null))
    )
    """,
    "create index ix_member_phone_index on member (phone_index)",
    """
    create table staff (
        id uuid primary key,
        code text not null unique,
        role text not null check (role in ('operator', 'programme', 'office')),
        waste_bank_ids text[] not null,
        name_sealed bytea not null
    )
    """,
    "create table tablet (id uuid primary key, label text not null, waste_bank_id text not null)",
    """
    create table credential (
        code text primary key,
        role text not null,
        subject_id uuid not null unique,
        pin_hash text not null,
        wrong_tries integer not null default 0 check (wrong_tries >= 0),
        locked_until timestamptz
    )
    """,
)


def upgrade() -> None:
    create_shared_tables(op)
    for statement in _STATEMENTS:
        op.execute(statement)
