"""Who carried a flagged deposit here decides about it no more than who recorded it."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table flag add column carried_by_id uuid "
        "check (decision is distinct from 'approved' or decided_by is distinct from carried_by_id)"
    )
