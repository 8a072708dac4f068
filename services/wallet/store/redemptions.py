"""Holds and verdicts: everything known about redemptions, read and written a batch at a time."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.wallet.domain.redemptions import Case, Hold, HoldState, Request, Verdict, VerdictKind
from services.wallet.domain.refusals import HoldRefusal
from shared.runtime.database import Tx

HOLDS = """
select redemption_id, coalesce(member_id, account_id), amount_rupiah, cash_rupiah, waste_bank_id, subdistrict_code,
    requested_at, fingerprint, state, why, available_rupiah
from hold where redemption_id = any($1::uuid[])
"""
VERDICTS = """
select redemption_id, kind, member_id, amount_rupiah, subdistrict_code, happened_at, fingerprint, cost_rupiah, provider,
       why, reason, obeyed_at is not null, contradiction
from verdict where redemption_id = any($1::uuid[])
"""
SAVE_HOLDS = """
insert into hold (redemption_id, account_id, amount_rupiah, cash_rupiah, waste_bank_id, subdistrict_code, requested_at,
    fingerprint, state, why, available_rupiah, member_id, ended_at)
select redemption_id, account_id, amount_rupiah, cash_rupiah, waste_bank_id, subdistrict_code, requested_at,
    fingerprint, state, why, available_rupiah, nullif(member_id, account_id),
    case when state in ('settled', 'released') then clock_timestamp() end
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[],
    $9::text[], $10::text[], $11::bigint[], $12::uuid[])
    as h (redemption_id, account_id, amount_rupiah, cash_rupiah, waste_bank_id, subdistrict_code, requested_at,
    fingerprint, state, why, available_rupiah, member_id)
"""
MOVE_HOLDS = """
update hold set state = moved.state, ended_at = clock_timestamp()
from unnest($1::uuid[], $2::text[]) as moved (redemption_id, state)
where hold.redemption_id = moved.redemption_id
"""
SAVE_VERDICTS = """
insert into verdict (redemption_id, kind, member_id, amount_rupiah, subdistrict_code, happened_at, fingerprint,
    cost_rupiah, provider, why, reason, contradiction, obeyed_at)
select redemption_id, kind, member_id, amount_rupiah, subdistrict_code, happened_at, fingerprint, cost_rupiah, provider,
    why, reason, contradiction, case when obeyed then clock_timestamp() end
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::timestamptz[], $7::bytea[], $8::bigint[],
    $9::text[], $10::text[], $11::text[], $12::bool[], $13::text[])
    as v (redemption_id, kind, member_id, amount_rupiah, subdistrict_code, happened_at, fingerprint, cost_rupiah,
    provider, why, reason, obeyed, contradiction)
on conflict (redemption_id, kind) do update
set obeyed_at = coalesce(verdict.obeyed_at, excluded.obeyed_at), contradiction = excluded.contradiction
"""


async def cases(tx: Tx, redemption_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """All that is known about those redemptions; an unknown one has an empty case."""
    found = {redemption_id: Case() for redemption_id in redemption_ids}
    for row in await tx.fetch(HOLDS, redemption_ids):
        why = HoldRefusal(row[9]) if row[9] else None
        found[row[0]].hold = Hold(Request(*row[:8]), HoldState(row[8]), why, row[10])
    for row in await tx.fetch(VERDICTS, redemption_ids):
        kind = VerdictKind(row[1])
        found[row[0]].verdicts[kind] = Verdict(row[0], kind, *row[2:])
    return found


async def save_holds(tx: Tx, holds: Sequence[Hold], account_of: Mapping[UUID, UUID]) -> None:
    """Write new answers, each on the account of whoever its member is by now."""
    if holds:
        await tx.execute(
            SAVE_HOLDS,
            [hold.request.redemption_id for hold in holds],
            [account_of[hold.request.member_id] for hold in holds],
            [hold.request.amount_rupiah for hold in holds],
            [hold.request.cash_rupiah for hold in holds],
            [hold.request.waste_bank_id for hold in holds],
            [hold.request.subdistrict_code for hold in holds],
            [hold.request.requested_at for hold in holds],
            [hold.request.fingerprint for hold in holds],
            [hold.state.value for hold in holds],
            [hold.why.value if hold.why else None for hold in holds],
            [hold.available_rupiah for hold in holds],
            [hold.request.member_id for hold in holds],
        )


async def move_holds(tx: Tx, states: Mapping[UUID, HoldState]) -> None:
    """End holds: redemption id to its final state."""
    if states:
        await tx.execute(MOVE_HOLDS, list(states), [state.value for state in states.values()])


async def save_verdicts(tx: Tx, verdicts: Sequence[Verdict]) -> None:
    """Write verdicts, or what became of those that waited."""
    if verdicts:
        await tx.execute(
            SAVE_VERDICTS,
            [verdict.redemption_id for verdict in verdicts],
            [verdict.kind.value for verdict in verdicts],
            [verdict.member_id for verdict in verdicts],
            [verdict.amount_rupiah for verdict in verdicts],
            [verdict.subdistrict_code for verdict in verdicts],
            [verdict.happened_at for verdict in verdicts],
            [verdict.fingerprint for verdict in verdicts],
            [verdict.cost_rupiah for verdict in verdicts],
            [verdict.provider for verdict in verdicts],
            [verdict.why for verdict in verdicts],
            [verdict.reason for verdict in verdicts],
            [verdict.obeyed for verdict in verdicts],
            [verdict.contradiction for verdict in verdicts],
        )
