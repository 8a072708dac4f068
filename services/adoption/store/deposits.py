"""Deposits, their weights and their credit, a row each; whatever becomes new or void is added to the day's figures.

Each of the three tables takes a fact and the fact that cancels it, in either order. The row's lock makes one of the two
see the other, so the figures count a deposit once, or not at all, whoever comes first. What was known already, and
what gives other figures than the row, changes nothing; the ids that are returned tell it from what is new.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.adoption.domain.weights import COLUMNS
from services.adoption.store.rows import columns
from shared.runtime.database import Tx

_GRAMS = ", ".join(COLUMNS)
_GIVEN_GRAMS = ", ".join(f"${number}::bigint[]" for number in range(4, 4 + len(COLUMNS)))
_EXCLUDED_GRAMS = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS)
_ADDED_GRAMS = ", ".join(f"coalesce(sum({column}), 0)" for column in COLUMNS)
_TAKEN_GRAMS = ", ".join(f"-coalesce(sum({column}), 0)" for column in COLUMNS)
_SAME_PLACE = "(was.weighed_on, was.subdistrict_code) = (excluded.weighed_on, excluded.subdistrict_code)"
# What the figures depend on, the place first.
_FIGURES = {
    "deposit": "weighed_on, subdistrict_code, member_id",
    "valuation": f"weighed_on, subdistrict_code, {_GRAMS}",
    "credit": "weighed_on, subdistrict_code, amount_rupiah",
}
# An answer of ids only when some of them were known: in the usual case the count alone travels.
_NEW = """
select case when count(*) = cardinality($1::uuid[]) then null else coalesce(array_agg(deposit_id), '{}') end
from put
"""

_RECORD = f"""
with put as (
    insert into deposit as was (deposit_id, member_id, weighed_on, subdistrict_code, recorded)
    select *, true from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[])
    on conflict (deposit_id) do update set recorded = true
    where not was.recorded and {_SAME_PLACE} and was.member_id = excluded.member_id
    returning deposit_id, subdistrict_code, weighed_on, voided
), added as (
    insert into figure_delta (subdistrict_code, day, deposits, voided_deposits)
    select subdistrict_code, weighed_on, count(*) filter (where not voided), count(*) filter (where voided)
    from put group by 1, 2
)
{_NEW}
"""  # noqa: S608 - names of our own columns
_VOID = f"""
with put as (
    insert into deposit as was (deposit_id, member_id, weighed_on, subdistrict_code, voided)
    select *, true from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[])
    on conflict (deposit_id) do update set voided = true
    where not was.voided and {_SAME_PLACE} and was.member_id = excluded.member_id
    returning deposit_id, subdistrict_code, weighed_on, recorded
), added as (
    insert into figure_delta (subdistrict_code, day, deposits, voided_deposits)
    select subdistrict_code, weighed_on, -count(*), count(*) from put where recorded group by 1, 2
)
{_NEW}
"""  # noqa: S608 - a part of ours
_VALUE = f"""
with put as (
    insert into valuation as was (deposit_id, weighed_on, subdistrict_code, {_GRAMS}, valued)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[], {_GIVEN_GRAMS})
    on conflict (deposit_id) do update set valued = true, {_EXCLUDED_GRAMS} where not was.valued and {_SAME_PLACE}
    returning deposit_id, subdistrict_code, weighed_on, reversed, {_GRAMS}
), added as (
    insert into figure_delta (subdistrict_code, day, {_GRAMS})
    select subdistrict_code, weighed_on, {_ADDED_GRAMS} from put where not reversed group by 1, 2
)
{_NEW}
"""  # noqa: S608 - names of our own columns
_REVERSE_VALUE = f"""
with put as (
    insert into valuation as was (deposit_id, weighed_on, subdistrict_code, reversed)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[])
    on conflict (deposit_id) do update set reversed = true where not was.reversed and {_SAME_PLACE}
    returning deposit_id, subdistrict_code, weighed_on, valued, {_GRAMS}
), added as (
    insert into figure_delta (subdistrict_code, day, {_GRAMS})
    select subdistrict_code, weighed_on, {_TAKEN_GRAMS} from put where valued group by 1, 2
)
{_NEW}
"""  # noqa: S608 - names of our own columns
_CREDIT = f"""
with put as (
    insert into credit as was (deposit_id, weighed_on, subdistrict_code, amount_rupiah, posted)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[])
    on conflict (deposit_id) do update set posted = true
    where not was.posted and {_SAME_PLACE} and was.amount_rupiah = excluded.amount_rupiah
    returning deposit_id, subdistrict_code, weighed_on, reversed, amount_rupiah
), added as (
    insert into figure_delta (subdistrict_code, day, credited_rupiah)
    select subdistrict_code, weighed_on, sum(amount_rupiah) from put where not reversed group by 1, 2
)
{_NEW}
"""  # noqa: S608 - names of our own columns
_REVERSE_CREDIT = f"""
with put as (
    insert into credit as was (deposit_id, weighed_on, subdistrict_code, amount_rupiah, reversed)
    select *, true from unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[])
    on conflict (deposit_id) do update set reversed = true
    where not was.reversed and {_SAME_PLACE} and was.amount_rupiah = excluded.amount_rupiah
    returning deposit_id, subdistrict_code, weighed_on, posted, amount_rupiah
), added as (
    insert into figure_delta (subdistrict_code, day, credited_rupiah)
    select subdistrict_code, weighed_on, -sum(amount_rupiah) from put where posted group by 1, 2
)
{_NEW}
"""  # noqa: S608 - a part of ours


Table = Literal["deposit", "valuation", "credit"]
Figures = tuple[date | str | UUID | int | None, ...]


class Place(NamedTuple):
    """Columns of a batch: each list has one entry a deposit, and no deposit stands twice."""

    deposit_ids: Sequence[UUID]
    weighed_on: Sequence[date]
    subdistrict_codes: Sequence[str]


class Waiting(NamedTuple):
    """A deposit that waits for a person: since when, where it is, and when that was said last."""

    deposit_id: UUID
    subdistrict_code: str
    since_at: datetime
    placed_at: datetime


class Seen(NamedTuple):
    """The last that was heard of a tablet in one batch."""

    tablet_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    weighed_at: datetime
    heard_at: datetime


async def record(tx: Tx, place: Place, member_ids: Sequence[UUID]) -> list[UUID] | None:
    """Count recorded deposits. Returns the ids of those that are new and agree, or None if all do."""
    new: list[UUID] | None = await tx.fetchval(
        _RECORD, place.deposit_ids, member_ids, place.weighed_on, place.subdistrict_codes
    )
    return new


async def void(tx: Tx, place: Place, member_ids: Sequence[UUID]) -> list[UUID] | None:
    """Count deposits no longer, now or once they are heard of. Returns as `record`."""
    new: list[UUID] | None = await tx.fetchval(
        _VOID, place.deposit_ids, member_ids, place.weighed_on, place.subdistrict_codes
    )
    return new


async def value(tx: Tx, place: Place, grams: Sequence[Sequence[int | None]]) -> list[UUID] | None:
    """Count weights: nine columns of grams, one a class. Returns as `record`."""
    new: list[UUID] | None = await tx.fetchval(
        _VALUE, place.deposit_ids, place.weighed_on, place.subdistrict_codes, *grams
    )
    return new


async def reverse_value(tx: Tx, place: Place) -> list[UUID] | None:
    """Count weights no longer. Returns as `record`."""
    new: list[UUID] | None = await tx.fetchval(
        _REVERSE_VALUE, place.deposit_ids, place.weighed_on, place.subdistrict_codes
    )
    return new


async def credit(tx: Tx, place: Place, amounts: Sequence[int]) -> list[UUID] | None:
    """Count rupiah credited. Returns as `record`."""
    new: list[UUID] | None = await tx.fetchval(
        _CREDIT, place.deposit_ids, place.weighed_on, place.subdistrict_codes, amounts
    )
    return new


async def reverse_credit(tx: Tx, place: Place, amounts: Sequence[int]) -> list[UUID] | None:
    """Count credited rupiah no longer. Returns as `record`."""
    new: list[UUID] | None = await tx.fetchval(
        _REVERSE_CREDIT, place.deposit_ids, place.weighed_on, place.subdistrict_codes, amounts
    )
    return new


async def figures(tx: Tx, table: Table, deposit_ids: Sequence[UUID]) -> dict[UUID, Figures]:
    """What is known of deposits in one of the tables: day, sub-district, then member, grams by class, or rupiah."""
    rows = await tx.fetch(
        f"select deposit_id, {_FIGURES[table]} from {table} where deposit_id = any($1::uuid[])",  # noqa: S608 - ours
        deposit_ids,
    )
    return {row[0]: tuple(row)[1:] for row in rows}


async def wait_for_person(tx: Tx, reason: str, waiting: Sequence[Waiting]) -> None:
    """Note deposits that a person has to look at; what became of them shows in the other tables."""
    await tx.execute(
        """
        insert into waiting as was (deposit_id, reason, subdistrict_code, since_at, placed_at)
        select deposit_id, $5, subdistrict_code, since_at, placed_at
        from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[])
            as given (deposit_id, subdistrict_code, since_at, placed_at)
        on conflict (deposit_id, reason) do update set since_at = least(was.since_at, excluded.since_at),
            subdistrict_code = case when excluded.placed_at > coalesce(was.placed_at, was.since_at)
                then excluded.subdistrict_code else was.subdistrict_code end,
            placed_at = greatest(was.placed_at, was.since_at, excluded.placed_at)
        """,
        *columns(waiting),
        reason,
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
        *columns(given),
    )
