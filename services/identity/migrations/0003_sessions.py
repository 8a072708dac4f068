"""Areas of staff, tablets with secrets, sessions, trusted devices, what was taken back, PIN resets, keys made ahead."""

from alembic import op

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    """
    alter table staff
        add column subdistrict_codes text[] not null default '{}',
        add column regency_codes text[] not null default '{}',
        add column made_at timestamptz,
        add column made_by uuid,
        add column ended_at timestamptz
    """,
    # Until now these two had no area and reached everywhere; everywhere was one regency.
    "update staff set regency_codes = '{12.07}' where role in ('programme', 'office')",
    """
    alter table tablet
        add column secret_hash bytea,
        add column code_head text unique,
        add column code_hash bytea,
        add column code_until timestamptz,
        add column code_tries integer not null default 0,
        add column registered_at timestamptz,
        add column registered_by uuid,
        add column enrolled_at timestamptz,
        add column revoked_at timestamptz,
        add column last_seen_at timestamptz
    """,
    # A key is published before it signs: no verifier ever meets one that it could not have fetched.
    "alter table signing_key add column signs_from timestamptz",
    "update signing_key set signs_from = made_at",
    """
    create table device (
        id uuid primary key,
        subject_id uuid not null,
        token_hash bytea not null unique,
        trusted_at timestamptz not null,
        last_used_at timestamptz not null,
        forgotten_at timestamptz
    )
    """,
    "create index ix_device_subject_id on device (subject_id)",
    """
    create table session (
        id uuid primary key,
        subject_id uuid not null,
        role text not null,
        code text not null,
        tablet_id uuid,
        device_id uuid,
        may_spend boolean not null,
        mark bytea not null,
        is_proven boolean not null,
        started_at timestamptz not null,
        last_used_at timestamptz not null,
        expires_at timestamptz not null,
        access_until timestamptz not null,
        ended_at timestamptz,
        ended_why text,
        told_at timestamptz,
        check ((ended_at is null) = (ended_why is null))
    )
    """,
    "create index ix_session_subject_id on session (subject_id)",
    "create index ix_session_tablet_id on session (tablet_id)",
    """
    create table refresh_token (
        hash bytea primary key,
        session_id uuid not null references session (id) on delete cascade,
        issued_at timestamptz not null,
        used_at timestamptz,
        replays integer not null default 0,
        successor_hash bytea
    )
    """,
    "create index ix_refresh_token_session_id on refresh_token (session_id)",
    """
    create table revocation (
        id uuid primary key,
        kind text not null check (kind in ('session', 'tablet')),
        revoked_at timestamptz not null,
        until timestamptz not null
    )
    """,
    "create index ix_revocation_until on revocation (until)",
    # How often something was tried in vain; the shared counter of a code stands with its PIN.
    """
    create table guess (
        what text not null,
        subject text not null,
        wrong_tries integer not null default 0,
        locked_until timestamptz,
        primary key (what, subject)
    )
    """,
    """
    create table pin_reset (
        id uuid primary key,
        code text not null,
        role text not null,
        subject_id uuid not null,
        why text not null,
        opened_by uuid not null,
        opened_at timestamptz not null,
        until timestamptz not null,
        confirmed_by uuid,
        confirmed_at timestamptz,
        check (confirmed_by <> opened_by)
    )
    """,
    "create index ix_pin_reset_subject_id on pin_reset (subject_id)",
    """
    create table pin_code (
        code text primary key,
        role text not null,
        subject_id uuid not null,
        code_hash bytea not null,
        wrong_tries integer not null default 0,
        until timestamptz not null
    )
    """,
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
