"""Deposits, their weights and their credit, a row each; whatever becomes new or void is added to the day's figures.

Each of the three tables takes a fact and the fact that cancels it, in either order. The row's lock makes one of the two
see the other, so the figures count a deposit once, or not at all, whoever comes first.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.adoption.domain.weights import COLUMNS
from shared.runtime.database import Tx

_GRAMS = ", ".join(COLUMNS)
_GIVEN_GRAMS = ", ".join(f"${number}::bigint[]" for number in range(4, 4 + len(COLUMNS)))
_EXCLUDED_GRAMS = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS)
_ADDED_GRAMS = ", ".join(f"coalesce(sum({column}), 0)" for column in COLUMNS)
_TAKEN_GRAMS = ", ".join(f"-coalesce(sum({column}), 0)" for column in COLUMNS)
# An answer of ids only when some of them were known: in the usual case the count alone travels.
_NEW = """
select case when count(*) = cardinality($1::uuid[]) then null else coalesce(array_agg(deposit_id), '{}') end
from put
"""

_RECORD = f"""
with put as (
    insert into deposit as d (deposit_id, member_id, weighed_on, subdistrict_code, recorded)
    select *, true from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[])
    on conflict (deposit_id) do update set recorded = true where not d.recorded
    returning deposit_id, subdistrict_code, weighed_on, voided
), added as (
    insert into figure_delta (subdistrict_code, day, deposits, voided_deposits)
    select subdistrict_code, weighed_on, count(*) filter (where not voided), count(*) filter (where voided)
    from put group by 1, 2
)
{_NEW}
"""  # noqa: S608 - names of our own columns
_VOID = """
with put as (
    insert into deposit as d (deposit_id, member_id, weighed_on, subdistrict_code, voided)
    select *, true from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[])
    on conflict (deposit_id) do update set voided = true where not d.voided
    returning subdistrict_code, weighed_on, recorded
)
insert into figure_delta (subdistrict_code, day, deposits, voided_deposits)
select subdistrict_code, weighed_on, -count(*), count(*) from put where recorded group by 1, 2
"""
_VALUE = f"""
with put as (
    insert into valuation as v (deposit_id, weighed_on, subdistrict_code, {_GRAMS}, valued)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[], {_GIVEN_GRAMS})
    on conflict (deposit_id) do update set valued = true, {_EXCLUDED_GRAMS} where not v.valued
    returning deposit_id, subdistrict_code, weighed_on, reversed, {_GRAMS}
), added as (
    insert into figure_delta (subdistrict_code, day, {_GRAMS})
    select subdistrict_code, weighed_on, {_ADDED_GRAMS} from put where not reversed group by 1, 2
)
{_NEW}
"""  # noqa: S608 - names of our own columns
_REVERSE_VALUE = f"""
with put as (
    insert into valuation as v (deposit_id, weighed_on, subdistrict_code, reversed)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[])
    on conflict (deposit_id) do update set reversed = true where not v.reversed
    returning subdistrict_code, weighed_on, valued, {_GRAMS}
)
insert into figure_delta (subdistrict_code, day, {_GRAMS})
select subdistrict_code, weighed_on, {_TAKEN_GRAMS} from put where valued group by 1, 2
"""  # noqa: S608 - names of our own columns
_CREDIT = f"""
with put as (
    insert into credit as c (deposit_id, weighed_on, subdistrict_code, amount_rupiah, posted)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[])
    on conflict (deposit_id) do update set posted = true, amount_rupiah = excluded.amount_rupiah where not c.posted
    returning deposit_id, subdistrict_code, weighed_on, reversed, amount_rupiah
), added as (
    insert into figure_delta (subdistrict_code, day, credited_rupiah)
    select subdistrict_code, weighed_on, sum(amount_rupiah) from put where not reversed group by 1, 2
)
{_NEW}
"""  # noqa: S608 - names of our own columns
_REVERSE_CREDIT = """
with put as (
    insert into credit as c (deposit_id, weighed_on, subdistrict_code, amount_rupiah, reversed)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[])
    on conflict (deposit_id) do update set reversed = true where not c.reversed
    returning subdistrict_code, weighed_on, posted, amount_rupiah
)
insert into figure_delta (subdistrict_code, day, credited_rupiah)
select subdistrict_code, weighed_on, -sum(amount_rupiah) from put where posted group by 1, 2
"""


class Place(NamedTuple):
    """Columns of a batch: each list has one entry a deposit, and no deposit stands twice."""

    deposit_ids: Sequence[UUID]
    weighed_on: Sequence[date]
    subdistrict_codes: Sequence[str]


class Seen(NamedTuple):
    """The last that was heard of a tablet in one batch."""

    tablet_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    weighed_at: datetime
    heard_at: datetime


async def record(tx: Tx, place: Place, member_ids: Sequence[UUID]) -> list[UUID] | None:
    """Count recorded deposits. Returns the ids that were new, or None if all of them were."""
    new: list[UUID] | None = await tx.fetchval(
        _RECORD, place.deposit_ids, member_ids, place.weighed_on, place.subdistrict_codes
    )
    return new


async def void(tx: Tx, place: Place, member_ids: Sequence[UUID]) -> None:
    """Count deposits no longer, now or once they are heard of."""
    await tx.execute(_VOID, place.deposit_ids, member_ids, place.weighed_on, place.subdistrict_codes)


async def value(tx: Tx, place: Place, grams: Sequence[Sequence[int | None]]) -> list[UUID] | None:
    """Count weights: nine columns of grams, one a class. Returns the new ids, or None if all were."""
    new: list[UUID] | None = await tx.fetchval(
        _VALUE, place.deposit_ids, place.weighed_on, place.subdistrict_codes, *grams
    )
    return new


async def reverse_value(tx: Tx, place: Place) -> None:
    """Count weights no longer."""
    await tx.execute(_REVERSE_VALUE, place.deposit_ids, place.weighed_on, place.subdistrict_codes)


async def credit(tx: Tx, place: Place, amounts: Sequence[int]) -> list[UUID] | None:
    """Count rupiah credited. Returns the new ids, or None if all were."""
    new: list[UUID] | None = await tx.fetchval(
        _CREDIT, place.deposit_ids, place.weighed_on, place.subdistrict_codes, amounts
    )
    return new


async def reverse_credit(tx: Tx, place: Place, amounts: Sequence[int]) -> None:
    """Count credited rupiah no longer."""
    await tx.execute(_REVERSE_CREDIT, place.deposit_ids, place.weighed_on, place.subdistrict_codes, amounts)


async def wait_for_person(
    tx: Tx,
    reason: str,
    deposit_ids: Sequence[UUID],
    subdistrict_codes: Sequence[str],
    since: Sequence[datetime],
) -> None:
    """Note deposits that a person has to look at; what became of them shows in the other tables."""
    await tx.execute(
        """
        insert into waiting (deposit_id, reason, subdistrict_code, since_at)
        select deposit_id, $1, subdistrict_code, since_at
        from unnest($2::uuid[], $3::text[], $4::timestamptz[]) as given (deposit_id, subdistrict_code, since_at)
        on conflict (deposit_id, reason) do update set since_at = least(waiting.since_at, excluded.since_at)
        """,
        reason,
        deposit_ids,
        subdistrict_codes,
        since,
    )


async def see_tablets(tx: Tx, seen: Sequence[Seen]) -> None:
    """Note when tablets were heard of last. In id order, so that two batches never wait for each other in a ring."""
    given = sorted(seen)
    await tx.execute(
        """
        insert into tablet as t (tablet_id, waste_bank_id, subdistrict_code, last_weighed_at, last_heard_at)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
        on conflict (tablet_id) do update set
            waste_bank_id = case when excluded.last_heard_at > t.last_heard_at
                then excluded.waste_bank_id else t.waste_bank_id end,
            subdistrict_code = case when excluded.last_heard_at > t.last_heard_at
                then excluded.subdistrict_code else t.subdistrict_code end,
            last_weighed_at = greatest(t.last_weighed_at, excluded.last_weighed_at),
            last_heard_at = greatest(t.last_heard_at, excluded.last_heard_at)
        where excluded.last_heard_at > t.last_heard_at or excluded.last_weighed_at > t.last_weighed_at
        """,
        *[list(column) for column in zip(*given, strict=True)],
    )
