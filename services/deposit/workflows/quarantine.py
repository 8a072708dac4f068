"""What was set aside: put there when a member stays unknown, decided by a second person."""

from datetime import datetime, timedelta
from uuid import UUID

from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State, Step, Why
from services.deposit.store import deposits, history, reading
from services.deposit.store.rows import Deposit, VoidedAhead
from services.deposit.workflows.ending import after_end
from services.deposit.workflows.recording import known_members
from services.deposit.workflows.telling import Telling
from services.deposit.workflows.weighings import Actor
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act
from shared.runtime.database import Tx

# One transaction stays short; the loop comes again at once when there was this much.
OVERDUE_AT_ONCE = 500


async def accept_quarantined(
    tx: Tx, deposit_id: UUID, actor: Actor, reason: str | None, rollout: Rollout, now: datetime
) -> State | Refusal:
    """Let a quarantined deposit count after all. Accepting it again changes nothing.

    Its member may still be unknown when the place was the reason: then it waits for the member.
    """
    seen = await reading.one(tx, deposit_id)
    if seen is None:
        return Refusal.DEPOSIT_NOT_FOUND
    # Members are locked before deposits everywhere, so that nobody waits in a circle.
    known = (await known_members(tx, {seen.member_id})).known
    found = await deposits.lock(tx, deposit_id)
    if not isinstance(found, Deposit):
        return Refusal.DEPOSIT_NOT_FOUND
    if found.state in {State.RECORDED, State.WAITING_FOR_MEMBER} and await _was_accepted(tx, found):
        return found.state
    refusal = _may_decide(found, actor)
    if refusal is not None:
        return refusal
    subdistrict = rollout.subdistrict_of(found.waste_bank_id)
    if subdistrict is None:
        return Refusal.WASTE_BANK_STILL_UNKNOWN
    telling = Telling(now)
    telling.step(deposit_id, Step.ACCEPTED, actor.person_id, reason)
    state = State.RECORDED
    if found.member_id not in known and found.why is not Why.UNKNOWN_MEMBER:
        state = State.WAITING_FOR_MEMBER
        telling.step(deposit_id, Step.WAITING_FOR_MEMBER)
    await deposits.move(tx, deposit_id, state, now, subdistrict_code=subdistrict.kemendagri_code)
    if state is State.RECORDED:
        moved = await reading.one(tx, deposit_id)
        if moved is not None:
            telling.recorded(moved)
    telling.act(_act("quarantine_accepted", found, actor, state, reason))
    await telling.finish(tx)
    return state


async def reject_quarantined(
    tx: Tx, deposit_id: UUID, actor: Actor, reason: str, now: datetime
) -> State | Refusal:
    """Decide that a quarantined deposit will never count. Rejecting it again changes nothing."""
    found = await deposits.lock(tx, deposit_id)
    if found is None or isinstance(found, VoidedAhead):
        return Refusal.DEPOSIT_NOT_FOUND
    if found.state is State.REJECTED:
        return State.REJECTED
    refusal = _may_decide(found, actor)
    if refusal is not None:
        return refusal
    await deposits.move(tx, deposit_id, State.REJECTED, now, why=found.why)
    telling = Telling(now)
    telling.rejected(found, actor.person_id, reason)
    telling.act(_act("quarantine_rejected", found, actor, State.REJECTED, reason))
    await after_end(tx, deposit_id, now)
    await telling.finish(tx)
    return State.REJECTED


async def quarantine_overdue(tx: Tx, waiting: timedelta, now: datetime) -> int:
    """Set aside, for a person, what has waited too long for its member; returns how many there were."""
    overdue = await deposits.quarantine_overdue(tx, now - waiting, now, OVERDUE_AT_ONCE)
    telling = Telling(now)
    for deposit in overdue:
        telling.quarantined(deposit)
    await telling.finish(tx)
    return len(overdue)


def _act(action: str, found: Deposit, actor: Actor, after: State, reason: str | None) -> Act:
    return Act(
        action=action,
        subject_kind="deposit",
        subject_id=str(found.deposit_id),
        subdistrict_code=found.subdistrict_code,
        before={"state": found.state.value, "reason": found.why},
        after={"state": after.value},
        reason=reason,
        **actor.done(),
    )


def _may_decide(found: Deposit, actor: Actor) -> Refusal | None:
    if not actor.may_act_at(found.waste_bank_id, found.subdistrict_code):
        return Refusal.NOT_YOUR_WASTE_BANK
    if found.state is not State.QUARANTINED:
        return Refusal.QUARANTINE_RESOLVED
    if found.was_handled_by(actor.person_id):
        return Refusal.SECOND_PERSON_NEEDED
    return None


async def _was_accepted(tx: Tx, found: Deposit) -> bool:
    steps = await history.steps_of(tx, found.deposit_id)
    return any(step.step == Step.ACCEPTED for step in steps)
