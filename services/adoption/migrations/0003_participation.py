"""Active members are counted in the background: the views answer as fast with a million deposits as with ten."""

from alembic import op

revision = "0003"
down_revision = "0002"

_STARTS_AT = "((day - interval '7 hours') at time zone 'UTC')"


def _wib(column: str) -> str:
    return f"({column} at time zone 'UTC' + interval '7 hours')::date"


_PARTICIPATION = """
create table participation (
    quarter text not null,
    subdistrict_code text not null,
    active bigint not null,
    depositors bigint not null,
    as_of date not null,
    primary key (quarter, subdistrict_code)
)
"""
_DAILY = f"""
create or replace view reporting.daily as
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
_STANDING = f"""
create or replace view reporting.standing as
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
left join participation a on a.quarter = q.quarter and a.subdistrict_code = s.subdistrict_code
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


def upgrade() -> None:
    for statement in (_PARTICIPATION, _DAILY, _STANDING):
        op.get_bind().exec_driver_sql(statement)
