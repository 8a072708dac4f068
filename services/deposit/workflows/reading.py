"""Deposits as people read them: page by page, or one with all that happened to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.deposit.store import bags, history, members, reading
from services.deposit.store.members import Home
from services.deposit.store.reading import Wanted
from services.deposit.store.rows import Deposit, NewStep
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class Page:
    """Some deposits and the place where the next page begins; None after the last one."""

    deposits: list[Deposit]
    next_place: tuple[datetime, UUID] | None


async def list_deposits(tx: Tx, wanted: Wanted) -> Page:
    """One page, the latest weighing first; the set-aside ones are listed the longest waiting first."""
    ids = None if wanted.member_id is None else await members.family(tx, wanted.member_id)
    found = await reading.page(tx, wanted, ids)
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
    return Page(kept, (kept[-1].state_since, kept[-1].deposit_id))


@dataclass(frozen=True, slots=True)
class Story:
    """One deposit with its steps, oldest first, and the bags that it says it emptied."""

    deposit: Deposit
    steps: list[NewStep]
    bag_ids: list[UUID]


async def read_deposit(tx: Tx, deposit_id: UUID) -> Story | None:
    """One deposit with all that is known of it; None if it is not known or was only voided ahead."""
    deposit = await reading.one(tx, deposit_id)
    if deposit is None:
        return None
    return Story(deposit, await history.steps_of(tx, deposit_id), await bags.bags_of(tx, deposit_id))


async def is_own(tx: Tx, deposit: Deposit, member_id: UUID | None) -> bool:
    """Whether a deposit belongs to a member, under any id that means them."""
    if member_id is None:
        return False
    return deposit.member_id == member_id or deposit.member_id in await members.family(tx, member_id)


async def is_own_id(tx: Tx, member_id: UUID | None, asked: UUID | None) -> bool:
    """Whether an id that a member asks about means themselves; asking about none is asking about oneself."""
    if member_id is None:
        return False
    return asked in {None, member_id} or asked in await members.family(tx, member_id)


async def own_deposits(tx: Tx, member_id: UUID) -> list[Deposit]:
    """Every deposit of a member under every id, the latest weighing first."""
    return await reading.all_of_members(tx, await members.family(tx, member_id))


async def home_of(tx: Tx, member_id: UUID) -> Home | None:
    """Where the member belongs whom an id means now; None if nobody knows of them."""
    return await members.home_of(tx, (await members.family(tx, member_id))[0])


__all__ = [
    "Deposit",
    "Home",
    "NewStep",
    "Page",
    "Story",
    "Wanted",
    "home_of",
    "is_own",
    "is_own_id",
    "list_deposits",
    "list_quarantine",
    "own_deposits",
    "read_deposit",
]
