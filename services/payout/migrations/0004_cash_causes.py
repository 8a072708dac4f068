"""What was moved because of a redemption is found without reading every move of every box."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to what is there."""
    op.execute("create index cash_move_of_cause on cash_move (cause_id)")
