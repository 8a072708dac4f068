"""Addresses, cards, merges, moves, erasures, who changed since when, and the audit."""

from alembic import op

from shared.runtime.tables import create_audit_table

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    # A member who left keeps a row, so that a late repetition of the enrolment does not bring them back.
    """
    alter table member
        alter column name_sealed drop not null,
        add column address_sealed bytea,
        add column village_sealed bytea,
        add column enrolment_digest bytea,
        add column merged_into_id uuid,
        add column merged_at timestamptz,
        add column erased_at timestamptz,
        add constraint member_not_into_itself check (merged_into_id <> id),
        add constraint member_readable_or_erased check ((name_sealed is null) = (erased_at is not null)),
        add constraint member_erased_is_unreadable check (erased_at is null or (
            phone_sealed is null and address_sealed is null and village_sealed is null
            and enrolment_digest is null))
    """,
    "create index ix_member_merged_into_id on member (merged_into_id)",
    # What a tablet must be told about a member, or about one who is gone from its bank, and in what order it changed.
    "create sequence member_change_no",
    """
    create table member_change (
        waste_bank_id text not null,
        member_id uuid not null,
        change_no bigint not null unique,
        gone text check (gone in ('moved', 'merged', 'erased')),
        primary key (waste_bank_id, member_id)
    )
    """,
    "create index ix_member_change_bank on member_change (waste_bank_id, change_no)",
    """
    insert into member_change (waste_bank_id, member_id, change_no)
    select waste_bank_id, id, nextval('member_change_no') from member
    """,
    # A card without a member is blank: a tablet may bind it without a signal.
    """
    create table card (
        id uuid primary key,
        number text not null unique check (number ~ '^[0-9]{12}$'),
        secret_digest bytea not null,
        code_digest bytea not null,
        waste_bank_id text not null,
        made_at timestamptz not null,
        made_by uuid not null,
        tablet_id uuid,
        member_id uuid,
        bound_at timestamptz,
        bound_by uuid,
        blocked_at timestamptz,
        blocked_why text,
        replaced_by_id uuid,
        check ((member_id is null) = (bound_at is null)),
        check ((blocked_at is null) = (blocked_why is null))
    )
    """,
    "create unique index uq_card_working on card (member_id) where blocked_at is null",
    "create index ix_card_member_id on card (member_id)",
    """
    create table merge_proposal (
        id uuid primary key,
        member_id uuid not null,
        into_member_id uuid not null,
        state text not null check (state in ('open', 'confirmed', 'declined', 'overtaken')),
        proposed_by uuid not null,
        proposed_at timestamptz not null,
        why text,
        decided_by uuid,
        decided_at timestamptz,
        decided_why text,
        check (member_id <> into_member_id),
        check ((state = 'open') = (decided_at is null)),
        check (decided_by <> proposed_by)
    )
    """,
    "create unique index uq_merge_proposal_open on merge_proposal (member_id) where state = 'open'",
    "create index ix_merge_proposal_into_member_id on merge_proposal (into_member_id)",
    """
    create table member_move (
        id uuid primary key,
        member_id uuid not null,
        from_waste_bank_id text not null,
        from_subdistrict_code text not null,
        waste_bank_id text not null,
        subdistrict_code text not null,
        moved_at timestamptz not null,
        moved_by uuid not null,
        why text
    )
    """,
    "create index ix_member_move_member_id on member_move (member_id)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    create_audit_table(op)
