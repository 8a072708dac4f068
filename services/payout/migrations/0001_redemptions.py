"""Offers, quotes, redemptions with their attempts and timeline, floats, and the three tables of every service."""

from alembic import op

from shared.runtime.tables import create_shared_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table offer (
        provider text not null,
        sku text not null,
        price_rupiah bigint not null check (price_rupiah > 0),
        on_sale boolean not null,
        stock_left boolean not null,
        cut_off_starts time not null,
        cut_off_ends time not null,
        read_at timestamptz not null,
        primary key (provider, sku)
    )
    """,
    "create table reading (provider text primary key, next_at timestamptz not null)",
    """
    create table biller_float (
        provider text primary key,
        balance_rupiah bigint not null,
        read_at timestamptz not null
    )
    """,
    """
    create table float_change (
        change_id uuid primary key,
        provider text not null,
        kind text not null check (kind in ('top_up', 'refund', 'adjustment')),
        amount_rupiah bigint not null check (amount_rupiah <> 0),
        reason text not null,
        decided_by uuid not null,
        idempotency_key text not null,
        recorded_at timestamptz not null,
        unique (decided_by, idempotency_key)
    )
    """,
    """
    create table meter_owner (
        fingerprint bytea primary key,
        owner_sealed bytea not null,
        read_at timestamptz not null
    )
    """,
    "create index meter_owner_read_at on meter_owner (read_at)",
    """
    create table inquiry (
        inquiry_id uuid primary key,
        member_id uuid not null,
        asked_at timestamptz not null
    )
    """,
    "create index inquiry_member on inquiry (member_id, asked_at)",
    "create index inquiry_asked_at on inquiry (asked_at)",
    """
    create table quote (
        quote_id uuid primary key,
        member_id uuid not null,
        product_code text not null,
        product_kind text not null,
        provider text not null,
        sku text not null,
        subdistrict_code text not null,
        waste_bank_id text,
        target_sealed bytea not null,
        target_fingerprint bytea not null,
        owner_sealed bytea,
        cost_rupiah bigint not null,
        fee_rupiah bigint not null,
        amount_rupiah bigint not null check (amount_rupiah = cost_rupiah + fee_rupiah),
        price_rupiah_max bigint not null check (price_rupiah_max >= cost_rupiah),
        quoted_at timestamptz not null,
        expires_at timestamptz not null
    )
    """,
    "create index quote_expires_at on quote (expires_at)",
    """
    create table redemption (
        redemption_id uuid primary key,
        member_id uuid not null,
        quote_id uuid not null,
        idempotency_key text not null,
        product_code text not null,
        product_kind text not null check (product_kind in ('pln_token', 'pulsa', 'data')),
        provider text not null,
        sku text not null,
        subdistrict_code text not null,
        waste_bank_id text,
        target_sealed bytea not null,
        target_fingerprint bytea not null,
        owner_sealed bytea,
        amount_rupiah bigint not null check (amount_rupiah > 0),
        quoted_cost_rupiah bigint not null,
        price_rupiah_max bigint not null,
        state text not null check (state in (
            'requested', 'refused', 'held', 'waiting_for_funds', 'submitting', 'pending', 'unknown', 'suspect',
            'review', 'succeeded', 'settled', 'failed', 'released', 'late_success', 'reversed')),
        reason text,
        requested_at timestamptz not null,
        changed_at timestamptz not null,
        held_at timestamptz,
        refused_at timestamptz,
        settled_at timestamptz,
        released_at timestamptz,
        given_back_at timestamptz,
        delivered_at timestamptz,
        failed_at timestamptz,
        reversed_at timestamptz,
        cost_rupiah bigint,
        serial_sealed bytea,
        last_code text,
        created boolean not null default false,
        attempt_no integer not null default 0,
        asks integer not null default 0,
        throttled boolean not null default false,
        suspected_at timestamptz,
        suspect_asks integer not null default 0,
        watches integer not null default 0,
        first_asked_at timestamptz,
        last_asked_at timestamptz,
        hinted_at timestamptz,
        next_ask_at timestamptz,
        leased_until timestamptz,
        unique (member_id, idempotency_key),
        unique (quote_id)
    )
    """,
    "create index redemption_due on redemption (next_ask_at) where next_ask_at is not null",
    "create index redemption_of_member on redemption (member_id, redemption_id)",
    "create index redemption_to_target on redemption (target_fingerprint, requested_at)",
    "create index redemption_in_state on redemption (state, changed_at)",
    """
    create table attempt (
        redemption_id uuid not null references redemption,
        attempt_no integer not null,
        provider text not null,
        sku text not null,
        reference text not null unique,
        begun_at timestamptz not null,
        meaning text,
        code text,
        answered_at timestamptz,
        primary key (redemption_id, attempt_no)
    )
    """,
    "create index attempt_of_sku on attempt (provider, sku, answered_at)",
    "create index attempt_refused_account on attempt (provider, answered_at) where meaning = 'our_fault'",
    """
    create table step (
        step_id bigint generated by default as identity primary key,
        redemption_id uuid not null references redemption,
        at timestamptz not null,
        state text not null,
        reason text,
        code text,
        decided_by uuid,
        note text
    )
    """,
    "create index step_of_redemption on step (redemption_id, step_id)",
    """
    create table hint (
        provider text not null,
        reference text not null,
        status text not null,
        code text not null,
        serial_fingerprint bytea not null,
        heard_at timestamptz not null,
        times integer not null default 1,
        primary key (provider, reference, status, code, serial_fingerprint)
    )
    """,
)


def upgrade() -> None:
    create_shared_tables(op)
    for statement in _STATEMENTS:
        op.execute(statement)
