"""Every event heard, the facts that figures are counted from, and the rollout's dated history."""

from alembic import op

from shared.runtime.tables import create_shared_tables

revision = "0001"
down_revision = None

_CLASSES = ("food", "wood", "paper", "plastic", "metal", "textile", "rubber_leather", "glass", "other")
_GRAMS = ", ".join(f"grams_{each} bigint" for each in _CLASSES)
_SUMS = ", ".join(f"grams_{each} bigint not null default 0" for each in _CLASSES)
_FIGURES = f"""
    subdistrict_code text not null,
    day date not null,
    deposits bigint not null default 0,
    voided_deposits bigint not null default 0,
    credited_rupiah bigint not null default 0,
    {_SUMS}
"""

_STATEMENTS = (
    # The three events of every deposit are kept many to a row: they compress together and cost one row version.
    """
    create table event_pack (
        id bigint generated always as identity primary key,
        type text not null,
        event_count integer not null check (event_count > 0),
        event_ids uuid[] not null check (cardinality(event_ids) = event_count),
        payloads bytea[] not null check (cardinality(payloads) = event_count),
        heard_at timestamptz not null default clock_timestamp()
    )
    """,
    """
    create table event (
        event_id uuid primary key,
        type text not null,
        payload bytea not null,
        heard_at timestamptz not null default clock_timestamp()
    )
    """,
    """
    do $$ begin
        alter table event_pack alter column payloads set compression lz4;
        alter table event alter column payload set compression lz4;
    exception when feature_not_supported then null; end $$
    """,
    """
    create view stored_event as
    select event_id, type, convert_from(payload, 'UTF8')::jsonb as payload, heard_at from event
    union all
    select e.event_id, type, convert_from(e.payload, 'UTF8')::jsonb, heard_at
    from event_pack, unnest(event_ids, payloads) as e (event_id, payload)
    """,
    """
    create table deposit (
        deposit_id uuid primary key,
        member_id uuid not null,
        weighed_on date not null,
        recorded boolean not null default false,
        voided boolean not null default false,
        subdistrict_code text not null
    )
    """,
    "create index deposit_weighed_on on deposit using brin (weighed_on)",
    f"""
    create table valuation (
        deposit_id uuid primary key,
        weighed_on date not null,
        valued boolean not null default false,
        reversed boolean not null default false,
        subdistrict_code text not null,
        {_GRAMS}
    )
    """,
    """
    create table credit (
        deposit_id uuid primary key,
        amount_rupiah bigint not null,
        weighed_on date not null,
        posted boolean not null default false,
        reversed boolean not null default false,
        subdistrict_code text not null
    )
    """,
    # Consumers only add to figure_delta, so that no two of them wait for one row; a loop folds it into figure.
    f"create table figure ({_FIGURES}, primary key (subdistrict_code, day))",
    f"create table figure_delta (id bigint generated always as identity primary key, {_FIGURES})",
    "alter table figure_delta set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)",
    """
    create table waiting (
        deposit_id uuid not null,
        reason text not null check (reason in ('flagged', 'quarantined')),
        subdistrict_code text not null,
        since_at timestamptz not null,
        primary key (deposit_id, reason)
    )
    """,
    """
    create table member (
        member_id uuid primary key,
        subdistrict_code text not null,
        kind text not null,
        has_phone boolean not null,
        enrolled_on date not null
    )
    """,
    """
    create table tablet (
        tablet_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        last_weighed_at timestamptz not null,
        last_heard_at timestamptz not null
    )
    """,
    """
    create table redemption (
        redemption_id uuid primary key,
        subdistrict_code text not null,
        amount_rupiah bigint not null,
        member_id uuid not null,
        product_kind text,
        requested_at timestamptz,
        delivered_at timestamptz,
        late boolean not null default false,
        failed boolean not null default false,
        reversed boolean not null default false,
        provider text,
        cost_rupiah bigint,
        held boolean not null default false,
        refused boolean not null default false,
        settled boolean not null default false,
        released text
    )
    """,
    "create table float_change (change_id uuid primary key, provider text not null, amount_rupiah bigint not null)",
    """
    create table subdistrict (
        code text primary key,
        bps_code text not null,
        regency_code text not null,
        regency_name text not null,
        name text not null,
        region text not null,
        villages integer not null,
        population integer,
        population_year integer,
        households integer,
        latitude double precision not null,
        longitude double precision not null,
        planned_opening_on date,
        waste_banks integer not null,
        position integer not null,
        in_file boolean not null
    )
    """,
    """
    create table phase_entry (
        id bigint generated always as identity primary key,
        subdistrict_code text not null,
        since_on date not null,
        phase text not null,
        loaded_at timestamptz not null,
        withdrawn_at timestamptz
    )
    """,
    "create unique index phase_entry_in_force on phase_entry (subdistrict_code, since_on) where withdrawn_at is null",
    """
    create table target (
        id bigint generated always as identity primary key,
        subdistrict_code text not null,
        quarter text not null,
        quarter_start date not null,
        quarter_end date not null,
        registered_members integer not null,
        active_members integer not null,
        weight_kg integer not null,
        deposits integer,
        redemptions integer,
        repeat_percent integer,
        redeemed_percent integer,
        first_redemption_days integer,
        loaded_at timestamptz not null,
        withdrawn_at timestamptz
    )
    """,
    "create unique index target_in_force on target (subdistrict_code, quarter) where withdrawn_at is null",
)


def upgrade() -> None:
    create_shared_tables(op)
    for statement in _STATEMENTS:
        op.execute(statement)
