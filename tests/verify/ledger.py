"""The ledger balances, and what it owes each member is what the topics say that it credited and paid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from tests.verify.findings import Differences, Finding
from tests.verify.purse import Purses

_UNBALANCED = """
select id, kind, total from (
    select id, kind, (select sum(amount) from unnest(amounts_rupiah) as amount) as total from transfer
) as summed
where total <> 0
"""
_WRONG_BALANCES = """
with summed as (
    select leg.account_id, sum(leg.amount) as entries
    from transfer, unnest(account_ids, amounts_rupiah) as leg (account_id, amount)
    group by leg.account_id
)
select coalesce(account.id, summed.account_id) as id, account.posted_rupiah as stored, summed.entries
from account full join summed on summed.account_id = account.id
where coalesce(account.posted_rupiah, 0) <> coalesce(summed.entries, 0) or account.id is null
"""
_WRONG_STATEMENTS = """
select member_account_id, member_seq, member_balance_rupiah, running from (
    select member_account_id, member_seq, member_balance_rupiah,
           sum(amounts_rupiah[1]) over statement as running, row_number() over statement as number
    from transfer where member_account_id is not null
    window statement as (partition by member_account_id order by member_seq)
) as statements
where running <> member_balance_rupiah or number <> member_seq
"""
# Nothing stays on an account that was merged into another, nor on its way between the two.
_GIVEN_UP = """
select owner, posted_rupiah + held_rupiah from account
where (merged_into is not null or (kind = 'adjustments' and owner = 'merges'))
  and (posted_rupiah <> 0 or held_rupiah <> 0)
"""


@dataclass(frozen=True)
class Ledger:
    """What does not add up inside the ledger, and what stands in it."""

    transfers: int
    total_rupiah: int
    unbalanced: Sequence[tuple[UUID, str, int]]
    wrong_balances: Sequence[tuple[UUID, int | None, int | None]]
    wrong_statements: Sequence[tuple[UUID, int, int, int]]
    given_up: Sequence[tuple[str, int]]
    members: Mapping[UUID, int]
    owed_by_subdistrict: Mapping[str, int]


async def fetch_ledger(wallet: asyncpg.Connection) -> Ledger:
    """Sum the ledger up again from its entries, in one snapshot."""
    async with wallet.transaction(isolation="repeatable_read", readonly=True):
        totals = await wallet.fetchrow(
            "select count(*) as transfers, coalesce(sum(s), 0) as total from "
            "(select (select sum(a) from unnest(amounts_rupiah) as a) as s from transfer) as summed"
        )
        members = await wallet.fetch("select id, posted_rupiah from account where kind = 'member_credit'")
        by_place = await wallet.fetch(
            "select coalesce(subdistrict_code, '') as code, sum(amounts_rupiah[1]) as owed from transfer "
            "where member_account_id is not null group by 1 having sum(amounts_rupiah[1]) <> 0"
        )
        return Ledger(
            transfers=totals["transfers"],
            total_rupiah=int(totals["total"]),
            unbalanced=[tuple(row) for row in await wallet.fetch(_UNBALANCED)],
            wrong_balances=[tuple(row) for row in await wallet.fetch(_WRONG_BALANCES)],
            wrong_statements=[tuple(row) for row in await wallet.fetch(_WRONG_STATEMENTS)],
            given_up=[tuple(row) for row in await wallet.fetch(_GIVEN_UP)],
            members={row["id"]: row["posted_rupiah"] for row in members},
            owed_by_subdistrict={row["code"]: int(row["owed"]) for row in by_place},
        )


def check_journals(ledger: Ledger) -> Finding:
    """I1."""
    found = Differences()
    for transfer, kind, total in ledger.unbalanced:
        found.add(f"transfer {transfer} ({kind}) sums to {total}")
    if ledger.total_rupiah and not ledger.unbalanced:
        found.add(f"the whole ledger sums to {ledger.total_rupiah}")
    for account, stored, entries in ledger.wrong_balances:
        found.add(f"account {account} stores {stored}, its entries sum to {entries}")
    for account, number, stored, running in ledger.wrong_statements:
        found.add(
            f"account {account}, entry {number}: balance {stored} after it, but {running} by its entries"
        )
    for owner, amount in ledger.given_up:
        found.add(f"Rp{amount} stands on {owner}, which was merged into another account")
    return found.finding(
        "I1",
        "every transfer sums to 0, and every stored balance is the sum of its entries",
        f"{ledger.transfers} transfers, in total Rp{ledger.total_rupiah}",
    )


def check_owed(ledger: Ledger, purses: Purses) -> Finding:
    """I2."""
    found = Differences()
    said_by_person = purses.by_person()
    for member in ledger.members.keys() | said_by_person.keys():
        stored = ledger.members.get(member, 0)
        said = said_by_person.get(member, 0)
        if stored != said:
            found.add(f"member {member} has {stored} in the ledger, {said} by the topics")
    said_by_place = purses.totals()
    for code in sorted(ledger.owed_by_subdistrict.keys() | said_by_place.keys()):
        stored, said = ledger.owed_by_subdistrict.get(code, 0), said_by_place.get(code, 0)
        if stored != said:
            found.add(f"sub-district {code} is owed {stored} by the ledger, {said} by the topics")
    owed = sum(ledger.members.values())
    by_places = sum(ledger.owed_by_subdistrict.values())
    if owed != by_places:
        found.add(f"members are owed {owed} in all, the sub-districts together {by_places}")
    return found.finding(
        "I2",
        "what members are owed agrees with all that was said, in all and in every sub-district",
        f"{len(ledger.members)} members, Rp{owed} owed",
    )
