"""What only grows is analyzed when it has doubled: looking at a tenth more teaches the planner nothing."""

from alembic import op

from shared.runtime.tables import analyze_when_doubled

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    analyze_when_doubled(op, "transfer", "outbox_archive")
