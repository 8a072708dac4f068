"""Reads the reporting views: for the doors, and for the gauges."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import asyncpg

from shared.runtime.database import Tx


class DaySums(NamedTuple):
    """Sums of a sub-district over a period of WIB days."""

    members_registered: int
    deposits: int
    voided_deposits: int
    grams: int
    credited_rupiah: int
    redemptions_delivered: int
    redeemed_rupiah: int
    depositors: int


async def standing(tx: Tx, quarter: str) -> Sequence[asyncpg.Record]:
    """Target and actual of every sub-district in a quarter, in the order of the rollout file."""
    found: list[asyncpg.Record] = await tx.fetch(
        "select * from reporting.standing where quarter = $1 order by position", quarter
    )
    return found


async def subdistricts(tx: Tx) -> Sequence[asyncpg.Record]:
    """Every sub-district of the rollout file, in its order."""
    found: list[asyncpg.Record] = await tx.fetch("select * from reporting.subdistrict order by position")
    return found


async def sums(tx: Tx, first: date, last: date) -> dict[str, DaySums]:
    """Sums by sub-district code from the first WIB day to the last, both included."""
    rows = await tx.fetch(
        """
        with depositors as (
            select subdistrict_code, count(*) as depositors from (
                select distinct d.subdistrict_code, coalesce(a.into_member_id, d.member_id)
                from deposit d left join member_alias a on a.member_id = d.member_id
                where recorded and not voided and weighed_on between $1 and $2
            ) as members group by 1
        )
        select d.subdistrict_code, sum(members_registered)::bigint, sum(deposits)::bigint,
            sum(voided_deposits)::bigint, sum(grams)::bigint, sum(credited_rupiah)::bigint,
            sum(redemptions_delivered)::bigint, sum(redeemed_rupiah)::bigint, coalesce(max(depositors), 0)
        from reporting.daily d left join depositors using (subdistrict_code)
        where day between $1 and $2 group by 1
        """,
        first,
        last,
    )
    return {row[0]: DaySums(*tuple(row)[1:]) for row in rows}


async def depositors(tx: Tx, quarter: str) -> dict[str, int]:
    """How many members deposited in the quarter so far, by sub-district, as last counted."""
    rows = await tx.fetch(
        "select subdistrict_code, depositors from participation where quarter = $1", quarter
    )
    return {row["subdistrict_code"]: row["depositors"] for row in rows}


async def gauges(tx: Tx, quarter: str, today: date) -> dict[str, Any]:
    """What is published for alerts: single figures, and rows by sub-district, provider or reason."""
    credit = await tx.fetchrow("select * from reporting.credit_standing")
    return {
        "owed_rupiah": credit["owed_rupiah"],
        "held_rupiah": credit["held_rupiah"],
        "standing": await standing(tx, quarter),
        "today": await tx.fetch(
            "select subdistrict_code, deposits, grams from reporting.daily where day = $1", today
        ),
        # Cash waits for its owner, up to days; what a biller owes is minutes old or an alarm.
        "oldest_open_redemption": await tx.fetchval(
            "select min(requested_at) from redemption where requested_at is not null and delivered_at is null "
            "and not failed and not refused and product_kind is distinct from 'cash'"
        ),
        "waiting": await tx.fetch(
            "select reason, sum(deposits)::bigint as deposits, min(oldest_since_at) as oldest "
            "from reporting.waiting_deposit group by reason"
        ),
        "floats": await tx.fetch("select provider, float_rupiah from reporting.float_standing"),
        **await _field_day(tx),
        "tablets_late": await tx.fetchval("select tablets_late from reporting.completeness"),
    }


async def _field_day(tx: Tx) -> dict[str, Any]:
    return {
        "disputes": await tx.fetch(
            "select about, sum(disputes)::bigint as disputes, sum(overdue)::bigint as overdue "
            "from reporting.open_dispute group by about"
        ),
        "pickups": await tx.fetchrow(
            "select coalesce(sum(pickups), 0)::bigint as pickups, coalesce(sum(overdue), 0)::bigint as overdue "
            "from reporting.open_pickup"
        ),
        "bags": await tx.fetchrow(
            "select coalesce(sum(bags), 0)::bigint as bags, min(oldest_received_at) as oldest from reporting.open_bag"
        ),
        "tablets": await tx.fetchrow(
            "select coalesce(sum(queue_length), 0)::bigint as queued, min(oldest_queued_at) as oldest "
            "from reporting.tablet where queue_length > 0"
        ),
    }
