"""Every quarter stands on the board since the first with a target or a deposit; what waits has its last place."""

from alembic import op

revision = "0009"
down_revision = "0008"

_TODAY = "(now() at time zone 'UTC' + interval '7 hours')::date"

_STATEMENTS = (
    # A quarter for which nobody set a target is asked about as well. A target may be for one that is still to come.
    f"""
    create or replace view quarter as
    select quarter, quarter_start, quarter_end, least({_TODAY}, quarter_end - 1) as as_of
    from (
        select distinct quarter, quarter_start, quarter_end from target where withdrawn_at is null
        union
        select to_char(first, 'YYYY"-Q"Q'), first::date, (first + interval '3 months')::date
        from generate_series(
            date_trunc('quarter', least((select min(quarter_start) from target where withdrawn_at is null),
                (select min(day) from figure), {_TODAY})::timestamp),
            {_TODAY}::timestamp, interval '3 months'
        ) as first
    ) quarters
    """,
    # When the sub-district was said: whoever lets a deposit pass may place it anew, and it may have to wait again.
    "alter table waiting add column placed_at timestamptz",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
