"""Deposits, the steps of their history, and the members that deposit has heard of."""

from alembic import op

from shared.runtime.tables import create_shared_tables

revision = "0001"
down_revision = None

_STATEMENTS = (
    # `registered_at` is empty for a member who was only mentioned by a deposit: the row is what the door and
    # MemberRegistered lock, so that no deposit is left waiting for somebody who has just become known.
    """
    create table member (
        member_id uuid primary key,
        registered_at timestamptz,
        waste_bank_id text,
        subdistrict_code text
    )
    """,
    """
    create table deposit (
        deposit_id uuid primary key,
        member_id uuid,
        price_list_id uuid,
        recorder_id uuid,
        tablet_id uuid,
        replaces_deposit_id uuid,
        replaced_by_deposit_id uuid,
        weighed_at timestamptz,
        received_at timestamptz not null,
        state_since timestamptz not null,
        clock_offset_ms bigint,
        state text not null check (state in
            ('recorded', 'waiting_for_member', 'quarantined', 'voided', 'rejected', 'voided_ahead')),
        why text check (why in ('subdistrict_not_open', 'unknown_member', 'unknown_waste_bank')),
        channel text,
        waste_bank_id text,
        subdistrict_code text,
        fingerprint bytea,
        lines json,
        constraint deposit_is_whole check (state = 'voided_ahead' or num_nulls(member_id, price_list_id, recorder_id,
            tablet_id, weighed_at, clock_offset_ms, channel, waste_bank_id, subdistrict_code, fingerprint, lines) = 0),
        constraint deposit_quarantine_has_reason check ((state = 'quarantined') <= (why is not null))
    )
    """,
    "create index deposit_by_waste_bank on deposit (waste_bank_id, weighed_at, deposit_id)",
    "create index deposit_by_member on deposit (member_id, weighed_at, deposit_id)",
    """
    create index deposit_set_aside on deposit (state, state_since, deposit_id)
    where state in ('waiting_for_member', 'quarantined')
    """,
    """
    create index deposit_set_aside_by_member on deposit (member_id)
    where state in ('waiting_for_member', 'quarantined')
    """,
    # Almost every row is written once and never changed: vacuum for visibility, seldom for space.
    "alter table deposit set (autovacuum_vacuum_insert_scale_factor = 0.2)",
    """
    create table deposit_step (
        step_id bigint generated always as identity primary key,
        deposit_id uuid not null,
        step text not null check (step in
            ('waiting_for_member', 'quarantined', 'recorded', 'accepted', 'rejected', 'voided', 'void_refused')),
        at timestamptz not null,
        by_id uuid,
        reason text,
        waste_bank_ids text[]
    )
    """,
    "create index deposit_step_by_deposit on deposit_step (deposit_id, step_id)",
)


def upgrade() -> None:
    create_shared_tables(op)
    for statement in _STATEMENTS:
        op.execute(statement)
