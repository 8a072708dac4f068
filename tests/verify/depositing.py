"""What three services wrote down about every deposit: taken in, priced, credited."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

ROWS_AT_ONCE = 2000
_DEPOSITS = """
select deposit_id, state, member_id, price_list_id from deposit where state <> 'voided_ahead'
"""
_VALUATIONS = """
select deposit_id, state, member_id, price_list_id, gross_rupiah, net_rupiah, lines::text as lines,
       deductions::text as deductions, approved_by is not null as approved
from valuation
"""
_LISTS = """
select price_list_id, prices::text as prices, deductions::text as deductions
from price_list where published_at is not null
"""
_CREDITS = """
select cause_id, member_account_id, kind, amounts_rupiah[1] as amount from transfer
where kind in ('credit', 'credit_reversal')
"""
_UNLIKE_REVERSALS = """
select r.id, r.cause_id, o.id is null as orphan
from transfer r left join transfer o on o.id = r.reverses_id
where r.reverses_id is not null and (
    o.id is null or o.account_ids <> r.account_ids
    or o.amounts_rupiah <> array(select -a from unnest(r.amounts_rupiah) with ordinality as u (a, n) order by n)
)
"""
_REVERSED_TWICE = """
select reverses_id, count(*) as times from transfer where reverses_id is not null group by 1 having count(*) > 1
"""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit as its own service keeps it."""

    state: str
    member_id: UUID
    price_list_id: UUID


@dataclass(frozen=True, slots=True)
class Valuation:
    """A deposit as valuation keeps it. `lines` is the text of topics.priced_lines; None if it was never priced."""

    state: str
    member_id: UUID
    price_list_id: UUID | None
    gross_rupiah: int | None
    net_rupiah: int | None
    lines: str | None
    deductions: tuple[tuple[int, int], ...]
    approved: bool


@dataclass(slots=True)
class Credit:
    """What the ledger did for a deposit: how often, for whom, how much."""

    credits: int = 0
    reversals: int = 0
    credited_rupiah: int = 0
    reversed_rupiah: int = 0
    member_id: UUID | None = None
    other_members: bool = False


@dataclass(frozen=True, slots=True)
class PriceList:
    """A published list: rupiah by item and grade, and the basis points of its deductions in order."""

    prices: Mapping[tuple[str, str], int]
    deductions: tuple[int, ...]


@dataclass(frozen=True)
class Depositing:
    """All of it."""

    deposits: Mapping[UUID, Deposit]
    valuations: Mapping[UUID, Valuation]
    price_lists: Mapping[UUID, PriceList]
    credits: Mapping[UUID, Credit]
    unlike_reversals: Sequence[tuple[UUID, UUID, bool]]
    reversed_twice: Sequence[tuple[UUID, int]]


async def fetch_depositing(
    deposit: asyncpg.Connection, valuation: asyncpg.Connection, wallet: asyncpg.Connection
) -> Depositing:
    """Read the three databases, a few thousand rows at a time."""
    deposits = {row[0]: Deposit(*row[1:]) async for row in _rows(deposit, _DEPOSITS)}
    valuations = {row["deposit_id"]: _valuation(row) async for row in _rows(valuation, _VALUATIONS)}
    by_deposit: defaultdict[UUID, Credit] = defaultdict(Credit)
    async for row in _rows(wallet, _CREDITS):
        credit = by_deposit[row["cause_id"]]
        credit.other_members |= credit.member_id not in {None, row["member_account_id"]}
        credit.member_id = row["member_account_id"]
        if row["kind"] == "credit":
            credit.credits += 1
            credit.credited_rupiah += row["amount"]
        else:
            credit.reversals += 1
            credit.reversed_rupiah -= row["amount"]
    return Depositing(
        deposits=deposits,
        valuations=valuations,
        price_lists={row["price_list_id"]: _price_list(row) for row in await valuation.fetch(_LISTS)},
        credits=dict(by_deposit),
        unlike_reversals=[tuple(row) for row in await wallet.fetch(_UNLIKE_REVERSALS)],
        reversed_twice=[tuple(row) for row in await wallet.fetch(_REVERSED_TWICE)],
    )


async def _rows(connection: asyncpg.Connection, query: str) -> Any:
    async with connection.transaction(readonly=True):
        async for row in connection.cursor(query, prefetch=ROWS_AT_ONCE):
            yield row


def _valuation(row: asyncpg.Record) -> Valuation:
    return Valuation(
        state=row["state"],
        member_id=row["member_id"],
        price_list_id=row["price_list_id"],
        gross_rupiah=row["gross_rupiah"],
        net_rupiah=row["net_rupiah"],
        lines=None if row["lines"] is None else _line_text(json.loads(row["lines"])),
        deductions=tuple((share[1], share[2]) for share in json.loads(row["deductions"] or "[]")),
        approved=row["approved"],
    )


def _line_text(lines: Iterable[Sequence[Any]]) -> str:
    return ";".join(
        f"{code}|{grade}|{unit}|{quantity}|{price}|{value}"
        for code, _, grade, unit, quantity, price, value, _ in lines
    )


def _price_list(row: asyncpg.Record) -> PriceList:
    prices = json.loads(row["prices"])
    return PriceList(
        {(each["item"], each["grade"]): each["price_rupiah"] for each in prices},
        tuple(rule["basis_points"] for rule in json.loads(row["deductions"])),
    )
