"""Holds of members who were merged, replayed in the order of the ledger: none took what was not there.

The topics have no order between what was said under two ids. The ledger has one: whoever writes to an account holds it
locked, and notes the instant, so the entries and holds of one account stand in the order of their instants.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg

_FAMILIES = "select member_id as id from member_alias union select into_member_id from member_alias"
_MERGED_INTO = f"select id, merged_into from account where merged_into is not null and id in ({_FAMILIES})"
_ENTRIES = f"""
select member_account_id, posted_at, amounts_rupiah[1], kind = 'merge' from transfer
where member_account_id in ({_FAMILIES}) order by member_account_id, member_seq
"""
_HOLDS = f"""
select redemption_id, coalesce(member_id, account_id), account_id, amount_rupiah, decided_at, ended_at from hold
where state <> 'refused' and account_id in ({_FAMILIES})
"""
# A hold whose end was heard first begins and ends in one statement, beside others that saw it as if it never was.
_STILLBORN = timedelta(milliseconds=1)


class Entry(NamedTuple):
    """A posting on a member's account. `gives_up` is the one that empties it because of a merge."""

    account_id: UUID
    posted_at: datetime
    amount_rupiah: int
    gives_up: bool = False


class Hold(NamedTuple):
    """A hold that was granted: for whom it was asked, on whose account it is by now. `ended_at` is None while open."""

    redemption_id: UUID
    member_id: UUID
    account_id: UUID
    amount_rupiah: int
    decided_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Families:
    """All accounts of members who were merged, or into whom others were."""

    merged_into: Mapping[UUID, UUID]
    entries: Sequence[Entry]
    holds: Sequence[Hold]


class _Change(NamedTuple):
    at: datetime
    posted: int
    held: int
    asked_for: UUID | None = None


async def fetch_families(wallet: asyncpg.Connection) -> Families:
    """Read them: few members are ever merged."""
    async with wallet.transaction(isolation="repeatable_read", readonly=True):
        return Families(
            merged_into={row[0]: row[1] for row in await wallet.fetch(_MERGED_INTO)},
            entries=[Entry(*row) for row in await wallet.fetch(_ENTRIES)],
            holds=[Hold(*row) for row in await wallet.fetch(_HOLDS)],
        )


def overdrawn(families: Families) -> list[tuple[UUID, int]]:
    """Redemptions whose hold made the available balance of its account negative, with that balance."""
    changes: defaultdict[UUID, list[_Change]] = defaultdict(list)
    given_up_at = {each.account_id: each.posted_at for each in families.entries if each.gives_up}
    for entry in families.entries:
        changes[entry.account_id].append(_Change(entry.posted_at, entry.amount_rupiah, 0))
    for hold in families.holds:
        for account_id, change in _course(hold, families.merged_into, given_up_at):
            changes[account_id].append(change)
    found = []
    for of_account in changes.values():
        posted = held = 0
        for change in sorted(of_account, key=lambda each: each.at):
            posted += change.posted
            held += change.held
            if change.asked_for is not None and posted < held:
                found.append((change.asked_for, posted - held))
    return found


def _course(
    hold: Hold, merged_into: Mapping[UUID, UUID], given_up_at: Mapping[UUID, datetime]
) -> Iterator[tuple[UUID, _Change]]:
    """How a hold moved the accounts on which it stood: where it began, where it was taken to, where it ended."""
    if hold.ended_at is not None and hold.ended_at - hold.decided_at < _STILLBORN:
        return
    amount = hold.amount_rupiah
    account_id = _where_it_began(hold, merged_into, given_up_at)
    yield account_id, _Change(hold.decided_at, 0, amount, hold.redemption_id)
    while account_id != hold.account_id and account_id in merged_into:
        moved_at = given_up_at.get(account_id, hold.decided_at)
        yield account_id, _Change(moved_at, 0, -amount)
        account_id = merged_into[account_id]
        yield account_id, _Change(moved_at, 0, amount)
    if hold.ended_at is not None:
        yield account_id, _Change(hold.ended_at, 0, -amount)


def _where_it_began(
    hold: Hold, merged_into: Mapping[UUID, UUID], given_up_at: Mapping[UUID, datetime]
) -> UUID:
    """The account that the member's id meant at that instant. Only open holds are taken along by a merge."""
    account_id = hold.member_id
    while account_id != hold.account_id and account_id in merged_into:
        # An account that had nothing was given up without an entry, and nothing was held on it.
        at = given_up_at.get(account_id)
        if at is not None and at > hold.decided_at:
            return account_id
        account_id = merged_into[account_id]
    return hold.account_id
