"""What three services wrote down about every deposit: taken in, priced, credited."""

import json
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from tests.verify.scratch import Scratch, Shelf
from tests.verify.topics import mark

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
# Deposit, member, list, state.
_TAKEN = struct.Struct("16s16s16s20s")
# Deposit, member, list, state, as_said, net, is there a net, was it approved by a person.
_PRICED = struct.Struct("16s16s16s10sqq??")
# Deposit, member, rupiah, is it a credit.
_CREDITED = struct.Struct("16s16sq?")
_NO_LIST = UUID(int=0)


class Deposit(NamedTuple):
    """A deposit as its own service keeps it. Ids are bytes here and below: there are millions."""

    state: str
    member_id: bytes
    price_list_id: bytes


class Valuation(NamedTuple):
    """What a deposit's valuation has to agree with. `as_said` is topics.mark of what was announced of it."""

    state: str
    member_id: bytes
    price_list_id: bytes
    as_said: int
    net_rupiah: int | None
    approved: bool


class Priced(NamedTuple):
    """A valuation with its lines, one at a time: `lines` is the text of topics.priced_lines."""

    deposit_id: UUID
    price_list_id: UUID
    gross_rupiah: int | None
    net_rupiah: int | None
    lines: str
    deductions: tuple[tuple[int, int], ...]
    exceptions: Mapping[str, UUID]


@dataclass(slots=True)
class Credit:
    """What the ledger did for a deposit: how often, for whom, how much."""

    credits: int = 0
    reversals: int = 0
    credited_rupiah: int = 0
    reversed_rupiah: int = 0
    member_id: bytes | None = None
    other_members: bool = False


@dataclass(frozen=True)
class Part:
    """What the three wrote down about some of the deposits, by deposit."""

    deposits: Mapping[bytes, Deposit]
    valuations: Mapping[bytes, Valuation]
    credits: Mapping[bytes, Credit]


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
    """All of it: what is small as it is, the rest on shelves."""

    price_lists: Mapping[UUID, PriceList]
    exceptions: Mapping[UUID, ApprovedException]
    survivors: Mapping[bytes, bytes]
    unlike_reversals: Sequence[tuple[UUID, UUID, bool]]
    reversed_twice: Sequence[tuple[UUID, int]]
    taken: Shelf
    priced: Shelf
    credited: Shelf

    def part(self, number: int) -> Part:
        """What lies in one part of the shelves."""
        return Part(
            {
                deposit: Deposit(_text(state), member, shown)
                for deposit, member, shown, state in _TAKEN.iter_unpack(self.taken.part(number))
            },
            {
                deposit: Valuation(_text(state), member, by, said, net if has_net else None, approved)
                for deposit, member, by, state, said, net, has_net, approved in _PRICED.iter_unpack(
                    self.priced.part(number)
                )
            },
            self._credits(number),
        )

    def _credits(self, number: int) -> dict[bytes, Credit]:
        found: defaultdict[bytes, Credit] = defaultdict(Credit)
        for deposit, member, amount, is_credit in _CREDITED.iter_unpack(self.credited.part(number)):
            credit = found[deposit]
            owner = self.survivors.get(member, member)
            credit.other_members |= credit.member_id not in {None, owner}
            credit.member_id = owner
            if is_credit:
                credit.credits += 1
                credit.credited_rupiah += amount
            else:
                credit.reversals += 1
                credit.reversed_rupiah -= amount
        return dict(found)


async def fetch_depositing(
    scratch: Scratch,
    deposit: asyncpg.Connection,
    valuation: asyncpg.Connection,
    wallet: asyncpg.Connection,
    recompute: Callable[[Priced, PriceList | None, Mapping[UUID, ApprovedException]], None],
) -> Depositing:
    """Read the three databases, a few thousand rows at a time; every priced deposit is handed to `recompute` once."""
    found = Depositing(
        price_lists={row["price_list_id"]: _price_list(row) for row in await valuation.fetch(_LISTS)},
        exceptions={row[0]: ApprovedException(*row[1:]) for row in await valuation.fetch(_EXCEPTIONS)},
        survivors={row[0].bytes: row[1].bytes for row in await wallet.fetch(_ALIASES)},
        unlike_reversals=[tuple(row) for row in await wallet.fetch(_UNLIKE_REVERSALS)],
        reversed_twice=[tuple(row) for row in await wallet.fetch(_REVERSED_TWICE)],
        taken=scratch.shelf(),
        priced=scratch.shelf(),
        credited=scratch.shelf(),
    )
    async for deposit_id, state, member_id, price_list_id in _rows(deposit, _DEPOSITS):
        key = deposit_id.bytes
        found.taken.put(key, _TAKEN.pack(key, member_id.bytes, price_list_id.bytes, state.encode()))
    async for row in _rows(valuation, _VALUATIONS):
        priced = _priced(row)
        if priced is not None:
            recompute(priced, found.price_lists.get(priced.price_list_id), found.exceptions)
        key = row["deposit_id"].bytes
        found.priced.put(key, _packed(key, row, priced))
    async for cause_id, member_id, kind, amount in _rows(wallet, _CREDITS):
        key = cause_id.bytes
        found.credited.put(key, _CREDITED.pack(key, member_id.bytes, amount, kind == "credit"))
    return found


async def _rows(connection: asyncpg.Connection, query: str) -> AsyncIterator[Any]:
    async with connection.transaction(readonly=True):
        cursor = await connection.cursor(query)
        while rows := await cursor.fetch(ROWS_AT_ONCE):
            for row in rows:
                yield row


def _priced(row: asyncpg.Record) -> Priced | None:
    if row["lines"] is None or row["price_list_id"] is None:
        return None
    return Priced(
        deposit_id=row["deposit_id"],
        price_list_id=row["price_list_id"],
        gross_rupiah=row["gross_rupiah"],
        net_rupiah=row["net_rupiah"],
        lines=_line_text(json.loads(row["lines"])),
        deductions=tuple((share[1], share[2]) for share in json.loads(row["deductions"] or "[]")),
        exceptions={of: UUID(each) for of, each in json.loads(row["exceptions"] or "[]")},
    )


def _packed(key: bytes, row: asyncpg.Record, priced: Priced | None) -> bytes:
    member, by, net = row["member_id"].bytes, (row["price_list_id"] or _NO_LIST).bytes, row["net_rupiah"]
    said = (
        0 if priced is None else mark(member, by, row["gross_rupiah"], net, priced.lines, priced.deductions)
    )
    return _PRICED.pack(
        key, member, by, row["state"].encode(), said, net or 0, net is not None, row["approved"]
    )


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode()


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
