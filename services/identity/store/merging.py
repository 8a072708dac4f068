"""Queries about proposals to merge, merges, and moves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.identity.domain.merges import Proposal, State
from services.identity.domain.people import Move
from shared.kernel.ids import uuid7
from shared.runtime.database import Tx

_COLUMNS = """
id, member_id, into_member_id, state, proposed_by, proposed_at, why, decided_by, decided_at, decided_why
"""


async def add_proposal(tx: Tx, proposal: Proposal) -> Proposal:
    """Store an open proposal, or return the open one that the member has already."""
    await tx.execute(
        """
        insert into merge_proposal (id, member_id, into_member_id, state, proposed_by, proposed_at, why)
        values ($1, $2, $3, 'open', $4, $5, $6) on conflict do nothing
        """,
        proposal.id,
        proposal.member_id,
        proposal.into_member_id,
        proposal.proposed_by,
        proposal.proposed_at,
        proposal.why,
    )
    row = await tx.fetchrow(
        f"select {_COLUMNS} from merge_proposal where member_id = $1 and state = 'open'",  # noqa: S608 - our columns
        proposal.member_id,
    )
    return proposal if row is None else Proposal(**row)


async def find_proposal(tx: Tx, proposal_id: UUID) -> Proposal | None:
    """A proposal, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from merge_proposal where id = $1", proposal_id)  # noqa: S608
    return None if row is None else Proposal(**row)


async def decide(
    tx: Tx, proposal_id: UUID, state: State, by: UUID | None, reason: str | None, now: datetime
) -> bool:
    """Close an open proposal; False if it was closed before."""
    found = await tx.fetchval(
        """
        update merge_proposal set state = $2, decided_by = $3, decided_why = $4, decided_at = $5
        where id = $1 and state = 'open' returning 1
        """,
        proposal_id,
        state,
        by,
        reason,
        now,
    )
    return found is not None


async def overtake(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    """Close the open proposals that name a member who was just merged away or left."""
    await tx.execute(
        """
        update merge_proposal set state = 'overtaken', decided_at = $2
        where state = 'open' and (member_id = any($1::uuid[]) or into_member_id = any($1::uuid[]))
        """,
        list(member_ids),
        now,
    )


async def proposals_in(
    tx: Tx,
    *,
    state: State,
    waste_bank_ids: Sequence[str] | None,
    subdistrict_codes: Sequence[str],
    regency_codes: Sequence[str],
    after: UUID | None,
    at_most: int,
) -> list[Proposal]:
    """Proposals of whose two members both are in an area: banks if they are given, else sub-districts and regencies."""
    within = """
        case when $2::text[] is null
             then {0}.subdistrict_code = any($3::text[]) or left({0}.subdistrict_code, 5) = any($4::text[])
             else {0}.waste_bank_id = any($2::text[]) end
    """
    columns = ", ".join(f"p.{column.strip()}" for column in _COLUMNS.split(","))
    rows = await tx.fetch(
        f"""
        select {columns} from merge_proposal p
        join member a on a.id = p.member_id join member b on b.id = p.into_member_id
        where p.state = $1 and ({within.format("a")}) and ({within.format("b")})
          and ($5::uuid is null or p.id > $5)
        order by p.id limit $6
        """,  # noqa: S608 - our columns
        state,
        None if waste_bank_ids is None else list(waste_bank_ids),
        list(subdistrict_codes),
        list(regency_codes),
        after,
        at_most,
    )
    return [Proposal(**row) for row in rows]


async def absorb(tx: Tx, member_ids: Sequence[UUID], into_member_id: UUID, now: datetime) -> None:
    """From now on these ids mean the survivor."""
    await tx.execute(
        "update member set merged_into_id = $2, merged_at = $3 where id = any($1::uuid[])",
        list(member_ids),
        into_member_id,
        now,
    )


async def add_move(tx: Tx, move: Move) -> None:
    """Keep where a member was before."""
    await tx.execute(
        """
        insert into member_move (id, member_id, from_waste_bank_id, from_subdistrict_code, waste_bank_id,
                                 subdistrict_code, moved_at, moved_by, why)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        uuid7(),
        move.member_id,
        move.from_waste_bank_id,
        move.from_subdistrict_code,
        move.waste_bank_id,
        move.subdistrict_code,
        move.moved_at,
        move.moved_by,
        move.why,
    )


async def moves_of(tx: Tx, member_ids: Sequence[UUID]) -> list[Move]:
    """Where members went, oldest first."""
    rows = await tx.fetch(
        """
        select member_id, from_waste_bank_id, from_subdistrict_code, waste_bank_id, subdistrict_code, moved_at,
               moved_by, why
        from member_move where member_id = any($1::uuid[]) order by moved_at, id
        """,
        list(member_ids),
    )
    return [Move(**row) for row in rows]


async def forget_reasons(tx: Tx, member_ids: Sequence[UUID]) -> None:
    """What was written about members who left goes with them; that it happened stays."""
    ids = list(member_ids)
    await tx.execute("update member_move set why = null where member_id = any($1::uuid[])", ids)
    await tx.execute(
        """
        update merge_proposal set why = null, decided_why = null
        where member_id = any($1::uuid[]) or into_member_id = any($1::uuid[])
        """,
        ids,
    )
