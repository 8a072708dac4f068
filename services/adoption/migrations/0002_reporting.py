"""The views that the office reads: figures by sub-district and day of weighing, against the quarter's target."""

from alembic import op

revision = "0002"
down_revision = "0001"

READER = "grafana_reader"
_CLASSES = (
    ("food", "Sisa makanan"),
    ("wood", "Kayu dan ranting"),
    ("paper", "Kertas dan karton"),
    ("plastic", "Plastik"),
    ("metal", "Logam"),
    ("textile", "Kain"),
    ("rubber_leather", "Karet dan kulit"),
    ("glass", "Kaca"),
    ("other", "Lainnya"),
)
_COUNTED = ("deposits", "voided_deposits", "credited_rupiah", *(f"grams_{each}" for each, _ in _CLASSES))
_COLUMNS = ", ".join(("subdistrict_code", "day", *_COUNTED))
# Fixed at seven hours: there is no daylight saving, and a server may lack the time-zone database.
_TODAY = "(now() at time zone 'UTC' + interval '7 hours')::date"
_STARTS_AT = "((day - interval '7 hours') at time zone 'UTC')"


def _wib(column: str) -> str:
    return f"({column} at time zone 'UTC' + interval '7 hours')::date"


_FIGURE_NOW = f"""
create view figure_now as
select subdistrict_code, day, {", ".join(f"sum({each})::bigint as {each}" for each in _COUNTED)},
    ({" + ".join(f"sum(grams_{each})" for each, _ in _CLASSES)})::bigint as grams
from (select {_COLUMNS} from figure union all select {_COLUMNS} from figure_delta) as parts
group by subdistrict_code, day
"""
_SUBDISTRICT = f"""
create view reporting.subdistrict as
select s.code as subdistrict_code, s.name, s.region, s.regency_name, s.bps_code, s.villages, s.population,
    s.population_year, s.households, s.latitude, s.longitude, s.waste_banks, s.planned_opening_on, s.position,
    coalesce(p.phase, 'planned') as phase, p.since_on as phase_since
from subdistrict s left join lateral (
    select phase, since_on from phase_entry
    where subdistrict_code = s.code and withdrawn_at is null and since_on <= {_TODAY}
    order by since_on desc limit 1
) p on true
where s.in_file
"""
_PHASE_HISTORY = """
create view reporting.phase_history as
select p.subdistrict_code, s.name, p.phase, p.since_on, p.loaded_at, p.withdrawn_at
from phase_entry p left join subdistrict s on s.code = p.subdistrict_code
"""
_DAILY = f"""
create view reporting.daily as
select f.subdistrict_code, s.name, f.day, {_STARTS_AT} as starts_at,
    sum(members_registered)::bigint as members_registered, sum(deposits)::bigint as deposits,
    sum(voided_deposits)::bigint as voided_deposits, sum(grams)::bigint as grams,
    sum(credited_rupiah)::bigint as credited_rupiah, sum(redemptions_delivered)::bigint as redemptions_delivered,
    sum(redeemed_rupiah)::bigint as redeemed_rupiah
from (
    select subdistrict_code, day, 0 as members_registered, deposits, voided_deposits, grams, credited_rupiah,
        0 as redemptions_delivered, 0 as redeemed_rupiah
    from figure_now
    union all
    select subdistrict_code, enrolled_on, count(*), 0, 0, 0, 0, 0, 0 from member group by 1, 2
    union all
    select subdistrict_code, {_wib("delivered_at")}, 0, 0, 0, 0, 0, count(*),
        coalesce(sum(amount_rupiah) filter (where not late), 0)
    from redemption where delivered_at is not null and not reversed group by 1, 2
) f left join subdistrict s on s.code = f.subdistrict_code
group by f.subdistrict_code, s.name, f.day
-- Whether a day of nothing but zeros was ever touched depends on the order in which its events came.
having sum(members_registered) <> 0 or sum(deposits) <> 0 or sum(voided_deposits) <> 0 or sum(grams) <> 0
    or sum(credited_rupiah) <> 0 or sum(redemptions_delivered) <> 0 or sum(redeemed_rupiah) <> 0
"""
_DAILY_CLASS = f"""
create view reporting.daily_class as
select f.subdistrict_code, s.name, f.day, {_STARTS_AT} as starts_at, c.waste_class, c.class_name, c.grams
from figure_now f
left join subdistrict s on s.code = f.subdistrict_code
cross join lateral (values
    {", ".join(f"('{each}', '{name}', f.grams_{each})" for each, name in _CLASSES)}
) as c (waste_class, class_name, grams)
where c.grams <> 0
"""
_DAILY_DEPOSITOR = f"""
create view reporting.daily_depositor as
select d.subdistrict_code, s.name, d.day, {_STARTS_AT} as starts_at, d.depositors
from (
    select subdistrict_code, weighed_on as day, count(distinct member_id) as depositors
    from deposit where recorded and not voided group by 1, 2
) d left join subdistrict s on s.code = d.subdistrict_code
"""
_DAILY_REDEMPTION = f"""
create view reporting.daily_redemption as
select r.subdistrict_code, s.name, r.day, {_STARTS_AT} as starts_at, r.delivered, r.delivered_late,
    r.redeemed_rupiah, r.median_seconds, r.p95_seconds, r.slowest_seconds
from (
    select subdistrict_code, day, count(*) as delivered, count(*) filter (where late) as delivered_late,
        coalesce(sum(amount_rupiah) filter (where not late), 0)::bigint as redeemed_rupiah,
        percentile_cont(0.5) within group (order by seconds) as median_seconds,
        percentile_cont(0.95) within group (order by seconds) as p95_seconds,
        max(seconds) as slowest_seconds
    from (
        select subdistrict_code, {_wib("delivered_at")} as day, late, amount_rupiah,
            extract(epoch from delivered_at - requested_at)::double precision as seconds
        from redemption where delivered_at is not null and not reversed
    ) delivered group by 1, 2
) r left join subdistrict s on s.code = r.subdistrict_code
"""
_OPEN_REDEMPTION = """
create view reporting.open_redemption as
select r.subdistrict_code, s.name, count(*) as redemptions, sum(r.amount_rupiah)::bigint as amount_rupiah,
    min(r.requested_at) as oldest_requested_at
from redemption r left join subdistrict s on s.code = r.subdistrict_code
where r.requested_at is not null and r.delivered_at is null and not r.failed and not r.refused
group by 1, 2
"""
_WAITING_DEPOSIT = """
create view reporting.waiting_deposit as
select w.subdistrict_code, s.name, w.reason, count(*) as deposits, min(w.since_at) as oldest_since_at
from waiting w
left join subdistrict s on s.code = w.subdistrict_code
left join deposit d on d.deposit_id = w.deposit_id
left join valuation v on v.deposit_id = w.deposit_id
where not coalesce(d.voided, false)
    and case w.reason when 'flagged' then not coalesce(v.valued, false) else not coalesce(d.recorded, false) end
group by 1, 2, 3
"""
_TARGET = """
create view reporting.target as
select t.subdistrict_code, s.name, t.quarter, t.quarter_start, t.quarter_end, t.registered_members, t.active_members,
    t.weight_kg, t.deposits, t.redemptions, t.repeat_percent, t.redeemed_percent, t.first_redemption_days,
    t.loaded_at, t.withdrawn_at
from target t left join subdistrict s on s.code = t.subdistrict_code
"""
_QUARTER = f"""
create view quarter as
select quarter, quarter_start, quarter_end, least({_TODAY}, quarter_end - 1) as as_of
from (
    select distinct quarter, quarter_start, quarter_end from target where withdrawn_at is null
    union
    select to_char({_TODAY}, 'YYYY"-Q"Q'), date_trunc('quarter', {_TODAY})::date,
        (date_trunc('quarter', {_TODAY}) + interval '3 months')::date
) quarters
"""
_STANDING = f"""
create view reporting.standing as
select q.quarter, q.quarter_start, q.quarter_end, s.subdistrict_code, s.name, s.region, s.phase, s.phase_since,
    s.planned_opening_on, s.population, s.households, s.position,
    t.registered_members as registered_target, coalesce(m.registered, 0) as registered_members,
    t.active_members as active_target, coalesce(a.active, 0) as active_members,
    t.weight_kg as weight_kg_target, coalesce(f.grams, 0) / 1000.0 as weight_kg,
    t.deposits as deposits_target, coalesce(f.deposits, 0) as deposits,
    t.redemptions as redemptions_target, coalesce(r.delivered, 0) as redemptions_delivered,
    coalesce(f.credited_rupiah, 0) as credited_rupiah, coalesce(r.redeemed_rupiah, 0) as redeemed_rupiah,
    t.redeemed_percent as redeemed_percent_target,
    100.0 * coalesce(r.redeemed_rupiah, 0) / nullif(f.credited_rupiah, 0) as redeemed_percent,
    100.0 * coalesce(m.registered, 0) / t.registered_members as registered_percent,
    100.0 * coalesce(a.active, 0) / t.active_members as active_percent,
    100.0 * coalesce(f.grams, 0) / (1000.0 * t.weight_kg) as weight_percent,
    100.0 * coalesce(f.deposits, 0) / t.deposits as deposits_percent,
    100.0 * coalesce(m.registered, 0) / s.population as registered_percent_of_population
from quarter q
cross join reporting.subdistrict s
left join target t on t.subdistrict_code = s.subdistrict_code and t.quarter = q.quarter and t.withdrawn_at is null
left join (
    select q.quarter, m.subdistrict_code, count(*) as registered
    from quarter q join member m on m.enrolled_on < q.quarter_end group by 1, 2
) m on m.quarter = q.quarter and m.subdistrict_code = s.subdistrict_code
left join (
    select q.quarter, d.subdistrict_code, count(distinct d.member_id) as active
    from quarter q join deposit d on d.weighed_on > q.as_of - 90 and d.weighed_on <= q.as_of
    where d.recorded and not d.voided group by 1, 2
) a on a.quarter = q.quarter and a.subdistrict_code = s.subdistrict_code
left join (
    select q.quarter, f.subdistrict_code, sum(f.grams)::bigint as grams, sum(f.deposits)::bigint as deposits,
        sum(f.credited_rupiah)::bigint as credited_rupiah
    from quarter q join figure_now f on f.day >= q.quarter_start and f.day < q.quarter_end group by 1, 2
) f on f.quarter = q.quarter and f.subdistrict_code = s.subdistrict_code
left join (
    select q.quarter, r.subdistrict_code, count(*) as delivered,
        coalesce(sum(r.amount_rupiah) filter (where not r.late), 0)::bigint as redeemed_rupiah
    from quarter q join redemption r on {_wib("r.delivered_at")} >= q.quarter_start
        and {_wib("r.delivered_at")} < q.quarter_end
    where r.delivered_at is not null and not r.reversed group by 1, 2
) r on r.quarter = q.quarter and r.subdistrict_code = s.subdistrict_code
"""
_COMPLETENESS = """
create view reporting.completeness as
select max(last_heard_at) as heard_until, min(last_heard_at) filter (where used) as complete_until,
    count(*) filter (where used) as tablets,
    count(*) filter (where used and last_heard_at < now() - interval '24 hours') as tablets_late
from (select last_heard_at, last_heard_at > now() - interval '30 days' as used from tablet) t
"""
_CREDIT_STANDING = """
create view reporting.credit_standing as
select credited_rupiah - settled_rupiah + returned_rupiah as owed_rupiah, held_rupiah,
    credited_rupiah, settled_rupiah, returned_rupiah
from (select coalesce(sum(credited_rupiah), 0)::bigint as credited_rupiah from figure_now) c
cross join (
    select coalesce(sum(amount_rupiah) filter (where settled), 0)::bigint as settled_rupiah,
        coalesce(sum(amount_rupiah) filter (where released = 'reversed'), 0)::bigint as returned_rupiah,
        coalesce(sum(amount_rupiah) filter (where held and not settled and released is null), 0)::bigint as held_rupiah
    from redemption
) r
"""
_FLOAT_STANDING = """
create view reporting.float_standing as
select provider, sum(amount_rupiah)::bigint as float_rupiah
from (
    select provider, amount_rupiah from float_change
    union all
    select provider, -cost_rupiah from redemption where delivered_at is not null and not reversed
) moved group by provider
"""
_GRANT = f"""
do $$ begin
    if exists (select from pg_roles where rolname = '{READER}') then
        grant usage on schema reporting to {READER};
        grant select on all tables in schema reporting to {READER};
        alter default privileges in schema reporting grant select on tables to {READER};
    end if;
end $$
"""


def upgrade() -> None:
    for statement in (
        "create schema reporting",
        _FIGURE_NOW,
        _QUARTER,
        _SUBDISTRICT,
        _PHASE_HISTORY,
        _DAILY,
        _DAILY_CLASS,
        _DAILY_DEPOSITOR,
        _DAILY_REDEMPTION,
        _OPEN_REDEMPTION,
        _WAITING_DEPOSIT,
        _TARGET,
        _STANDING,
        _COMPLETENESS,
        _CREDIT_STANDING,
        _FLOAT_STANDING,
        _GRANT,
    ):
        op.get_bind().exec_driver_sql(statement)
