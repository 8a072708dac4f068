"""Deposits as people read them: page by page, or one with all that happened to it."""

from dataclasses import dataclass
from uuid import UUID

from services.deposit.store import history, reading
from services.deposit.store.reading import Place, Wanted
from services.deposit.store.rows import Deposit, NewStep
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class Page:
    """Some deposits and the place where the next page begins; None after the last one."""

    deposits: list[Deposit]
    next_place: Place | None


async def list_deposits(tx: Tx, wanted: Wanted) -> Page:
    """One page, the latest weighing first; the set-aside ones are listed the longest waiting first."""
    found = await reading.page(tx, wanted)
    if len(found) <= wanted.limit:
        return Page(found, None)
    kept = found[: wanted.limit]
    return Page(kept, reading.place_of(kept[-1]))


async def list_quarantine(tx: Tx, wanted: Wanted) -> Page:
    """One page of what waits for a decision, the oldest first."""
    found = await reading.quarantine(tx, wanted)
    if len(found) <= wanted.limit:
        return Page(found, None)
    kept = found[: wanted.limit]
    return Page(kept, Place(kept[-1].state_since, kept[-1].deposit_id))


async def read_deposit(tx: Tx, deposit_id: UUID) -> tuple[Deposit, list[NewStep]] | None:
    """One deposit with its steps, oldest first; None if it is not known or was only voided ahead."""
    deposit = await reading.one(tx, deposit_id)
    if deposit is None:
        return None
    return deposit, await history.steps_of(tx, deposit_id)


__all__ = [
    "Deposit",
    "NewStep",
    "Page",
    "Place",
    "Wanted",
    "list_deposits",
    "list_quarantine",
    "read_deposit",
]
