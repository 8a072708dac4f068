"""The field's day: pick-ups, disputes, buyers and lots, stock, and closed days."""

from alembic import op

revision = "0003"
down_revision = "0002"

_PICKUPS = (
    # `changed_seq` grows by bank, under the bank's lock: whoever reads behind a number misses nothing.
    """
    create table pickup (
        pickup_id uuid primary key,
        member_id uuid not null,
        waste_bank_id text not null,
        subdistrict_code text not null,
        state text not null check (state in ('scheduled', 'done', 'cancelled')),
        requested_at timestamptz not null,
        requested_by uuid not null,
        estimated_grams bigint not null,
        wanted_on date,
        wanted_slot text,
        scheduled_on date not null,
        slot text not null,
        attempt integer not null,
        place bytea,
        deposit_id uuid,
        done_at timestamptz,
        why text check (why in ('by_member', 'by_waste_bank', 'missed')),
        cancelled_at timestamptz,
        cancelled_by uuid,
        cancel_reason bytea,
        changed_seq bigint not null,
        constraint pickup_done_has_deposit check (state <> 'done' or num_nulls(deposit_id, done_at) = 0),
        constraint pickup_cancelled_has_why check (state <> 'cancelled' or num_nulls(why, cancelled_at) = 0)
    )
    """,
    "create unique index pickup_changes on pickup (waste_bank_id, changed_seq)",
    "create index pickup_by_day on pickup (waste_bank_id, scheduled_on, slot)",
    "create index pickup_by_member on pickup (member_id, requested_at)",
    "create index pickup_waiting on pickup (scheduled_on, waste_bank_id) where state = 'scheduled'",
    "create unique index pickup_of_deposit on pickup (deposit_id) where deposit_id is not null",
    # The smallest load depends on the kind of member, which MemberRegistered tells.
    "create table member_kind (member_id uuid primary key, kind text not null)",
)
_DISPUTES = (
    """
    create table dispute (
        dispute_id uuid primary key,
        member_id uuid not null,
        deposit_id uuid,
        waste_bank_id text not null,
        subdistrict_code text not null,
        complaint text not null check (complaint in
            ('weight', 'item_or_grade', 'price', 'missing', 'not_mine', 'other')),
        words bytea,
        opened_at timestamptz not null,
        opened_by uuid not null,
        assisted boolean not null,
        due_at timestamptz not null,
        outcome text check (outcome in ('upheld', 'partly_upheld', 'turned_down', 'withdrawn')),
        answer_words bytea,
        answered_at timestamptz,
        answered_by uuid,
        correction_deposit_id uuid,
        constraint dispute_answered_whole check (num_nulls(outcome, answered_at, answered_by) in (0, 3))
    )
    """,
    "create index dispute_by_due on dispute ((answered_at is not null), due_at, dispute_id)",
    "create index dispute_by_member on dispute (member_id, opened_at)",
    "create unique index dispute_open_of_deposit on dispute (deposit_id) where answered_at is null",
)
_SELLING = (
    """
    create table buyer (
        buyer_id uuid primary key,
        subdistrict_code text not null,
        name bytea not null,
        contact bytea not null,
        added_at timestamptz not null,
        added_by uuid not null
    )
    """,
    "create index buyer_by_subdistrict on buyer (subdistrict_code, added_at)",
    # A lot never changes. What voids it is a row of its own with the opposite lines.
    """
    create table lot (
        lot_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        buyer_id uuid not null,
        sold_at timestamptz not null,
        sold_by uuid not null,
        recorded_at timestamptz not null,
        lines json not null,
        amount_rupiah bigint not null,
        beyond_stock_reason text,
        voids_lot_id uuid unique,
        void_reason text,
        constraint lot_void_has_reason check ((voids_lot_id is null) = (void_reason is null))
    )
    """,
    "create index lot_by_waste_bank on lot (waste_bank_id, recorded_at)",
)
_STOCK = (
    # What was recorded on one WIB day of weighing, by item; summed anew whenever a deposit of that day changes.
    """
    create table stock_day (
        waste_bank_id text not null,
        day_on date not null,
        item_code text not null,
        unit text not null,
        quantity bigint not null,
        primary key (waste_bank_id, day_on, item_code, unit)
    )
    """,
    "create table stock_watermark (only_row boolean primary key check (only_row), summed_until timestamptz not null)",
    "insert into stock_watermark (only_row, summed_until) values (true, '1970-01-01 00:00+00')",
    # What changed lately stands at the table's end: this finds it, and costs the recording of a deposit nothing.
    """
    create index deposit_lately on deposit using brin (state_since)
    with (pages_per_range = 16, autosummarize = on)
    """,
    """
    create table stock_move (
        move_id bigint generated always as identity primary key,
        waste_bank_id text not null,
        item_code text not null,
        grams bigint not null,
        cause text not null check (cause in ('lot', 'lot_void', 'count')),
        cause_id uuid not null,
        at timestamptz not null,
        unique (cause_id, item_code)
    )
    """,
    "create index stock_move_by_waste_bank on stock_move (waste_bank_id, item_code)",
    """
    create table stock_count (
        count_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        counted_at timestamptz not null,
        counted_by uuid not null,
        recorded_at timestamptz not null,
        lines json not null
    )
    """,
    "create index stock_count_by_waste_bank on stock_count (waste_bank_id, counted_at)",
)
_CLOSING = (
    """
    create table closing (
        closing_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        day_on date not null,
        closed_at timestamptz not null,
        closed_by uuid not null,
        classes json not null,
        cash_booked_rupiah bigint not null,
        cash_counted_rupiah bigint not null,
        note bytea,
        deposit_ids uuid[] not null,
        replaces_closing_id uuid,
        reopened_at timestamptz,
        reopened_by uuid,
        reopen_reason text,
        constraint closing_reopened_whole check (num_nulls(reopened_at, reopened_by, reopen_reason) in (0, 3))
    )
    """,
    "create unique index closing_of_day on closing (waste_bank_id, day_on) where reopened_at is null",
    "create index closing_by_waste_bank on closing (waste_bank_id, day_on, closed_at)",
)


def upgrade() -> None:
    for statement in (*_PICKUPS, *_DISPUTES, *_SELLING, *_STOCK, *_CLOSING):
        op.execute(statement)
