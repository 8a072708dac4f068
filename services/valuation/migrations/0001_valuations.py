"""Catalogue, price lists that never change once published, valuations, flags, and what a member's day holds."""

from alembic import op

from shared.runtime.tables import create_shared_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table catalogue_item (
        code text primary key,
        place integer not null,
        content json not null
    )
    """,
    """
    create table price_list (
        price_list_id uuid primary key,
        name text not null,
        waste_bank_id text,
        prices json not null,
        deductions json not null,
        drafted_by uuid not null,
        drafted_at timestamptz not null,
        effective_at timestamptz,
        published_by uuid,
        published_at timestamptz,
        check ((effective_at is null) = (published_at is null)),
        check ((published_by is null) = (published_at is null))
    )
    """,
    # Each list ends where the next of its scope begins, so two cannot overlap unless they begin together.
    """
    create unique index price_list_effective on price_list (coalesce(waste_bank_id, '*'), effective_at)
    where published_at is not null
    """,
    # The price shown is the price paid: whoever has the password, a published list stays what it was.
    """
    create function keep_published() returns trigger language plpgsql as $$
    begin
        raise exception 'price list % is published and never changes', old.price_list_id;
    end $$
    """,
    """
    create trigger price_list_immutable before update or delete on price_list
    for each row when (old.published_at is not null) execute function keep_published()
    """,
    # One row a deposit, its lines as a JSON array of arrays: three rows of lines would cost three times the row.
    # The view `valued_line` shows them one a row.
    """
    create table valuation (
        deposit_id uuid primary key,
        member_id uuid not null,
        price_list_id uuid,
        list_in_force_id uuid,
        weighed_at timestamptz not null,
        heard_at timestamptz not null default clock_timestamp(),
        gross_rupiah bigint,
        net_rupiah bigint,
        price_difference_rupiah bigint not null default 0,
        grams bigint,
        state text not null check (state in ('valued', 'flagged', 'voided')),
        waste_bank_id text not null,
        subdistrict_code text not null,
        lines json,
        deductions json,
        approved_by uuid,
        voided_at timestamptz,
        void_reason text,
        check (state <> 'valued' or (lines is not null and deductions is not null and price_list_id is not null
            and list_in_force_id is not null and gross_rupiah is not null and net_rupiah is not null
            and grams is not null)),
        check ((state = 'voided') = (voided_at is not null))
    )
    """,
    """
    create index valuation_price_difference on valuation (weighed_at, deposit_id)
    where price_difference_rupiah <> 0
    """,
    """
    create table flag (
        deposit_id uuid primary key,
        recorder_id uuid not null,
        shown_price_list_id uuid not null,
        reasons text[] not null check (cardinality(reasons) > 0),
        lines json not null,
        flagged_at timestamptz not null,
        closed_at timestamptz,
        decided_by uuid,
        decision text check (decision in ('approved', 'voided')),
        note text,
        check ((closed_at is null) = (decision is null)),
        check (decision is distinct from 'approved' or decided_by <> recorder_id)
    )
    """,
    "create index flag_open on flag (flagged_at, deposit_id) where closed_at is null",
    # Updated in place (HOT): no changing column is indexed, and a page keeps room for the next version.
    """
    create table member_day (
        member_id uuid not null,
        weighed_on date not null,
        deposits integer not null check (deposits >= 0),
        grams bigint not null check (grams >= 0),
        rupiah bigint not null check (rupiah >= 0),
        primary key (member_id, weighed_on)
    ) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)
    """,
    """
    create view valued_line as
    select v.deposit_id, v.state, v.weighed_at, v.waste_bank_id, v.subdistrict_code, v.price_list_id,
           line_no, line ->> 0 as item_code, line ->> 1 as waste_class, line ->> 2 as grade, line ->> 3 as unit,
           (line ->> 4)::bigint as quantity, (line ->> 5)::bigint as price_rupiah,
           (line ->> 6)::bigint as value_rupiah, (line ->> 7)::bigint as reporting_grams
    from valuation v, json_array_elements(v.lines) with ordinality as l (line, line_no)
    """,
)


def upgrade() -> None:
    create_shared_tables(op)
    for statement in _STATEMENTS:
        op.execute(statement)
