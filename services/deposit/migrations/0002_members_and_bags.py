"""Members that merge, move and leave; bags; suspicions; what tablets report; who did what."""

from alembic import op

from shared.runtime.tables import create_audit_table

revision = "0002"
down_revision = "0001"

_WHYS = "'subdistrict_not_open', 'unknown_member', 'unknown_waste_bank', 'member_erased'"

_STATEMENTS = (
    "alter table member add column moved_at timestamptz, add column erased_at timestamptz",
    # An id that was given up, and who it means now; chains are flattened, so that one step always arrives.
    """
    create table member_alias (
        member_id uuid primary key,
        into_member_id uuid not null,
        check (member_id <> into_member_id)
    )
    """,
    "create index member_alias_by_survivor on member_alias (into_member_id)",
    "alter table deposit drop constraint deposit_why_check",
    f"alter table deposit add constraint deposit_why_check check (why in ({_WHYS})) not valid",
    # Where the programme's staff may act: sub-districts, or whole regencies. Empty for an operator.
    "alter table deposit_step add column areas text[]",
    # A bag of which only the id is known was named by a deposit, or discarded, before it was heard of.
    """
    create table bag (
        bag_id uuid primary key,
        member_id uuid,
        waste_bank_id text,
        subdistrict_code text,
        label text,
        received_at timestamptz,
        recorded_at timestamptz,
        received_by uuid,
        tablet_id uuid,
        weighed_by_deposit_id uuid,
        discarded_at timestamptz,
        discarded_by uuid,
        discard_reason text,
        constraint bag_is_whole check (num_nulls(member_id, waste_bank_id, subdistrict_code, label, received_at,
            recorded_at, received_by, tablet_id) in (0, 8)),
        constraint bag_discard_is_whole check (num_nulls(discarded_at, discarded_by, discard_reason) in (0, 3))
    )
    """,
    """
    create index bag_open on bag (waste_bank_id, received_at, bag_id)
    where weighed_by_deposit_id is null and discarded_at is null
    """,
    "create index bag_by_member on bag (member_id, received_at)",
    # Which deposits say that they weighed a bag. The first one that counts is the one that did.
    """
    create table bag_weighing (
        bag_weighing_id bigint generated always as identity primary key,
        bag_id uuid not null,
        deposit_id uuid not null,
        unique (bag_id, deposit_id)
    )
    """,
    "create index bag_weighing_by_deposit on bag_weighing (deposit_id)",
    # Two deposits that a person should look at together. It asks; it never holds anything up.
    """
    create table suspicion (
        suspicion_id uuid primary key,
        kind text not null check (kind in ('same_weighing', 'bag_weighed_twice')),
        deposit_id uuid not null,
        other_deposit_id uuid not null,
        member_id uuid not null,
        waste_bank_id text not null,
        subdistrict_code text not null,
        found_at timestamptz not null,
        state text not null default 'open' check (state in ('open', 'both_stand', 'one_voided')),
        decided_at timestamptz,
        decided_by uuid,
        reason text,
        unique (kind, deposit_id, other_deposit_id),
        check (deposit_id <> other_deposit_id)
    )
    """,
    "create index suspicion_open on suspicion (found_at, suspicion_id) where state = 'open'",
    "create index suspicion_by_deposit on suspicion (deposit_id)",
    "create index suspicion_by_other on suspicion (other_deposit_id)",
    """
    create table tablet (
        tablet_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        reporter_id uuid not null,
        reported_at timestamptz not null,
        heard_at timestamptz not null,
        app_version text not null,
        queue_length bigint not null,
        oldest_queued_at timestamptz,
        clock_offset_ms bigint not null,
        battery_percent bigint,
        storage_free_mib bigint
    ) with (fillfactor = 60)
    """,
    "create index tablet_by_subdistrict on tablet (subdistrict_code, tablet_id)",
)


def upgrade() -> None:
    create_audit_table(op)
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("alter table deposit validate constraint deposit_why_check")
