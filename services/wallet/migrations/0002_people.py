"""Members that were merged or have left, opening balances of a passbook, and who did what."""

from alembic import op

from shared.runtime.tables import create_audit_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATEMENTS = (
    # The mark stands on the row that every posting locks: whoever gets the lock after a merge sees it. A merged
    # account is empty for ever, and whoever posts to it in spite of everything is refused by the database itself.
    "alter table account add column merged_into uuid, add column erased_at timestamptz",
    """
    alter table account add constraint account_merged_is_empty
    check (merged_into is null or (posted_rupiah = 0 and held_rupiah = 0)) not valid
    """,
    "alter table account validate constraint account_merged_is_empty",
    "alter table account drop constraint account_kind_check",
    """
    alter table account add constraint account_kind_check
    check (kind in ('member_credit', 'fee', 'purchase_cost', 'price_difference', 'payout_clearing', 'provider_float',
        'cash_box', 'adjustments', 'loss', 'opening')) not valid
    """,
    "alter table account validate constraint account_kind_check",
    "create index account_erased on account (erased_at) where erased_at is not null",
    # For reading: chains are flattened, so that one look finds the survivor and one more the whole family.
    """
    create table member_alias (
        member_id uuid primary key,
        into_member_id uuid not null,
        merged_at timestamptz not null,
        merged_by uuid not null,
        check (member_id <> into_member_id)
    )
    """,
    "create index member_alias_family on member_alias (into_member_id)",
    # Whose request it was, where that is not whose account it is held on: the id was merged into another since.
    "alter table hold add column member_id uuid",
    """
    create table passbook_import (
        import_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        state text not null check (state in ('proposed', 'posted', 'declined')),
        total_rupiah bigint not null check (total_rupiah >= 0),
        member_ids uuid[] not null,
        amounts_rupiah bigint[] not null,
        as_of date[] not null,
        proposed_by uuid not null,
        proposed_at timestamptz not null,
        decided_by uuid,
        decided_at timestamptz,
        check (cardinality(member_ids) between 1 and 2000),
        check (cardinality(amounts_rupiah) = cardinality(member_ids) and cardinality(as_of) = cardinality(member_ids)),
        check ((state = 'proposed') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
        check (state <> 'posted' or decided_by <> proposed_by)
    )
    """,
    "create index passbook_import_listed on passbook_import (proposed_at, import_id)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    create_audit_table(op)
