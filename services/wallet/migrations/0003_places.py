"""Where a member belongs, if they moved since their account was opened."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table account add column placed_at timestamptz")
