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
       deductions::text as deductions, exceptions::text as exceptions, approved_by is not null as approved
from valuation
"""
_LISTS = """
select price_list_id, prices::text as prices, deductions::text as deductions
from price_list where published_at is not null
"""
_EXCEPTIONS = """
select exception_id, waste_bank_id, item_code, grade, price_rupiah, beneficiary, percent from price_exception
where state = 'approved' and decided_by <> proposed_by
"""
_CREDITS = """
select cause_id, member_account_id, kind, amounts_rupiah[1] as amount from transfer
where kind in ('credit', 'credit_reversal')
"""
_ALIASES = "select member_id, into_member_id from member_alias"
_UNLIKE_REVERSALS = """
select r.id, r.cause_id, o.id is null as orphan
from transfer r left join transfer o on o.id = r.reverses_id
where r.reverses_id is not null and (
    o.id is null or o.account_ids[2:] <> r.account_ids[2:]
    -- A member who was merged since gives back under the id that stays.
    or coalesce((select into_member_id from member_alias where member_id = o.account_ids[1]), o.account_ids[1])
       <> coalesce((select into_member_id from member_alias where member_id = r.account_ids[1]), r.account_ids[1])
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
    exceptions: Mapping[str, UUID]


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
    beneficiaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApprovedException:
    """An approved exception: a price for an item in a grade, or a beneficiary's percentage."""

    waste_bank_id: str
    item_code: str | None
    grade: str | None
    price_rupiah: int | None
    beneficiary: str | None
    percent: int | None


@dataclass(frozen=True)
class Depositing:
    """All of it."""

    deposits: Mapping[UUID, Deposit]
    valuations: Mapping[UUID, Valuation]
    price_lists: Mapping[UUID, PriceList]
    exceptions: Mapping[UUID, ApprovedException]
    survivors: Mapping[UUID, UUID]
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
    survivors = {row[0]: row[1] for row in await wallet.fetch(_ALIASES)}
    async for row in _rows(wallet, _CREDITS):
        credit = by_deposit[row["cause_id"]]
        owner = survivors.get(row["member_account_id"], row["member_account_id"])
        credit.other_members |= credit.member_id not in {None, owner}
        credit.member_id = owner
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
        exceptions={row[0]: ApprovedException(*row[1:]) for row in await valuation.fetch(_EXCEPTIONS)},
        survivors=survivors,
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
        exceptions={of: UUID(each) for of, each in json.loads(row["exceptions"] or "[]")},
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
        tuple(rule["beneficiary"] for rule in json.loads(row["deductions"])),
    )
