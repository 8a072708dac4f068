"""Views over the field's day: pick-ups, disputes and how long their answers took, sales, closed days, bags, tablets."""

from alembic import op

revision = "0005"
down_revision = "0004"

_TODAY = "(now() at time zone 'UTC' + interval '7 hours')::date"
_STARTS_AT = "((day - interval '7 hours') at time zone 'UTC')"


def _wib(column: str) -> str:
    return f"({column} at time zone 'UTC' + interval '7 hours')::date"


# A visit was missed when another one was set after it, or when the pick-up was given up as missed.
_PICKUP_MISSED = """
create view pickup_missed as
select p.subdistrict_code, p.waste_bank_id, p.pickup_id, a.scheduled_on as day
from pickup p join pickup_attempt a using (pickup_id)
where exists (select from pickup_attempt b where b.pickup_id = a.pickup_id and b.attempt > a.attempt)
    or (p.cancelled_why = 'missed' and p.done_at is null)
"""
_DAILY_PICKUP = f"""
create view reporting.daily_pickup as
select f.subdistrict_code, s.name, f.day, {_STARTS_AT} as starts_at, sum(requested)::bigint as requested,
    sum(done)::bigint as done, sum(cancelled_by_member)::bigint as cancelled_by_member,
    sum(cancelled_by_waste_bank)::bigint as cancelled_by_waste_bank, sum(given_up)::bigint as given_up,
    sum(missed)::bigint as missed
from (
    select subdistrict_code, {_wib("requested_at")} as day, 1 as requested, 0 as done, 0 as cancelled_by_member,
        0 as cancelled_by_waste_bank, 0 as given_up, 0 as missed
    from pickup
    union all
    select subdistrict_code, {_wib("done_at")}, 0, 1, 0, 0, 0, 0 from pickup where done_at is not null
    union all
    select subdistrict_code, {_wib("cancelled_at")}, 0, 0, (cancelled_why = 'by_member')::int,
        (cancelled_why = 'by_waste_bank')::int, (cancelled_why = 'missed')::int, 0
    from pickup where cancelled_at is not null and done_at is null
    union all
    select subdistrict_code, day, 0, 0, 0, 0, 0, 1 from pickup_missed
) f left join subdistrict s on s.code = f.subdistrict_code
group by f.subdistrict_code, s.name, f.day
"""
_OPEN_PICKUP = f"""
create view reporting.open_pickup as
select p.subdistrict_code, s.name, count(*) as pickups, count(*) filter (where a.scheduled_on is null) as unscheduled,
    count(*) filter (where a.scheduled_on < {_TODAY}) as overdue, min(a.scheduled_on) as next_on
from pickup p
left join (
    select distinct on (pickup_id) pickup_id, scheduled_on from pickup_attempt order by pickup_id, attempt desc
) a using (pickup_id)
left join subdistrict s on s.code = p.subdistrict_code
where p.done_at is null and p.cancelled_at is null
group by 1, 2
"""
_DAILY_DISPUTE = f"""
create view reporting.daily_dispute as
select f.subdistrict_code, s.name, f.about, f.day, {_STARTS_AT} as starts_at, sum(opened)::bigint as opened,
    sum(assisted)::bigint as assisted, sum(answered)::bigint as answered, sum(late)::bigint as answered_late,
    sum(upheld)::bigint as upheld,
    percentile_cont(0.5) within group (order by hours) as median_hours,
    percentile_cont(0.95) within group (order by hours) as p95_hours, max(hours) as slowest_hours
from (
    select subdistrict_code, about, {_wib("opened_at")} as day, 1 as opened, coalesce(assisted, false)::int as assisted,
        0 as answered, 0 as late, 0 as upheld, null::double precision as hours
    from dispute
    union all
    select subdistrict_code, about, {_wib("answered_at")}, 0, 0, 1, (answered_at > due_at)::int,
        (outcome in ('upheld', 'partly_upheld'))::int,
        extract(epoch from answered_at - opened_at)::double precision / 3600
    from dispute where answered_at is not null
) f left join subdistrict s on s.code = f.subdistrict_code
group by f.subdistrict_code, s.name, f.about, f.day
"""
_OPEN_DISPUTE = """
create view reporting.open_dispute as
select d.subdistrict_code, s.name, d.about, count(*) as disputes, count(*) filter (where d.due_at < now()) as overdue,
    min(d.opened_at) as oldest_opened_at, min(d.due_at) as next_due_at
from dispute d left join subdistrict s on s.code = d.subdistrict_code
where d.answered_at is null
group by 1, 2, 3
"""
_DISPUTE = """
create view reporting.dispute as
select d.dispute_id, d.about, d.waste_bank_id, d.subdistrict_code, s.name, d.opened_at, d.due_at, d.assisted,
    d.complaint, d.outcome, d.answered_at,
    extract(epoch from d.answered_at - d.opened_at)::double precision / 3600 as hours
from dispute d left join subdistrict s on s.code = d.subdistrict_code
"""
_DAILY_SALE = """
create view reporting.daily_sale as
select l.subdistrict_code, s.name, l.sold_on as day,
    ((l.sold_on - interval '7 hours') at time zone 'UTC') as starts_at, count(*) as lots,
    sum(g.grams)::bigint as grams, sum(l.amount_rupiah)::bigint as amount_rupiah
from lot l
join (select lot_id, sum(grams)::bigint as grams from lot_line group by 1) g using (lot_id)
left join subdistrict s on s.code = l.subdistrict_code
where not exists (select from lot_void v where v.lot_id = l.lot_id)
group by 1, 2, 3
"""
_DAILY_SALE_CLASS = """
create view reporting.daily_sale_class as
select l.subdistrict_code, s.name, l.sold_on as day,
    ((l.sold_on - interval '7 hours') at time zone 'UTC') as starts_at, i.waste_class, sum(i.grams)::bigint as grams,
    sum(i.amount_rupiah)::bigint as amount_rupiah
from lot l join lot_line i using (lot_id) left join subdistrict s on s.code = l.subdistrict_code
where not exists (select from lot_void v where v.lot_id = l.lot_id)
group by 1, 2, 3, 5
"""
# A day that was closed again is what its last closing says.
_DAILY_CLOSING = f"""
create view reporting.daily_closing as
select c.subdistrict_code, s.name, c.day, {_STARTS_AT} as starts_at, count(*) as closings,
    sum(coalesce(g.booked, 0))::bigint as booked_grams, sum(coalesce(g.counted, 0))::bigint as counted_grams,
    sum(coalesce(g.booked - g.counted, 0))::bigint as shrinkage_grams,
    sum(c.cash_counted_rupiah - c.cash_booked_rupiah)::bigint as cash_difference_rupiah
from (
    select distinct on (waste_bank_id, day) * from closing k
    where not exists (select from closing r where r.replaces_closing_id = k.closing_id)
    order by waste_bank_id, day, closed_at desc, closing_id desc
) c
left join (
    select closing_id, sum(booked_grams) as booked, sum(counted_grams) as counted from closing_class group by 1
) g using (closing_id)
left join subdistrict s on s.code = c.subdistrict_code
group by 1, 2, 3
"""
_DAILY_BAG = f"""
create view reporting.daily_bag as
select b.subdistrict_code, s.name, b.day, {_STARTS_AT} as starts_at, b.bags
from (
    select subdistrict_code, {_wib("received_at")} as day, count(*) as bags from bag group by 1, 2
) b left join subdistrict s on s.code = b.subdistrict_code
"""
_TABLET = """
create view reporting.tablet as
select t.tablet_id, t.waste_bank_id, t.subdistrict_code, s.name, greatest(d.last_heard_at, r.heard_at) as last_heard_at,
    d.last_weighed_at, r.reported_at, r.app_version, r.queue_length, r.oldest_queued_at, r.clock_offset_ms,
    r.battery_percent, r.storage_free_mib
from (
    select distinct on (tablet_id) tablet_id, waste_bank_id, subdistrict_code from (
        select tablet_id, waste_bank_id, subdistrict_code, last_heard_at from tablet
        union all
        select tablet_id, waste_bank_id, subdistrict_code, heard_at from tablet_report
    ) either order by tablet_id, last_heard_at desc
) t
left join tablet d using (tablet_id)
left join tablet_report r using (tablet_id)
left join subdistrict s on s.code = t.subdistrict_code
"""


def upgrade() -> None:
    for statement in (
        _PICKUP_MISSED,
        _DAILY_PICKUP,
        _OPEN_PICKUP,
        _DAILY_DISPUTE,
        _OPEN_DISPUTE,
        _DISPUTE,
        _DAILY_SALE,
        _DAILY_SALE_CLASS,
        _DAILY_CLOSING,
        _DAILY_BAG,
        _TABLET,
    ):
        op.get_bind().exec_driver_sql(statement)
