"""A deposit that does not count any more: voided, or corrected by another one. The original stays."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State, Step
from services.deposit.store import bags, deposits, history, suspicions
from services.deposit.store.rows import Deposit, NewStep, VoidedAhead
from services.deposit.workflows.bags_telling import say_settled
from services.deposit.workflows.telling import Telling
from services.deposit.workflows.weighings import Actor
from shared.runtime.audit import Act
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ends a deposit, why, and what takes its place."""

    actor: Actor
    reason: str
    replaced_by: UUID | None = None
    # The rejection of a flag: whoever recorded or carried the deposit may not be the one.
    second_person: bool = False


async def void_deposit(tx: Tx, deposit_id: UUID, ending: Ending, now: datetime) -> State | Refusal:
    """Void a deposit. Voiding it again changes nothing; the void of an unknown deposit waits for it."""
    telling = Telling(now)
    ended = await end_deposit(tx, telling, deposit_id, ending)
    await telling.finish(tx)
    return ended


async def end_deposit(tx: Tx, telling: Telling, deposit_id: UUID, ending: Ending) -> State | Refusal:
    """End a deposit within a transaction that may do more; the caller finishes the telling."""
    found = await deposits.lock(tx, deposit_id)
    if found is None:
        if ending.second_person:
            return Refusal.DEPOSIT_NOT_FOUND
        if await _void_ahead(tx, deposit_id, ending, telling.now):
            telling.act(_act(deposit_id, ending, None, None, State.VOIDED_AHEAD))
            return State.VOIDED_AHEAD
        found = await deposits.lock(tx, deposit_id)
    if isinstance(found, VoidedAhead):
        return _again(found, ending, State.VOIDED_AHEAD)
    if found is None:
        raise deposits.MetAnotherWriterError(f"deposit {deposit_id} came and went")
    refusal = _may_end(found, ending)
    if refusal is not None:
        return refusal
    if found.state is State.VOIDED:
        return _again(found, ending, State.VOIDED)
    await deposits.move(
        tx, deposit_id, State.VOIDED, telling.now, why=found.why, replaced_by=ending.replaced_by
    )
    telling.step(deposit_id, Step.VOIDED, ending.actor.person_id, ending.reason)
    telling.voided(found, ending.actor.person_id, ending.reason, ending.replaced_by)
    telling.act(_act(deposit_id, ending, found.subdistrict_code, found.state, State.VOIDED))
    await after_end(tx, deposit_id, telling.now)
    return State.VOIDED


async def after_end(tx: Tx, deposit_id: UUID, now: datetime) -> None:
    """What follows when a deposit does not count any more: its bags are open again, and nobody need suspect it."""
    await say_settled(tx, await bags.settle_bags_of(tx, deposit_id), now)
    await suspicions.close_for(tx, deposit_id, now)


def _act(
    deposit_id: UUID, ending: Ending, subdistrict_code: str | None, before: State | None, after: State
) -> Act:
    return Act(
        action="deposit_voided" if ending.replaced_by is None else "deposit_corrected",
        subject_kind="deposit",
        subject_id=str(deposit_id),
        subdistrict_code=subdistrict_code,
        before=None if before is None else {"state": before.value},
        after={"state": after.value}
        | ({"replaced_by": str(ending.replaced_by)} if ending.replaced_by is not None else {}),
        reason=ending.reason,
        **ending.actor.done(),
    )


async def _void_ahead(tx: Tx, deposit_id: UUID, ending: Ending, now: datetime) -> bool:
    """False if the deposit arrived in this very moment."""
    if not await deposits.void_ahead(tx, deposit_id, now, ending.replaced_by):
        return False
    actor = ending.actor
    limits = (sorted(actor.waste_bank_ids), sorted(actor.areas))
    await history.add_void_ahead_step(
        tx, NewStep(deposit_id, Step.VOIDED, now, actor.person_id, ending.reason, *limits)
    )
    return True


def _may_end(found: Deposit, ending: Ending) -> Refusal | None:
    if not ending.actor.may_act_at(found.waste_bank_id, found.subdistrict_code):
        return Refusal.NOT_YOUR_WASTE_BANK
    if ending.second_person and found.was_handled_by(ending.actor.person_id):
        return Refusal.SECOND_PERSON_NEEDED
    if found.state is State.REJECTED:
        return Refusal.DEPOSIT_ALREADY_ENDED
    return None


def _again(found: Deposit | VoidedAhead, ending: Ending, state: State) -> State | Refusal:
    """A void of what is void is a repeat; a correction of it only if it is the same correction."""
    if ending.replaced_by is None or found.replaced_by_deposit_id == ending.replaced_by:
        return state
    return Refusal.DEPOSIT_ALREADY_ENDED
