"""Codes, card and phone numbers of nobody are counted as those of somebody: a lock tells no more who is there."""

from alembic import op

revision = "0005"
down_revision = "0004"

_STATEMENTS = (
    # `mark` is a blind index: what people type into a sign-in is stored nowhere.
    """
    create table stray_guess (
        mark bytea primary key,
        wrong_tries integer not null default 0,
        locked_until timestamptz,
        tried_at timestamptz not null
    )
    """,
    "create index ix_stray_guess_tried_at on stray_guess (tried_at)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
