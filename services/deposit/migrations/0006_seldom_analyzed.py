"""What only grows is analyzed when it has doubled: looking at a tenth more teaches the planner nothing."""

from alembic import op

from shared.runtime.tables import analyze_when_doubled

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    analyze_when_doubled(op, "deposit", "outbox_archive")
