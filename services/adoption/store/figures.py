"""Folds what consumers added into the figures by day, of which the sum is right at any instant; counts members."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from services.adoption.domain.weights import COLUMNS
from shared.runtime.database import Tx

_COUNTED = ("deposits", "voided_deposits", "credited_rupiah", *COLUMNS)
_SUMS = ", ".join(f"sum({column})" for column in _COUNTED)
_ADDED = ", ".join(f"{column} = f.{column} + excluded.{column}" for column in _COUNTED)

# Rows that another process folds at this moment are left to it.
_FOLD = f"""
with gone as (
    delete from figure_delta where id in (select id from figure_delta order by id limit $1 for update skip locked)
    returning *
), folded as (
    insert into figure as f (subdistrict_code, day, {", ".join(_COUNTED)})
    select subdistrict_code, day, {_SUMS} from gone group by 1, 2 order by 1, 2
    on conflict (subdistrict_code, day) do update set {_ADDED}
)
select count(*) as folded,
    array_agg(distinct day) filter (where deposits <> 0 or voided_deposits <> 0) as days
from gone
"""  # noqa: S608 - names of our own columns
ROWS_A_FOLD = 20_000

_COUNT = """
with chosen as materialized (
    select quarter, quarter_start, as_of, least(quarter_start, as_of - 89) as since from quarter
    where quarter_start <= $1 and ($2::date[] is null or exists (
        select from unnest($2::date[]) as day where day <= as_of and day >= least(quarter_start, as_of - 89)))
), people as (
    select c.quarter, c.as_of, d.subdistrict_code, coalesce(a.into_member_id, d.member_id) as person,
        max(d.weighed_on) > c.as_of - 90 as active, max(d.weighed_on) >= c.quarter_start as depositor
    from chosen c join deposit d on d.weighed_on between c.since and c.as_of
    left join member_alias a on a.member_id = d.member_id
    where d.recorded and not d.voided
    group by c.quarter, c.quarter_start, c.as_of, d.subdistrict_code, coalesce(a.into_member_id, d.member_id)
), counted as (
    select quarter, subdistrict_code, as_of, count(*) filter (where active) as active,
        count(*) filter (where depositor) as depositors
    from people group by 1, 2, 3
), gone as (
    delete from participation p using chosen c where p.quarter = c.quarter
        and not exists (select from counted n where n.quarter = p.quarter and n.subdistrict_code = p.subdistrict_code)
)
insert into participation as p (quarter, subdistrict_code, active, depositors, as_of)
select quarter, subdistrict_code, active, depositors, as_of from counted
on conflict (quarter, subdistrict_code) do update
    set active = excluded.active, depositors = excluded.depositors, as_of = excluded.as_of
"""


class Folded(NamedTuple):
    """How many additions were folded, the days of which other members may be active now, and merges so far."""

    additions: int
    days: frozenset[date]
    merges: int


async def fold(tx: Tx) -> Folded:
    """Fold the oldest additions."""
    row = await tx.fetchrow(_FOLD, ROWS_A_FOLD)
    merges = await tx.fetchval("select count(*) from member_alias")
    return Folded(row["folded"], frozenset(row["days"] or ()), merges)


async def count_participation(tx: Tx, today: date, days: Collection[date] | None) -> None:
    """Count members anew for every quarter that has begun and that a deposit on one of the days may change.

    Without days: for all of them. A statement that began later sees more, so the later count stands.
    """
    await tx.execute("lock table participation in exclusive mode")
    await tx.execute(_COUNT, today, None if days is None else list(days))
