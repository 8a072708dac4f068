"""Weighings taken in: recorded, told to be a repeat, or set aside. A recorded deposit is never refused."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.deposit.domain.areas import lies_within
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State
from services.deposit.domain.weighing import Judge, fingerprint
from services.deposit.store import deposits, history, members
from services.deposit.store.rows import NewDeposit, Stored
from services.deposit.workflows.bags import weigh_bags
from services.deposit.workflows.ending import Ending, end_deposit
from services.deposit.workflows.suspicion import Doubts, first_suspected
from services.deposit.workflows.telling import Telling
from services.deposit.workflows.weighings import LINES, Actor, Handed, Outcome, Weighing, refused
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act
from shared.runtime.database import Tx

_lines_json = LINES.serializer.to_json


async def record_deposits(tx: Tx, handed: Sequence[Handed], rollout: Rollout, now: datetime) -> list[Outcome]:
    """Take the weighings in, each on its own merits; outcomes in the order given.

    The same id again is a repeat if its content is the same, else a conflict in which the first one stays.
    """
    known, erased = await known_members(tx, {item.weighing.member_id for item in handed})
    judge, telling, doubts = Judge(rollout, known, erased), Telling(now), Doubts(now)
    outcomes: dict[int, Outcome] = {}
    plain: list[int] = []
    corrections: list[int] = []
    for position, item in enumerate(handed):
        refusal = _refusal(item, rollout)
        if refusal is not None:
            outcomes[position] = refused(refusal)
        else:
            (plain if item.weighing.replaces is None else corrections).append(position)
    rows = [_row(handed[position], judge) for position in plain]
    taken = await _take_in(tx, telling, doubts, rows, [handed[position] for position in plain])
    outcomes.update(zip(plain, taken, strict=True))
    # After the rest, and one by one: a correction may correct what came in with it.
    for position in corrections:
        row = _row(handed[position], judge)
        outcomes[position] = await _correct(tx, telling, doubts, row, handed[position])
    in_order = [outcomes[position] for position in range(len(handed))]
    if any(item.weighing.bag_ids for item in handed):
        in_order = await weigh_bags(tx, doubts, handed, in_order, rollout, now)
    in_order = await _with_doubles(tx, doubts, handed, in_order)
    await doubts.finish(tx)
    await telling.finish(tx)
    return in_order


async def known_members(tx: Tx, member_ids: set[UUID]) -> members.Known:
    """Which of these are registered; the others are held, so that none is registered before this transaction ends."""
    found = await members.known_members(tx, member_ids)
    if len(found.known) < len(member_ids):
        late = await members.mention_members(tx, member_ids - found.known)
        return members.Known(found.known | late.known, found.erased | late.erased)
    return found


async def _with_doubles(
    tx: Tx, doubts: Doubts, handed: Sequence[Handed], outcomes: list[Outcome]
) -> list[Outcome]:
    """The outcomes, with what a person is asked about; a repeat is asked about as it was the first time."""
    repeated = [
        item.weighing.deposit_id
        for item, outcome in zip(handed, outcomes, strict=True)
        if not outcome.new and outcome.refusal is None
    ]
    doubles = doubts.doubles | await first_suspected(tx, repeated) if repeated else doubts.doubles
    if not doubles:
        return outcomes
    return [
        outcome._replace(duplicate_of=doubles[item.weighing.deposit_id])
        if outcome.refusal is None and item.weighing.deposit_id in doubles
        else outcome
        for item, outcome in zip(handed, outcomes, strict=True)
    ]


def belongs_to_others(weighing: Weighing, actor: Actor, rollout: Rollout) -> bool:
    """Whether it was weighed where the actor has no say.

    A waste bank that nobody knows is nobody's: a deposit of it is set aside, not refused.
    """
    if weighing.waste_bank_id in actor.waste_bank_ids:
        return False
    subdistrict = rollout.subdistrict_of(weighing.waste_bank_id)
    return subdistrict is not None and not actor.may_act_at(
        weighing.waste_bank_id, subdistrict.kemendagri_code
    )


def _refusal(item: Handed, rollout: Rollout) -> Refusal | None:
    weighing = item.weighing
    if belongs_to_others(weighing, item.sender.actor, rollout):
        return Refusal.NOT_YOUR_WASTE_BANK
    if weighing.replaces is not None and weighing.replaces.deposit_id == weighing.deposit_id:
        return Refusal.REPLACES_ITSELF
    return None


def _row(item: Handed, judge: Judge) -> NewDeposit:
    weighing, sender = item.weighing, item.sender
    lines_json = _lines_json(weighing.lines)
    replaces_id = None if weighing.replaces is None else weighing.replaces.deposit_id
    state, why, subdistrict_code = judge.judge(
        weighing.waste_bank_id, weighing.weighed_at, weighing.member_id, sender.tablet_revoked_at
    )
    return NewDeposit(
        weighing.deposit_id,
        weighing.member_id,
        weighing.price_list_id,
        sender.actor.person_id,
        sender.tablet_id,
        replaces_id,
        weighing.weighed_at,
        sender.clock_offset_ms,
        state,
        why,
        weighing.channel,
        weighing.waste_bank_id,
        subdistrict_code,
        fingerprint(
            weighing.member_id,
            weighing.price_list_id,
            replaces_id,
            weighing.waste_bank_id,
            weighing.channel,
            weighing.weighed_at,
            lines_json,
            weighing.bag_ids,
        ),
        lines_json.decode(),
        None if sender.carrier is None else sender.carrier.person_id,
    )


async def _take_in(
    tx: Tx, telling: Telling, doubts: Doubts, rows: Sequence[NewDeposit], handed: Sequence[Handed]
) -> list[Outcome]:
    """Write what is new and say what became of each."""
    if not rows:
        return []
    first: dict[UUID, NewDeposit] = {}
    for row in rows:
        first.setdefault(row.deposit_id, row)
    # In id order: of two batches with the same ids one waits for the other, and neither for both.
    ordered = sorted(first.values(), key=lambda row: row.deposit_id.int)
    new = await deposits.insert_new(tx, ordered, telling.now)
    if new:
        doubts.compare(rows, new)
    if len(new) == len(rows):
        return [_arrive(telling, row, item) for row, item in zip(rows, handed, strict=True)]
    met = await deposits.stored(tx, first.keys() - new.keys())
    outcomes = []
    for row, item in zip(rows, handed, strict=True):
        if row.deposit_id in new:
            del new[row.deposit_id]
            met[row.deposit_id] = Stored(row.fingerprint, row.state, row.why)
            outcomes.append(_arrive(telling, row, item))
            continue
        before = met[row.deposit_id]
        if before.state is State.VOIDED_AHEAD:
            outcome = await _meet_void(tx, telling, row, item)
            met[row.deposit_id] = Stored(row.fingerprint, outcome.state or before.state, outcome.why)
        else:
            outcome = _compare(row, before)
        outcomes.append(outcome)
    return outcomes


def _arrive(telling: Telling, row: NewDeposit, item: Handed) -> Outcome:
    telling.arrived(row)
    if row.carried_by_id is not None:
        telling.act(_carried(row, item))
    return Outcome(new=True, state=row.state, why=row.why)


def _carried(row: NewDeposit, item: Handed) -> Act:
    """Somebody handed over what another person weighed."""
    return Act(
        action="deposit_carried",
        subject_kind="deposit",
        subject_id=str(row.deposit_id),
        subdistrict_code=row.subdistrict_code,
        after={
            "state": row.state.value,
            "recorder_id": str(row.recorder_id),
            "tablet_id": str(row.tablet_id),
        },
        **(item.sender.carrier or item.sender.actor).done(),
    )


def _compare(row: NewDeposit, before: Stored) -> Outcome:
    if row.fingerprint == before.fingerprint:
        return Outcome(new=False, state=before.state, why=before.why)
    return refused(Refusal.DEPOSIT_CONFLICT)


async def _meet_void(tx: Tx, telling: Telling, row: NewDeposit, item: Handed) -> Outcome:
    """A deposit arrives whose void came ahead: it is told as usual, and voided at once."""
    await deposits.lock(tx, row.deposit_id)
    before = (await deposits.stored(tx, [row.deposit_id]))[row.deposit_id]
    if before.state is not State.VOIDED_AHEAD:
        return _compare(row, before)
    void = await history.void_step(tx, row.deposit_id)
    if void.waste_bank_ids is not None and not lies_within(
        set(void.waste_bank_ids), set(void.areas or ()), row.waste_bank_id, row.subdistrict_code
    ):
        await deposits.fill_voided_ahead(tx, row, telling.now)
        await history.refuse_void_ahead(tx, row.deposit_id)
        return _arrive(telling, row, item)
    await deposits.fill_voided_ahead(tx, row._replace(state=State.VOIDED), telling.now)
    filled = await deposits.lock(tx, row.deposit_id)
    replaced_by = None if filled is None else filled.replaced_by_deposit_id
    _arrive(telling, row, item)
    telling.voided(row, void.by_id or item.sender.actor.person_id, void.reason or "", replaced_by)
    return Outcome(new=True, state=State.VOIDED, why=row.why)


async def _correct(tx: Tx, telling: Telling, doubts: Doubts, row: NewDeposit, item: Handed) -> Outcome:
    """Take in a weighing that replaces another one, and void that one, or do neither."""
    replaces = item.weighing.replaces
    if replaces is None:
        raise ValueError("a correction names what it replaces")
    before = (await deposits.stored(tx, [row.deposit_id])).get(row.deposit_id)
    if before is not None and before.state is not State.VOIDED_AHEAD:
        return _compare(row, before)
    ending = Ending(item.sender.actor, replaces.reason, replaced_by=row.deposit_id)
    ended = await end_deposit(tx, telling, replaces.deposit_id, ending)
    if isinstance(ended, Refusal):
        return refused(ended)
    outcome = (await _take_in(tx, telling, doubts, [row], [item]))[0]
    if outcome.refusal is not None:
        raise deposits.MetAnotherWriterError(
            f"deposit {row.deposit_id} was written by somebody else meanwhile"
        )
    return outcome
