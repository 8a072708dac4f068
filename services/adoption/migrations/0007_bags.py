"""What became of bags: how many wait at each waste bank and since when, and how long the others waited."""

from alembic import op

revision = "0007"
down_revision = "0006"

_STARTS_AT = "((day - interval '7 hours') at time zone 'UTC')"
_STATEMENTS = (
    # How a bag stands is what the fact with the highest turn says of it; that it was discarded stays.
    """
    alter table bag add column turn integer not null default 0, add column weighed_at timestamptz,
        add column discarded_at timestamptz
    """,
    "create index bag_open on bag (received_at) where weighed_at is null and discarded_at is null",
    # By the day on which they came in, so that a day's bags can be followed to their end.
    f"""
    create or replace view reporting.daily_bag as
    select b.subdistrict_code, s.name, b.day, {_STARTS_AT} as starts_at, b.bags, b.weighed, b.discarded, b.waiting,
        b.median_hours, b.slowest_hours
    from (
        select subdistrict_code, (received_at at time zone 'UTC' + interval '7 hours')::date as day, count(*) as bags,
            count(weighed_at) as weighed, count(*) filter (where weighed_at is null and discarded_at is not null)
                as discarded,
            count(*) filter (where weighed_at is null and discarded_at is null) as waiting,
            percentile_cont(0.5) within group (order by waited.hours) as median_hours,
            max(waited.hours) as slowest_hours
        from bag cross join lateral (
            -- A tablet's clock may be wrong: nobody waited less than nothing.
            select case when weighed_at is not null
                then greatest(extract(epoch from weighed_at - received_at)::double precision / 3600, 0) end as hours
        ) as waited
        group by 1, 2
    ) b left join subdistrict s on s.code = b.subdistrict_code
    """,
    """
    create view reporting.open_bag as
    select b.subdistrict_code, s.name, b.waste_bank_id, count(*) as bags, min(b.received_at) as oldest_received_at,
        extract(epoch from now() - min(b.received_at))::double precision / 3600 as oldest_hours
    from bag b left join subdistrict s on s.code = b.subdistrict_code
    where b.weighed_at is null and b.discarded_at is null
    group by 1, 2, 3
    """,
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
