"""Exceptions to prices and deductions, which stand on their list for ever; who did what; who is whom."""

from alembic import op

from shared.runtime.tables import create_audit_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table price_exception (
        exception_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        member_id uuid,
        item_code text,
        grade text,
        price_rupiah bigint check (price_rupiah >= 0),
        beneficiary text,
        percent integer check (percent between 0 and 100),
        from_at timestamptz not null,
        until_at timestamptz not null,
        reason text not null,
        state text not null check (state in ('proposed', 'approved', 'declined')),
        proposed_by uuid not null,
        proposed_at timestamptz not null,
        decided_by uuid,
        decided_at timestamptz,
        note text,
        ended_by uuid,
        ended_at timestamptz,
        end_reason text,
        check (from_at < until_at),
        check (num_nulls(item_code, grade, price_rupiah) in (0, 3) and num_nulls(beneficiary, percent) in (0, 2)),
        check ((item_code is null) <> (beneficiary is null)),
        check ((state = 'proposed') = (decided_by is null)),
        check (num_nulls(decided_by, decided_at) in (0, 2) and num_nulls(ended_by, ended_at, end_reason) in (0, 3)),
        check (state <> 'approved' or decided_by <> proposed_by),
        check (ended_at is null or state = 'approved')
    )
    """,
    "create index price_exception_listed on price_exception (proposed_at, exception_id)",
    "create index price_exception_decided on price_exception (decided_at) where decided_at is not null",
    # What was paid by it must be found again: once decided, all that may still happen is that it ends, once.
    """
    create function keep_exception() returns trigger language plpgsql as $$
    begin
        if tg_op = 'UPDATE' and old.state = 'approved' and old.ended_at is null
            and (to_jsonb(new) - '{ended_by,ended_at,end_reason}'::text[])
                = (to_jsonb(old) - '{ended_by,ended_at,end_reason}'::text[]) then
            return new;
        end if;
        if tg_op = 'UPDATE' and old.state = 'proposed' then
            return new;
        end if;
        raise exception 'price exception % was decided and stays', old.exception_id
            using errcode = 'restrict_violation';
    end $$
    """,
    """
    create trigger price_exception_stays before update or delete on price_exception
    for each row execute function keep_exception()
    """,
    # [line or beneficiary, exception]: by which exceptions this deposit was valued; empty for almost all.
    "alter table valuation add column exceptions json",
    """
    create table member_alias (
        member_id uuid primary key,
        into_member_id uuid not null,
        merged_at timestamptz not null,
        check (member_id <> into_member_id)
    )
    """,
    "create index member_alias_family on member_alias (into_member_id)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    create_audit_table(op)
