"""Deposits that somebody else carried here: who, and that their tablet was revoked by the time of weighing."""

from alembic import op

revision = "0004"
down_revision = "0003"

_WHYS = "'subdistrict_not_open', 'unknown_member', 'unknown_waste_bank', 'member_erased', 'tablet_revoked'"

_STATEMENTS = (
    "alter table deposit add column carried_by_id uuid",
    "alter table deposit drop constraint deposit_why_check",
    f"alter table deposit add constraint deposit_why_check check (why in ({_WHYS})) not valid",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("alter table deposit validate constraint deposit_why_check")
