"""What the doors read: balances, statements, and the whole ledger summed up again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx


class Balance(NamedTuple):
    """Rupiah of one member. `opened_at` is None as long as nothing ever happened to their credit."""

    posted_rupiah: int
    held_rupiah: int
    opened_at: datetime | None
    subdistrict_code: str | None = None


class HoldLine(NamedTuple):
    """What was set aside, or refused, for one redemption."""

    redemption_id: UUID
    state: str
    amount_rupiah: int
    cash_rupiah: int
    requested_at: datetime
    decided_at: datetime
    ended_at: datetime | None
    reason: str | None


class Line(NamedTuple):
    """One entry of a member's statement; the cause is a deposit, a redemption for settlements, or a passbook."""

    seq: int
    transfer_id: UUID
    kind: str
    cause_id: UUID
    amount_rupiah: int
    balance_rupiah: int
    happened_at: datetime
    posted_at: datetime
    waste_bank_id: str | None
    reverses_id: UUID | None
    reason: str | None


class KindTotal(NamedTuple):
    """All accounts of one kind, those of members by the sub-district in which they were first mentioned."""

    kind: str
    subdistrict_code: str | None
    accounts: int
    posted_rupiah: int
    held_rupiah: int


class Waiting(NamedTuple):
    """Facts that wait for what they are about, and facts that contradict it and are never obeyed."""

    waiting: int
    contradicted: int


class Sums(NamedTuple):
    """The ledger recomputed from its entries. Everything but the counts must be 0."""

    transfers: int
    entries: int
    unbalanced_transfers: int
    wrong_balances: int
    balance_difference_rupiah: int
    broken_statements: int
    hold_difference_rupiah: int
    merged_away_rupiah: int


BALANCE = """
select posted_rupiah, held_rupiah, opened_at, subdistrict_code from account where id = $1 and kind = 'member_credit'
"""
POSTED_AT = """
select member_balance_rupiah from transfer where member_account_id = $1 and posted_at <= $2
order by member_seq desc limit 1
"""
HELD_AT = """
select coalesce(sum(amount_rupiah), 0)::bigint from hold
where account_id = any($1::uuid[]) and state <> 'refused' and decided_at <= $2 and (ended_at is null or ended_at > $2)
"""
STATEMENT = """
select member_seq, id, kind, cause_id, amounts_rupiah[1], member_balance_rupiah, happened_at, posted_at, waste_bank_id,
    reverses_id, reason
from transfer where member_account_id = $1 and member_seq < $2 order by member_seq desc limit $3
"""
# Of several ids that mean one person, in the order in which their entries were posted; what a merge moved between them
# is no entry of the person.
FAMILY_STATEMENT = """
select seq, id, kind, cause_id, amount, balance, happened_at, posted_at, waste_bank_id, reverses_id, reason from (
    select row_number() over w as seq, id, kind, cause_id, amounts_rupiah[1] as amount,
        (sum(amounts_rupiah[1]) over w)::bigint as balance, happened_at, posted_at, waste_bank_id, reverses_id, reason
    from transfer where member_account_id = any($1::uuid[]) and kind not in ('merge', 'merge_arrival')
    window w as (order by posted_at, member_account_id, member_seq)
) as lines where seq < $2 order by seq desc limit $3
"""
FAMILY_POSTED_AT = """
select coalesce(sum(amounts_rupiah[1]), 0)::bigint from transfer
where member_account_id = any($1::uuid[]) and kind not in ('merge', 'merge_arrival') and posted_at <= $2
"""
HOLDS_OF = """
select redemption_id, state, amount_rupiah, cash_rupiah, requested_at, decided_at, ended_at, why as reason from hold
where account_id = any($1::uuid[]) order by decided_at desc, redemption_id limit $2
"""
REASONS = "select id, reason from transfer where id = any($1::uuid[])"
TOTALS = """
select kind, subdistrict_code, count(*), sum(posted_rupiah)::bigint, sum(held_rupiah)::bigint
from account group by kind, subdistrict_code order by kind, subdistrict_code
"""
WAITING = """
select count(*) filter (where contradiction is null), count(*) filter (where contradiction is not null) from (
    select contradiction from verdict where obeyed_at is null
    union all select contradiction from waiting_reversal where obeyed_at is null
) as facts
"""
# These read everything. Seen as one snapshot; an index would only be in the way.
_SUMS = """
with entries as materialized (
    select account_id, sum(amount_rupiah) as amount, count(*) as entries from entry group by account_id
), accounts as (
    select abs(coalesce(a.posted_rupiah, 0) - coalesce(e.amount, 0)) as difference
    from account a full join entries e on e.account_id = a.id
), unbalanced as (
    select count(*) as transfers
    from transfer where (select sum(amount) from unnest(amounts_rupiah) as e (amount)) <> 0
), statements as (
    select count(*) filter (where place <> member_seq or balance <> member_balance_rupiah) as broken, count(*) as lines
    from (
        select member_seq, member_balance_rupiah, row_number() over w as place,
            sum(amounts_rupiah[1]) over w as balance
        from transfer where member_account_id is not null
        window w as (partition by member_account_id order by member_seq)
    ) as lines
), shortened as (
    select count(*) as accounts from account a where a.kind = 'member_credit' and a.last_seq <>
        coalesce((select max(member_seq) from transfer t where t.member_account_id = a.id), 0)
), holds as (
    select coalesce(sum(abs(a.held_rupiah - coalesce(h.amount, 0))), 0) as difference
    from account a
    left join (select account_id, sum(amount_rupiah) as amount from hold where state = 'held' group by account_id) h
        on h.account_id = a.id
), given_up as (
    select coalesce(sum(abs(posted_rupiah) + held_rupiah), 0) as rupiah from account
    where merged_into is not null or (kind = 'adjustments' and owner = 'merges')
)
select (select count(*) from transfer), (select coalesce(sum(entries), 0) from entries)::bigint,
    (select transfers from unbalanced), (select count(*) from accounts where difference <> 0),
    (select coalesce(sum(difference), 0) from accounts)::bigint,
    (select broken from statements) + (select accounts from shortened), (select difference from holds)::bigint,
    (select rupiah from given_up)::bigint
"""


async def balance(tx: Tx, member_id: UUID) -> Balance:
    """A member's balance; zeros for a member whose account is not open yet."""
    row = await tx.fetchrow(BALANCE, member_id)
    return Balance(*row) if row else Balance(0, 0, None)


async def balance_at(tx: Tx, family: Sequence[UUID], instant: datetime) -> tuple[int, int]:
    """Posted and held rupiah of one person, by all ids that mean them, as they stood at an instant."""
    if len(family) == 1:
        posted = await tx.fetchval(POSTED_AT, family[0], instant) or 0
    else:
        posted = await tx.fetchval(FAMILY_POSTED_AT, family, instant)
    return posted, await tx.fetchval(HELD_AT, family, instant)


async def statement(tx: Tx, family: Sequence[UUID], before_seq: int, count: int) -> list[Line]:
    """Entries of one person below a sequence number, newest first; the numbers begin at 1 and have no gaps."""
    if len(family) == 1:
        rows = await tx.fetch(STATEMENT, family[0], before_seq, count)
    else:
        rows = await tx.fetch(FAMILY_STATEMENT, family, before_seq, count)
    return [Line(*row) for row in rows]


async def holds_of(tx: Tx, family: Sequence[UUID], count: int) -> list[HoldLine]:
    """What was ever set aside of one person's credit, the newest first."""
    return [HoldLine(*row) for row in await tx.fetch(HOLDS_OF, family, count)]


async def reasons(tx: Tx, transfer_ids: Sequence[UUID]) -> Mapping[UUID, str | None]:
    """Those of the transfers that exist, with the reason of each."""
    return {row[0]: row[1] for row in await tx.fetch(REASONS, transfer_ids)}


async def totals(tx: Tx) -> list[KindTotal]:
    """Sums over the stored balances. Every account is read: along an index that takes five times as long."""
    await tx.execute("set local enable_seqscan = on")
    rows = await tx.fetch(TOTALS)
    await tx.execute("set local enable_seqscan to default")
    return [KindTotal(*row) for row in rows]


async def waiting(tx: Tx) -> Waiting:
    """How many facts wait or contradict."""
    return Waiting(*await tx.fetchrow(WAITING))


async def recomputed(tx: Tx) -> Sums:
    """Sum the whole ledger up again from its entries. Takes about a second per million transfers."""
    await tx.execute("set local enable_seqscan = on")
    await tx.execute("set local work_mem = '64MB'")
    return Sums(*await tx.fetchrow(_SUMS))
