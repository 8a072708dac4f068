"""Who did what: a dead letter that a person has tried again takes effect here as well."""

from alembic import op

from shared.runtime.tables import create_audit_table

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_audit_table(op)
