"""A flag may be closed because it turned out that an exception was meant for its member."""

from alembic import op

revision = "0004"
down_revision = "0003"


_DECISIONS = "check (decision in ('approved', 'voided', 'merged'))"


def upgrade() -> None:
    op.execute("alter table flag drop constraint flag_decision_check")
    op.execute(f"alter table flag add constraint flag_decision_check {_DECISIONS} not valid")
    op.execute("alter table flag validate constraint flag_decision_check")
