"""Locking accounts and writing a batch of transfers with the balances that they move."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.wallet.domain.accounts import AccountKind, MemberAccount, SystemAccount
from services.wallet.domain.posting import Posting, Transfer
from shared.runtime.database import Tx

# In id order, so that two batches over the same members wait for each other and never in a circle.
LOCK_ACCOUNTS = """
select id, posted_rupiah, held_rupiah, last_seq, merged_into from account where id = any($1::uuid[])
order by id for no key update
"""
LOCK_ACCOUNTS_AT_ONCE = f"{LOCK_ACCOUNTS.rstrip()} nowait"
OPEN_ACCOUNTS = """
insert into account (id, kind, owner, subdistrict_code)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as mentioned (id, kind, owner, subdistrict_code)
order by id on conflict do nothing
"""
MOVE_MEMBERS = """
update account set posted_rupiah = account.posted_rupiah + moved.posted, held_rupiah = account.held_rupiah + moved.held,
    last_seq = account.last_seq + moved.entries
from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[]) as moved (id, posted, held, entries)
where account.id = moved.id
"""
MOVE_SYSTEM = """
with locked as materialized (select id from account where id = any($1::uuid[]) order by id for no key update)
update account set posted_rupiah = account.posted_rupiah + moved.posted
from unnest($1::uuid[], $2::bigint[]) as moved (id, posted), locked
where locked.id = moved.id and account.id = locked.id
returning account.id
"""
FINGERPRINTS = "select id, fingerprint from transfer where id = any($1::uuid[])"
CREDITS_KNOWN = """
select id, fingerprint from transfer where id = any($1::uuid[])
union all
select credit_id, null from waiting_reversal
where credit_id = any($1::uuid[]) and obeyed_at is null and contradiction is null
"""
TRANSFERS = f"select {', '.join(Transfer._fields)} from transfer where id = any($1::uuid[])"  # noqa: S608 - our own columns


async def lock_members(tx: Tx, subdistricts: Mapping[UUID, str]) -> dict[UUID, MemberAccount]:
    """Lock the members' accounts and read them; a member mentioned for the first time gets an account.

    `subdistricts` gives where each member was mentioned, kept for an account that is opened now. An id that was merged
    into another stands for that one's account: the mark is read under the lock, so that nothing slips onto an account
    that was just given up.
    """
    accounts = await _lock(tx, list(subdistricts))
    missing = [member_id for member_id in subdistricts if member_id not in accounts]
    if missing:
        await tx.execute(
            OPEN_ACCOUNTS,
            missing,
            [AccountKind.MEMBER_CREDIT.value] * len(missing),
            [str(member_id) for member_id in missing],
            [subdistricts[member_id] for member_id in missing],
        )
        accounts |= await _lock(tx, missing)
    for account in accounts.values():
        if account.merged_into is not None:
            await _follow(tx, accounts)
            break
    return accounts


async def _follow(tx: Tx, accounts: dict[UUID, MemberAccount]) -> None:
    """Lock what accounts were merged into, and put it in their place.

    Out of the order of ids nobody waits: if another batch holds the account, this one lets go of everything (the error
    is a passing one) and is tried again. So there is no ring of waiters.
    """
    locked = dict(accounts)
    wanted = {each.merged_into for each in locked.values() if each.merged_into} - locked.keys()
    while wanted:
        statement = LOCK_ACCOUNTS if min(wanted) > max(locked) else LOCK_ACCOUNTS_AT_ONCE
        found = {row[0]: MemberAccount(*row) for row in await tx.fetch(statement, list(wanted))}
        locked |= found
        wanted = {each.merged_into for each in found.values() if each.merged_into} - locked.keys()
    for member_id, given_up in accounts.items():
        account = given_up
        while account.merged_into is not None:
            account = locked[account.merged_into]
        accounts[member_id] = account


async def lock_system(tx: Tx, account_ids: Collection[UUID], mentioned: Iterable[SystemAccount]) -> None:
    """Lock accounts of the programme, opening the mentioned ones that are not there."""
    missing = set(account_ids) - {row["id"] for row in await tx.fetch(LOCK_ACCOUNTS, list(account_ids))}
    if missing:
        opened = [account for account in mentioned if account.id in missing]
        await tx.execute(
            OPEN_ACCOUNTS,
            [account.id for account in opened],
            [account.kind.value for account in opened],
            [account.owner for account in opened],
            [None] * len(opened),
        )
        await tx.fetch(LOCK_ACCOUNTS, list(missing))


async def fingerprints(tx: Tx, transfer_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The fingerprints of those transfers that exist."""
    rows = await tx.fetch(FINGERPRINTS, transfer_ids)
    return {row["id"]: row["fingerprint"] for row in rows}


async def credits_known(tx: Tx, credit_ids: Sequence[UUID]) -> tuple[dict[UUID, bytes], list[UUID]]:
    """The fingerprints of the credits that exist, and the credits that a reversal waits for."""
    known: dict[UUID, bytes] = {}
    awaited: list[UUID] = []
    for credit_id, found in await tx.fetch(CREDITS_KNOWN, credit_ids):
        if found is None:
            awaited.append(credit_id)
        else:
            known[credit_id] = found
    return known, awaited


async def transfers(tx: Tx, transfer_ids: Sequence[UUID]) -> dict[UUID, Transfer]:
    """Those of the transfers that exist, whole."""
    rows = await tx.fetch(TRANSFERS, transfer_ids)
    return {row["id"]: Transfer(*row) for row in rows}


async def write_transfers(tx: Tx, posting: Posting) -> None:
    """Write the transfers, and what they and the holds changed on members' accounts."""
    if posting.transfers:
        # COPY writes many rows in one go: a third of what INSERT ... SELECT FROM unnest costs the server.
        await tx.copy_records_to_table("transfer", records=posting.transfers, columns=Transfer._fields)
    changes = posting.member_changes()
    if changes:
        await tx.execute(MOVE_MEMBERS, *map(list, zip(*changes, strict=True)))


async def write_system(tx: Tx, posting: Posting) -> None:
    """Move the programme's accounts, one update each. Last in a workflow: every batch waits for these few rows."""
    changes = posting.system_changes()
    for row in await _move_system(tx, changes):
        del changes[row["id"]]
    if changes:
        await lock_system(tx, changes.keys(), posting.mentioned)
        await _move_system(tx, changes)


async def _move_system(tx: Tx, changes: Mapping[UUID, int]) -> list[Any]:
    found: list[Any] = await tx.fetch(MOVE_SYSTEM, list(changes), list(changes.values())) if changes else []
    return found


async def _lock(tx: Tx, member_ids: list[UUID]) -> dict[UUID, MemberAccount]:
    return {row[0]: MemberAccount(*row) for row in await tx.fetch(LOCK_ACCOUNTS, member_ids)}
