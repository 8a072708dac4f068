"""The ledger: accounts, balanced transfers that never change, holds, verdicts, and reversals that wait."""

from alembic import op

from shared.runtime.tables import create_shared_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ENTRIES_MAX = 12
_SUM = " + ".join(f"coalesce(amounts_rupiah[{leg}], 0)" for leg in range(1, ENTRIES_MAX + 1))

_STATEMENTS = (
    # Balances live beside the account and are updated in place (HOT): no changing column is indexed.
    """
    create table account (
        id uuid primary key,
        kind text not null check (kind in ('member_credit', 'fee', 'purchase_cost', 'price_difference',
            'payout_clearing', 'provider_float', 'cash_box', 'adjustments', 'loss')),
        owner text not null,
        subdistrict_code text,
        posted_rupiah bigint not null default 0,
        held_rupiah bigint not null default 0 check (held_rupiah >= 0),
        last_seq integer not null default 0 check (last_seq >= 0),
        opened_at timestamptz not null default clock_timestamp(),
        unique (kind, owner)
    ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)
    """,
    # One row a transfer, its entries as arrays: balance is then a plain CHECK, and a posting one row and two index
    # entries instead of five rows (docs/decisions/0004-one-row-a-transfer.md). `entry` shows them one a row.
    f"""
    create table transfer (
        id uuid primary key,
        kind text not null,
        cause_id uuid not null,
        fingerprint bytea not null check (octet_length(fingerprint) = 32),
        account_ids uuid[] not null,
        amounts_rupiah bigint[] not null,
        member_account_id uuid,
        member_seq integer,
        member_balance_rupiah bigint,
        happened_at timestamptz not null,
        posted_at timestamptz not null default clock_timestamp(),
        waste_bank_id text,
        subdistrict_code text,
        reverses_id uuid,
        reason text,
        constraint transfer_balances check ({_SUM} = 0),
        constraint transfer_entries check (
            array_ndims(amounts_rupiah) = 1 and array_lower(amounts_rupiah, 1) = 1
            and array_ndims(account_ids) = 1 and array_lower(account_ids, 1) = 1
            and cardinality(amounts_rupiah) between 1 and {ENTRIES_MAX}
            and cardinality(account_ids) = cardinality(amounts_rupiah)
            and array_position(account_ids, null) is null and array_position(amounts_rupiah, null) is null
        ),
        constraint transfer_member_is_first check (
            num_nulls(member_account_id, member_seq, member_balance_rupiah) in (0, 3)
            and (member_account_id is null
                or (member_account_id is not distinct from account_ids[1] and member_seq > 0))
        )
    )
    """,
    """
    create unique index transfer_statement on transfer (member_account_id, member_seq)
    where member_account_id is not null
    """,
    """
    create function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception '% never changes: post an opposite transfer', tg_table_name
            using errcode = 'restrict_violation';
    end $$
    """,
    """
    create trigger transfer_never_changes before update or delete or truncate on transfer
    for each statement execute function refuse_change()
    """,
    """
    create view entry as
    select t.id as transfer_id, t.kind as transfer_kind, t.cause_id, e.account_id, e.amount_rupiah, t.posted_at,
           case when e.leg = 1 then t.member_seq end as seq,
           case when e.leg = 1 then t.member_balance_rupiah end as balance_after_rupiah
    from transfer t, unnest(t.account_ids, t.amounts_rupiah) with ordinality as e (account_id, amount_rupiah, leg)
    """,
    """
    create table hold (
        redemption_id uuid primary key,
        account_id uuid not null,
        state text not null check (state in ('held', 'refused', 'settled', 'released')),
        amount_rupiah bigint not null check (amount_rupiah >= 0),
        cash_rupiah bigint not null check (cash_rupiah >= 0),
        waste_bank_id text,
        subdistrict_code text not null,
        fingerprint bytea not null,
        why text,
        available_rupiah bigint not null,
        requested_at timestamptz not null,
        decided_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz,
        check ((state = 'refused') = (why is not null)),
        check ((state in ('settled', 'released')) = (ended_at is not null))
    ) with (fillfactor = 80)
    """,
    "create index hold_account on hold (account_id)",
    """
    create table verdict (
        redemption_id uuid not null,
        kind text not null check (kind in ('delivered', 'failed', 'delivered_late', 'reversed')),
        member_id uuid not null,
        amount_rupiah bigint not null,
        cost_rupiah bigint not null,
        provider text,
        subdistrict_code text not null,
        why text,
        reason text,
        happened_at timestamptz not null,
        fingerprint bytea not null,
        heard_at timestamptz not null default clock_timestamp(),
        obeyed_at timestamptz,
        contradiction text,
        primary key (redemption_id, kind)
    ) with (fillfactor = 80)
    """,
    "create index verdict_waiting on verdict (heard_at) where obeyed_at is null",
    # The tombstone of a credit that is not posted yet. `credit_id` is the id that the credit will have.
    """
    create table waiting_reversal (
        credit_id uuid primary key,
        deposit_id uuid not null,
        member_id uuid not null,
        net_rupiah bigint not null,
        waste_bank_id text not null,
        subdistrict_code text not null,
        weighed_at timestamptz not null,
        reason text not null,
        fingerprint bytea not null,
        heard_at timestamptz not null default clock_timestamp(),
        obeyed_at timestamptz,
        contradiction text
    )
    """,
    "create index waiting_reversal_waiting on waiting_reversal (heard_at) where obeyed_at is null",
)


def upgrade() -> None:
    create_shared_tables(op)
    for statement in _STATEMENTS:
        op.execute(statement)
