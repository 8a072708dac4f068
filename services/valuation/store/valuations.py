"""What is stored of deposits: valued, flagged or voided, and what each member's day holds."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.valuation.domain.bounds import DaySoFar
from services.valuation.domain.exceptions import Used
from services.valuation.domain.pricing import PricedLine, Share, Worth
from shared.runtime.database import Tx

MemberDay = tuple[str, date]  # whose (the member's id as text) and which day of weighing, in WIB

NO_BOUND = DaySoFar(2**31 - 1, 2**63 - 1, 2**63 - 1)
# Deposit, recorder, carrier, list shown, reasons, lines as recorded.
NewFlag = tuple[UUID, UUID, UUID | None, UUID, Sequence[str], Sequence[tuple[str, str, str, int, int]]]
# In the order of _COLUMNS. Ids may be texts: the driver reads those faster than it takes a UUID object apart.
ValuationRow = tuple[
    UUID | str,
    UUID | str,
    str | None,
    str | None,
    datetime,
    int | None,
    int | None,
    int,
    int | None,
    str,
    str,
    str,
    str | None,
    str | None,
    str | None,
]
_COLUMNS = (
    "deposit_id",
    "member_id",
    "price_list_id",
    "list_in_force_id",
    "weighed_at",
    "gross_rupiah",
    "net_rupiah",
    "price_difference_rupiah",
    "grams",
    "state",
    "waste_bank_id",
    "subdistrict_code",
    "lines",
    "deductions",
    "exceptions",
)
_KNOWN = "select deposit_id::text from valuation where deposit_id = any($1::uuid[])"
# As its tablet recorded it: of one that was flagged the flag keeps that, by whatever list it was let pass; one that was
# valued by rule was paid as shown.
_HEARD_BEFORE = """
select v.deposit_id::text as deposit, v.member_id, v.waste_bank_id, v.subdistrict_code, v.weighed_at,
       f.shown_price_list_id, f.lines::text as flagged_lines, v.price_list_id, v.lines::text as valued_lines
from valuation v left join flag f using (deposit_id) where v.deposit_id = any($1::uuid[])
"""
_VOIDED_BEFORE = """
select deposit_id, member_id, waste_bank_id, subdistrict_code, weighed_at, void_reason from valuation
where deposit_id = any($1::uuid[]) and state = 'voided'
"""
_ADD_TO_DAYS = """
with changed as (
    insert into member_day (member_id, weighed_on, deposits, grams, rupiah)
    select * from unnest($1::uuid[], $2::date[], $3::int[], $4::bigint[], $5::bigint[])
    on conflict (member_id, weighed_on) do update set
        deposits = member_day.deposits + excluded.deposits,
        grams = member_day.grams + excluded.grams,
        rupiah = member_day.rupiah + excluded.rupiah
    returning member_id, weighed_on, deposits, grams, rupiah
)
select member_id::text, weighed_on, deposits, grams, rupiah from changed
where deposits > $6 or grams > $7 or rupiah > $8
"""
_INSERT_TOMBSTONES = """
insert into valuation (deposit_id, member_id, weighed_at, heard_at, state, waste_bank_id, subdistrict_code,
                       voided_at, void_reason)
select d, m, w, h, 'voided', b, c, h, r
from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[], $7::text[])
    as v (d, m, w, h, b, c, r)
on conflict (deposit_id) do nothing returning deposit_id
"""
_VOID = """
with asked as (select * from unnest($1::uuid[], $2::timestamptz[], $3::text[]) as a (id, at, reason)),
before as (
    select deposit_id, state from valuation where deposit_id = any($1::uuid[]) and state <> 'voided'
    order by deposit_id for update
)
update valuation v set state = 'voided', voided_at = asked.at, void_reason = asked.reason
from asked, before where v.deposit_id = asked.id and before.deposit_id = v.deposit_id
returning v.deposit_id, before.state as state_before, v.net_rupiah, v.gross_rupiah, v.grams,
    v.member_id, v.waste_bank_id, v.subdistrict_code, v.weighed_at
"""
_CLOSE_FLAGS = """
update flag set closed_at = $2, decision = 'voided', note = 'voided'
where deposit_id = any($1::uuid[]) and closed_at is null
"""


class Place(NamedTuple):
    """Whose deposit it is, where it was weighed and when."""

    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    weighed_at: datetime


class Heard(NamedTuple):
    """What a deposit is valued by: the list shown, and (item, grade, unit, quantity, shown) of each line.

    Both are empty if only its void was heard.
    """

    place: Place
    price_list_id: UUID | None
    lines: Sequence[tuple[str, str, str, int, int]] | None


class Voided(NamedTuple):
    """What a void took away."""

    deposit_id: UUID
    state_before: str
    net_rupiah: int | None
    gross_rupiah: int | None
    grams: int | None
    place: Place


def lines_text(lines: Sequence[PricedLine]) -> str:
    """Priced lines as they are stored: a JSON array of arrays, in the order of the tuple's fields.

    Written by hand, at a third of what the json module takes; no code or grade of a price list needs escaping.
    """
    written = [
        f'["{code}","{waste_class}","{grade}","{unit}",{quantity},{price},{value},{grams}]'
        for code, waste_class, grade, unit, quantity, price, value, grams in lines
    ]
    return f"[{','.join(written)}]"


def shares_text(shares: Sequence[Share]) -> str:
    """Deductions as they are stored, in the same way."""
    written = [f'["{name}",{points},{amount}]' for name, points, amount in shares]
    return f"[{','.join(written)}]"


def exceptions_text(used: Sequence[Used]) -> str | None:
    """By which exceptions a deposit was valued, as it is stored; nothing for almost all."""
    return json.dumps([[of, str(exception_id)] for of, exception_id in used]) if used else None


async def known(tx: Tx, deposit_ids: Sequence[str]) -> set[str]:
    """Which of them have a row already: a repetition, or a void that came ahead."""
    rows = await tx.fetch(_KNOWN, deposit_ids)
    return {row[0] for row in rows}


async def heard_before(tx: Tx, deposit_ids: Sequence[str]) -> dict[str, Heard]:
    """As what the known ones among them were heard of, by id."""
    found: dict[str, Heard] = {}
    for row in await tx.fetch(_HEARD_BEFORE, deposit_ids):
        deposit, *place, shown_list, flagged, by_list, valued = row
        if flagged is not None:
            heard = Heard(Place(*place), shown_list, [tuple(line) for line in json.loads(flagged)])
        elif valued is not None:
            lines = [PricedLine(*line) for line in json.loads(valued)]
            shown = [
                (each.item_code, each.grade, each.unit, each.quantity, each.value_rupiah) for each in lines
            ]
            heard = Heard(Place(*place), by_list, shown)
        else:
            heard = Heard(Place(*place), None, None)
        found[deposit] = heard
    return found


async def voided_before(tx: Tx, deposit_ids: Sequence[UUID]) -> dict[UUID, tuple[Place, str]]:
    """Of those that are void: what the void was of, and its reason."""
    rows = await tx.fetch(_VOIDED_BEFORE, deposit_ids)
    return {row[0]: (Place(*row[1:5]), row[5]) for row in rows}


async def insert(tx: Tx, rows: Sequence[ValuationRow]) -> None:
    """Store new valuations. If another consumer stored one of them meanwhile, the transaction is to begin again.

    By COPY: it costs half of an insert of arrays on both sides, and needs no word about conflicts, which are rare.
    """
    try:
        await tx.copy_records_to_table("valuation", records=rows, columns=_COLUMNS)
    except asyncpg.UniqueViolationError as error:
        raise asyncpg.SerializationError("a deposit of this batch was stored by another consumer") from error


async def insert_flags(
    tx: Tx,
    flags: Sequence[NewFlag],
    flagged_at: datetime,
) -> None:
    """Store flags."""
    await tx.executemany(
        "insert into flag (deposit_id, recorder_id, carried_by_id, shown_price_list_id, reasons, lines, flagged_at) "
        "values ($1, $2, $3, $4, $5, $6::text::json, $7)",
        [(*flag[:-1], json.dumps(flag[-1]), flagged_at) for flag in flags],
    )


async def add_to_days(
    tx: Tx, more: Mapping[MemberDay, DaySoFar], beyond: DaySoFar = NO_BOUND
) -> dict[MemberDay, DaySoFar]:
    """Add to members' days; returns those, as they are then, that hold more than `beyond` of anything.

    Rows are locked in the order of their keys, so that two writers cannot wait for each other in a ring.
    """
    in_order = sorted(more.items())
    rows = await tx.fetch(
        _ADD_TO_DAYS,
        [key[0] for key, _ in in_order],
        [key[1] for key, _ in in_order],
        [day.deposits for _, day in in_order],
        [day.grams for _, day in in_order],
        [day.rupiah for _, day in in_order],
        *beyond,
    )
    return {(row[0], row[1]): DaySoFar(row[2], row[3], row[4]) for row in rows}


async def take_from_days(tx: Tx, gone: Mapping[MemberDay, DaySoFar]) -> None:
    """Take from members' days what was added to them before."""
    await tx.executemany(
        "update member_day set deposits = deposits - $3, grams = grams - $4, rupiah = rupiah - $5 "
        "where member_id = $1 and weighed_on = $2",
        [(*key, *day) for key, day in sorted(gone.items())],
    )


async def insert_tombstones(
    tx: Tx, rows: Sequence[tuple[UUID, UUID, datetime, datetime, str, str, str]]
) -> set[UUID]:
    """Store voids of deposits that are not known: deposit, member, weighed, heard, bank, sub-district, reason.

    Returns those that were not known; only after this is it certain that the others have a row to void.
    """
    stored = await tx.fetch(_INSERT_TOMBSTONES, *map(list, zip(*rows, strict=True)))
    return {row["deposit_id"] for row in stored}


async def void(tx: Tx, voids: Sequence[tuple[UUID, datetime, str]]) -> list[Voided]:
    """Void known deposits (deposit, when, why); returns what each was, without those voided before."""
    ids, at, why = map(list, zip(*voids, strict=True))
    rows = await tx.fetch(_VOID, ids, at, why)
    flagged = [row["deposit_id"] for row in rows if row["state_before"] == "flagged"]
    if flagged:
        await tx.execute(_CLOSE_FLAGS, flagged, at[0])
    return [
        Voided(deposit_id, state_before, net, gross, grams, Place(*place))
        for deposit_id, state_before, net, gross, grams, *place in rows
    ]


async def approve(tx: Tx, deposit_id: UUID, worth: Worth, by: UUID | None, at: datetime, reason: str) -> None:
    """Turn a flagged deposit, which the transaction has locked, into a valued one.

    `by` is who let it pass; nobody if it would have been valued by rule, had a merge been heard before it.
    """
    await tx.execute(
        "update valuation set state = 'valued', price_list_id = $2, list_in_force_id = $3, gross_rupiah = $4, "
        "net_rupiah = $5, price_difference_rupiah = $6, grams = $7, lines = $8::text::json, "
        "deductions = $9::text::json, approved_by = $10, exceptions = $11::text::json where deposit_id = $1",
        deposit_id,
        worth.by.id,
        worth.in_force.id,
        worth.gross_rupiah,
        worth.net_rupiah,
        worth.price_difference_rupiah,
        worth.grams,
        lines_text(worth.lines),
        shares_text(worth.deductions),
        by,
        exceptions_text(worth.exceptions),
    )
    await tx.execute(
        "update flag set closed_at = $2, decided_by = $3, decision = $5, note = $4 where deposit_id = $1",
        deposit_id,
        at,
        by,
        reason,
        "merged" if by is None else "approved",
    )
