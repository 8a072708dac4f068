"""What happened to deposits after they were received."""

from collections.abc import Sequence
from uuid import UUID

from services.deposit.store.rows import NewStep
from shared.runtime.database import Tx

_VOID_AHEAD_STEP = """
insert into deposit_step (deposit_id, step, at, by_id, reason, waste_bank_ids, areas)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_STEPS = """
insert into deposit_step (deposit_id, step, at, by_id, reason) select * from unnest(
    $1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[])
"""


async def add_steps(tx: Tx, steps: Sequence[NewStep]) -> None:
    """Add to the history of deposits."""
    await tx.execute(_STEPS, *list(zip(*steps, strict=True))[:5])


async def add_void_ahead_step(tx: Tx, step: NewStep) -> None:
    """Add a void that came ahead, with the limits of whoever said it."""
    await tx.execute(_VOID_AHEAD_STEP, *step)


async def void_step(tx: Tx, deposit_id: UUID) -> NewStep:
    """The step that voided a deposit."""
    row = await tx.fetchrow(
        "select deposit_id, step, at, by_id, reason, waste_bank_ids, areas from deposit_step "
        "where deposit_id = $1 and step = 'voided' order by step_id limit 1",
        deposit_id,
    )
    return NewStep(*row)


async def refuse_void_ahead(tx: Tx, deposit_id: UUID) -> None:
    """Mark a void that came ahead as one that did not hold."""
    await tx.execute(
        "update deposit_step set step = 'void_refused' where deposit_id = $1 and step = 'voided'", deposit_id
    )


async def steps_of(tx: Tx, deposit_id: UUID) -> list[NewStep]:
    """All steps of a deposit, oldest first."""
    rows = await tx.fetch(
        "select deposit_id, step, at, by_id, reason, waste_bank_ids, areas from deposit_step "
        "where deposit_id = $1 order by step_id",
        deposit_id,
    )
    return [NewStep(*row) for row in rows]
