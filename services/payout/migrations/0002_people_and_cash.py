"""Who was merged or left, cash boxes, disputes, the audit table, and room for cash among the redemptions."""

from alembic import op

from shared.runtime.tables import create_audit_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table member_alias (
        member_id uuid primary key,
        into_member_id uuid not null check (into_member_id <> member_id),
        merged_into_id uuid not null
    )
    """,
    "create index member_alias_into on member_alias (into_member_id)",
    "create index member_alias_merged_into on member_alias (merged_into_id)",
    "create table erased_member (member_id uuid primary key, erased_at timestamptz not null)",
    """
    create table cash_box (
        waste_bank_id text primary key,
        balance_rupiah bigint not null check (balance_rupiah >= 0)
    )
    """,
    """
    create table cash_move (
        move_id uuid primary key,
        waste_bank_id text not null,
        kind text not null check (kind in ('top_up', 'refund', 'adjustment', 'handed_over', 'given_back')),
        amount_rupiah bigint not null check (amount_rupiah <> 0),
        at timestamptz not null,
        cause_id uuid not null
    )
    """,
    "create index cash_move_of_box on cash_move (waste_bank_id, at)",
    """
    create table dispute (
        dispute_id uuid primary key,
        redemption_id uuid not null references redemption,
        member_id uuid not null,
        subdistrict_code text not null,
        waste_bank_id text,
        complaint text not null,
        words_sealed bytea,
        opened_by uuid not null,
        assisted boolean not null,
        opened_at timestamptz not null,
        due_at timestamptz not null,
        outcome text check (outcome in ('upheld', 'partly_upheld', 'turned_down', 'withdrawn')),
        answer_sealed bytea,
        answered_by uuid,
        answered_at timestamptz check ((answered_at is null) = (outcome is null))
    )
    """,
    "create index dispute_of_member on dispute (member_id, opened_at)",
    "create unique index dispute_of_redemption on dispute (redemption_id) where outcome is null",
    "create index dispute_in_area on dispute (subdistrict_code, opened_at)",
    "create index dispute_due on dispute (due_at) where outcome is null",
    "alter table inquiry add column fingerprint bytea",
    "alter table quote alter column target_sealed drop not null",
    "alter table quote alter column target_fingerprint drop not null",
    "alter table redemption alter column target_sealed drop not null",
    "alter table redemption alter column target_fingerprint drop not null",
    "alter table redemption add column tablet_id uuid",
    "alter table redemption add column hand_over_by timestamptz",
    "alter table redemption add column erased_at timestamptz",
    # Before this there was another seal, whose keys stood in the environment; what it sealed opens nowhere any more.
    "delete from quote",
    "delete from inquiry",
    "delete from meter_owner",
    "update redemption set target_sealed = null, owner_sealed = null, serial_sealed = null",
    "alter table redemption drop constraint redemption_product_kind_check",
    """
    alter table redemption add constraint redemption_product_kind_check
    check (product_kind in ('pln_token', 'pulsa', 'data', 'cash')) not valid
    """,
    "alter table redemption validate constraint redemption_product_kind_check",
    """
    alter table redemption add constraint redemption_cash_has_a_bank
    check (product_kind <> 'cash' or (waste_bank_id is not null and hand_over_by is not null)) not valid
    """,
    "alter table redemption validate constraint redemption_cash_has_a_bank",
    """
    create index redemption_hand_over on redemption (waste_bank_id, requested_at)
    where product_kind = 'cash' and state = 'held'
    """,
)


def upgrade() -> None:
    create_audit_table(op)
    for statement in _STATEMENTS:
        op.execute(statement)
