"""The three tables that every service has: outbox, its archive, and dead letters."""

from typing import Any, Protocol

_OUTBOX_COLUMNS = """
    topic text not null,
    event_count integer not null check (event_count > 0),
    event_ids uuid[] not null check (cardinality(event_ids) = event_count),
    types text[] not null check (cardinality(types) = event_count),
    keys text[] not null check (cardinality(keys) = event_count),
    payloads bytea[] not null check (cardinality(payloads) = event_count),
    traceparent text not null,
    created_at timestamptz not null default clock_timestamp()
"""

_STATEMENTS = (
    f"create table outbox (id bigint generated always as identity primary key, {_OUTBOX_COLUMNS})",
    f"""
    create table outbox_archive (
        id bigint primary key, {_OUTBOX_COLUMNS}, sent_at timestamptz not null default clock_timestamp()
    )
    """,
    "create index outbox_archive_sent_at on outbox_archive using brin (sent_at)",
    # Fast compression where the server was built with it; the default one costs more than the write it saves.
    """
    do $$ begin
        alter table outbox alter column payloads set compression lz4;
        alter table outbox_archive alter column payloads set compression lz4;
    exception when feature_not_supported then null; end $$
    """,
    # The outbox is emptied as fast as it fills: vacuum it by count, not by a share of its size.
    "alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)",
    """
    create view outbox_archive_event as
    select id as row_id, event_id, type, key, convert_from(payload, 'UTF8')::jsonb as payload,
           topic, traceparent, created_at, sent_at
    from outbox_archive, unnest(event_ids, types, keys, payloads) as e (event_id, type, key, payload)
    """,
    """
    create table dead_letter (
        id bigint generated always as identity primary key,
        topic text not null,
        partition integer not null,
        record_offset bigint not null,
        key bytea,
        headers jsonb not null,
        payload bytea,
        kind text not null,
        error text not null,
        heard_at timestamptz not null default clock_timestamp(),
        replayed_at timestamptz,
        unique (topic, partition, record_offset)
    )
    """,
    "create index dead_letter_waiting on dead_letter (id) where replayed_at is null",
)


class Operations(Protocol):
    """What Alembic's `op` offers."""

    def execute(self, sqltext: str, /) -> Any:
        """Run a statement."""


def create_shared_tables(op: Operations) -> None:
    """Create them, in a service's first migration."""
    for statement in _STATEMENTS:
        op.execute(statement)


def analyze_when_doubled(op: Operations, *tables: str) -> None:
    """Have PostgreSQL look at tables that only grow when they have doubled, not whenever they are a tenth larger.

    What it learns of them does not change, and looking was three quarters of all that it did for itself under load.
    """
    for table in tables:
        op.execute(f"alter table {table} set (autovacuum_analyze_scale_factor = 1)")


# The role that works with the table owns it, so it could take its own rights back; the trigger and the chain of
# hashes are there for that: what is altered in spite of everything is seen by whoever follows the chain.
_AUDIT = (
    """
    create table audit (
        seq bigint primary key,
        at timestamptz not null,
        actor_id uuid,
        actor_role text not null,
        action text not null,
        subject_kind text not null,
        subject_id text not null,
        subdistrict_code text,
        before jsonb,
        after jsonb,
        why text,
        hash bytea not null check (octet_length(hash) = 32)
    )
    """,
    "create index audit_subject on audit (subject_id, seq)",
    """
    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
        raise exception 'what was audited never changes' using errcode = 'restrict_violation';
    end $$
    """,
    """
    create trigger audit_never_changes before update or delete or truncate on audit
    for each statement execute function refuse_audit_change()
    """,
    "revoke update, delete, truncate on audit from current_user",
)


def create_audit_table(op: Operations) -> None:
    """Create the table of who did what, in a migration of its own or beside others."""
    for statement in _AUDIT:
        op.execute(statement)
