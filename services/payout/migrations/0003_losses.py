"""What of a float was lost on which redemption: one that its biller sold after it had taken it back."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to what is there."""
    op.execute("alter table float_change add column redemption_id uuid")
    op.execute(
        "create index float_change_redemption on float_change (redemption_id) where redemption_id is not null"
    )
