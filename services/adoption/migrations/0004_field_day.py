"""People who are merged, move or leave, and the whole day of a waste bank: its facts, and the views over them."""

from alembic import op

revision = "0004"
down_revision = "0003"

_TODAY = "(now() at time zone 'UTC' + interval '7 hours')::date"
_STARTS_AT = "((day - interval '7 hours') at time zone 'UTC')"


def _wib(column: str) -> str:
    return f"({column} at time zone 'UTC' + interval '7 hours')::date"


_TABLES = (
    # Flat: an id that was given up points at the one that counts today, however many merges lie between.
    """
    create table member_alias (
        member_id uuid primary key,
        into_member_id uuid not null,
        subdistrict_code text not null,
        merged_on date not null
    )
    """,
    "create index member_alias_into on member_alias (into_member_id)",
    """
    create table member_move (
        event_id uuid primary key,
        member_id uuid not null,
        from_subdistrict_code text not null,
        subdistrict_code text not null,
        moved_on date not null
    )
    """,
    """
    create table member_erasure (
        member_id uuid primary key,
        subdistrict_code text not null,
        erased_on date not null
    )
    """,
    """
    create table opening_balance (
        transfer_id uuid primary key,
        member_id uuid not null,
        waste_bank_id text not null,
        subdistrict_code text not null,
        amount_rupiah bigint not null,
        posted_on date not null
    )
    """,
    """
    create table pickup (
        pickup_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        requested_at timestamptz not null,
        done_at timestamptz,
        deposit_id uuid,
        cancelled_at timestamptz,
        cancelled_why text
    )
    """,
    """
    create table pickup_attempt (
        pickup_id uuid not null,
        attempt integer not null,
        scheduled_on date not null,
        primary key (pickup_id, attempt)
    )
    """,
    """
    create table dispute (
        dispute_id uuid primary key,
        about text not null check (about in ('deposit', 'redemption')),
        waste_bank_id text,
        subdistrict_code text not null,
        opened_at timestamptz not null,
        due_at timestamptz not null,
        assisted boolean,
        complaint text,
        outcome text,
        answered_at timestamptz
    )
    """,
    """
    create table bag (
        bag_id uuid primary key,
        member_id uuid not null,
        waste_bank_id text not null,
        subdistrict_code text not null,
        received_at timestamptz not null
    )
    """,
    """
    create table lot (
        lot_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        sold_on date not null,
        amount_rupiah bigint not null
    )
    """,
    """
    create table lot_line (
        lot_id uuid not null,
        line_no integer not null,
        item_code text not null,
        waste_class text not null,
        grams bigint not null,
        amount_rupiah bigint not null,
        primary key (lot_id, line_no)
    )
    """,
    "create table lot_void (lot_id uuid primary key)",
    """
    create table closing (
        closing_id uuid primary key,
        waste_bank_id text not null,
        subdistrict_code text not null,
        day date not null,
        closed_at timestamptz not null,
        cash_booked_rupiah bigint not null,
        cash_counted_rupiah bigint not null,
        replaces_closing_id uuid
    )
    """,
    "create index closing_replaces on closing (replaces_closing_id)",
    """
    create table closing_class (
        closing_id uuid not null,
        waste_class text not null,
        booked_grams bigint not null,
        counted_grams bigint not null,
        primary key (closing_id, waste_class)
    )
    """,
    """
    create table tablet_report (
        tablet_id uuid primary key,
        event_id uuid not null,
        waste_bank_id text not null,
        subdistrict_code text not null,
        reported_at timestamptz not null,
        heard_at timestamptz not null,
        app_version text not null,
        queue_length integer not null,
        oldest_queued_at timestamptz,
        clock_offset_ms bigint not null,
        battery_percent integer,
        storage_free_mib bigint
    )
    """,
)

# One person counts once: an enrolment that turned out to be somebody's second one never counted.
_MEMBER_FLOW = """
create view member_flow as
select f.subdistrict_code, f.day, sum(f.enrolled)::bigint as enrolled, sum(f.moved_in)::bigint as moved_in,
    sum(f.moved_out)::bigint as moved_out, sum(f.erased)::bigint as erased,
    sum(f.enrolled + f.moved_in - f.moved_out - f.erased)::bigint as members
from (
    select member_id, subdistrict_code, enrolled_on as day, 1 as enrolled, 0 as moved_in, 0 as moved_out, 0 as erased
    from member
    union all
    select member_id, subdistrict_code, moved_on, 0, 1, 0, 0 from member_move
    where subdistrict_code <> from_subdistrict_code
    union all
    select member_id, from_subdistrict_code, moved_on, 0, 0, 1, 0 from member_move
    where subdistrict_code <> from_subdistrict_code
    union all
    select member_id, subdistrict_code, erased_on, 0, 0, 0, 1 from member_erasure
) f
where not exists (select from member_alias a where a.member_id = f.member_id)
group by f.subdistrict_code, f.day
"""
_MEMBERSHIP = """
create view reporting.membership as
select f.subdistrict_code, s.name, sum(f.enrolled)::bigint as enrolled, sum(f.merged)::bigint as merged,
    sum(f.moved_in)::bigint as moved_in, sum(f.moved_out)::bigint as moved_out, sum(f.erased)::bigint as erased,
    sum(f.members)::bigint as members
from (
    select subdistrict_code, enrolled, 0 as merged, moved_in, moved_out, erased, members from member_flow
    union all
    select subdistrict_code, 0, 1, 0, 0, 0, 0 from member_alias
) f left join reporting.subdistrict s using (subdistrict_code)
group by 1, 2
"""
_DAILY_MEMBERSHIP = f"""
create view reporting.daily_membership as
select f.subdistrict_code, s.name, f.day, {_STARTS_AT} as starts_at, f.enrolled, f.moved_in, f.moved_out, f.erased,
    f.members as change
from member_flow f left join reporting.subdistrict s using (subdistrict_code)
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
    select subdistrict_code, day, enrolled, 0, 0, 0, 0, 0, 0 from member_flow
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
_DAILY_DEPOSITOR = f"""
create or replace view reporting.daily_depositor as
select d.subdistrict_code, s.name, d.day, {_STARTS_AT} as starts_at, d.depositors
from (
    select subdistrict_code, weighed_on as day, count(distinct coalesce(a.into_member_id, d.member_id)) as depositors
    from deposit d left join (select member_id, into_member_id from member_alias) a using (member_id)
    where recorded and not voided group by 1, 2
) d left join subdistrict s on s.code = d.subdistrict_code
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
    -- Who is a member at the quarter's end, where they live then.
    select q.quarter, m.subdistrict_code, sum(m.members)::bigint as registered
    from quarter q join member_flow m on m.day < q.quarter_end group by 1, 2
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
# What moved in from paper is owed like everything else, but nobody weighed anything for it here.
_CREDIT_STANDING = """
create or replace view reporting.credit_standing as
select credited_rupiah + opening_rupiah - settled_rupiah + returned_rupiah as owed_rupiah, held_rupiah,
    credited_rupiah, settled_rupiah, returned_rupiah, opening_rupiah
from (select coalesce(sum(credited_rupiah), 0)::bigint as credited_rupiah from figure_now) c
cross join (
    select coalesce(sum(amount_rupiah) filter (where settled), 0)::bigint as settled_rupiah,
        coalesce(sum(amount_rupiah) filter (where released = 'reversed'), 0)::bigint as returned_rupiah,
        coalesce(sum(amount_rupiah) filter (where held and not settled and released is null), 0)::bigint as held_rupiah
    from redemption
) r
cross join (select coalesce(sum(amount_rupiah), 0)::bigint as opening_rupiah from opening_balance) o
"""
_DAILY_OPENING_BALANCE = f"""
create view reporting.daily_opening_balance as
select o.subdistrict_code, s.name, o.waste_bank_id, o.day, {_STARTS_AT} as starts_at, o.members, o.amount_rupiah
from (
    select subdistrict_code, waste_bank_id, posted_on as day, count(*) as members,
        sum(amount_rupiah)::bigint as amount_rupiah
    from opening_balance group by 1, 2, 3
) o left join subdistrict s on s.code = o.subdistrict_code
"""


def upgrade() -> None:
    for statement in (
        *_TABLES,
        _MEMBER_FLOW,
        _MEMBERSHIP,
        _DAILY_MEMBERSHIP,
        _DAILY,
        _DAILY_DEPOSITOR,
        _STANDING,
        _CREDIT_STANDING,
        _DAILY_OPENING_BALANCE,
    ):
        op.get_bind().exec_driver_sql(statement)
