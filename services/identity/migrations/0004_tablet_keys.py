"""Tablets that sign what they weigh: the public key that each one showed when it was enrolled."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # An uncompressed point of P-256. The private part never leaves the tablet.
    op.execute("alter table tablet add column public_key bytea check (octet_length(public_key) = 65)")
