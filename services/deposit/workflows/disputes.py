"""Complaints about deposits: opened, answered by somebody who did not record the deposit, or taken back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.deposit.domain.disputes import DisputeRefusal, due_at, fits, may_have_been_said
from services.deposit.domain.states import State
from services.deposit.store import disputes, members, reading
from services.deposit.store.disputes import Dispute
from services.deposit.workflows.disputes_reading import opened, place_of
from services.deposit.workflows.weighings import Actor
from shared.contracts import DisputeAnswered, DisputeOpened
from shared.contracts.disputes import DepositComplaint, Outcome
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer

# A deposit may be corrected, and the correction corrected again.
_CORRECTIONS_MAX = 20


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody does not agree with: a deposit, or one that is missing at a waste bank.

    `said_at`: when it was said at the counter, on paper, if it is written down here only later.
    """

    dispute_id: UUID
    member_id: UUID
    complaint: DepositComplaint
    words: str
    deposit_id: UUID | None = None
    waste_bank_id: str | None = None
    assisted: bool = False
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a dispute ends, in words to the member; and the deposit that took the place of the wrong one, if any."""

    outcome: Outcome
    words: str
    correction_deposit_id: UUID | None = None


class Received(NamedTuple):
    """A dispute as it stands; `new` is false for a repeat."""

    dispute: Dispute
    new: bool


async def open_dispute(
    tx: Tx, sealer: Sealer, given: Complaint, by: Actor, rollout: Rollout, now: datetime
) -> Received | DisputeRefusal:
    """Open a dispute. The same id again is a repeat if it says the same. One deposit has one open dispute at a time."""
    wrong = _wrong(given, now)
    if wrong is not None:
        return wrong
    family = await members.family(tx, given.member_id)
    # Held, so that whoever erases the member meanwhile finds these words.
    held = await members.mention_members(tx, family)
    before = await disputes.one(tx, given.dispute_id)
    if before is not None:
        return _repeated(before, family, given, sealer)
    if held.erased:
        return DisputeRefusal.NOT_FOUND
    where = await _where(tx, given, family, rollout)
    if isinstance(where, DisputeRefusal):
        return where
    if given.assisted and not by.may_act_at(*where):
        return DisputeRefusal.NOT_YOUR_AREA
    sealed = sealer.seal(given.words, place_of(given.dispute_id, "words"))
    dispute = _new(given, where, sealed, by, given.said_at or now, rollout.dispute_answer_days)
    if not await disputes.insert(tx, dispute):
        # The same was sent twice at once, or the deposit has another dispute that is still open.
        taken = await disputes.one(tx, given.dispute_id)
        return DisputeRefusal.ALREADY_OPEN if taken is None else _repeated(taken, family, given, sealer)
    event = DisputeOpened(
        **_common(dispute, now),
        opened_by=by.person_id,
        assisted=given.assisted,
        deposit_id=given.deposit_id,
        complaint=given.complaint,
    )
    await say(tx, [event])
    await _note(tx, "dispute_opened", dispute, by, now)
    return Received(dispute, new=True)


def _new(
    given: Complaint, where: tuple[str, str], words: bytes, by: Actor, opened_at: datetime, answer_days: int
) -> Dispute:
    return Dispute(
        dispute_id=given.dispute_id,
        member_id=given.member_id,
        deposit_id=given.deposit_id,
        waste_bank_id=where[0],
        subdistrict_code=where[1],
        complaint=given.complaint,
        words=words,
        opened_at=opened_at,
        opened_by=by.person_id,
        assisted=given.assisted,
        due_at=due_at(opened_at, answer_days),
    )


def _wrong(given: Complaint, now: datetime) -> DisputeRefusal | None:
    """What makes no sense of itself, whoever says it."""
    if not fits(given.complaint, names_deposit=given.deposit_id is not None):
        return DisputeRefusal.COMPLAINT_DOES_NOT_FIT
    if given.said_at is not None and not may_have_been_said(given.said_at, now, assisted=given.assisted):
        return DisputeRefusal.SAID_WHEN
    return None


def _repeated(
    before: Dispute, family: list[UUID], given: Complaint, sealer: Sealer
) -> Received | DisputeRefusal:
    words = opened(sealer, before).words
    same = (
        before.member_id in family
        and (before.deposit_id, before.complaint) == (given.deposit_id, given.complaint)
        and words in {None, given.words}
    )
    return Received(before, new=False) if same else DisputeRefusal.CONFLICT


async def _where(
    tx: Tx, given: Complaint, family: list[UUID], rollout: Rollout
) -> tuple[str, str] | DisputeRefusal:
    """The waste bank and sub-district that answer: of the deposit, or as named, or where the member belongs."""
    if given.deposit_id is not None:
        deposit = await reading.one(tx, given.deposit_id)
        if deposit is None or deposit.member_id not in family:
            return DisputeRefusal.DEPOSIT_NOT_FOUND
        return deposit.waste_bank_id, deposit.subdistrict_code
    if given.waste_bank_id is not None:
        subdistrict = rollout.subdistrict_of(given.waste_bank_id)
        if subdistrict is None:
            return DisputeRefusal.PLACE_UNKNOWN
        return given.waste_bank_id, subdistrict.kemendagri_code
    home = await members.home_of(tx, family[0])
    if home is None or home.waste_bank_id is None or home.subdistrict_code is None:
        return DisputeRefusal.PLACE_UNKNOWN
    return home.waste_bank_id, home.subdistrict_code


async def answer_dispute(
    tx: Tx, sealer: Sealer, dispute_id: UUID, answer: Answer, by: Actor, now: datetime
) -> Dispute | DisputeRefusal:
    """Answer a dispute, never as who recorded or carried its deposit. The same answer again changes nothing."""
    found = await disputes.lock(tx, dispute_id)
    if found is None or not by.may_act_at(found.waste_bank_id, found.subdistrict_code):
        return DisputeRefusal.NOT_FOUND
    if found.answered_at is not None:
        same = (found.outcome, found.correction_deposit_id) == (answer.outcome, answer.correction_deposit_id)
        same = same and opened(sealer, found).answer_words in {None, answer.words}
        return found if same else DisputeRefusal.ALREADY_ANSWERED
    if found.deposit_id is not None:
        deposit = await reading.one(tx, found.deposit_id)
        if deposit is not None and deposit.was_handled_by(by.person_id):
            return DisputeRefusal.OWN_DEPOSIT
    if answer.correction_deposit_id is not None and not await _corrects(
        tx, found, answer.correction_deposit_id
    ):
        return DisputeRefusal.NOT_CORRECTED
    sealed = sealer.seal(answer.words, place_of(dispute_id, "answer_words"))
    return await _end(tx, replace(found, answer_words=sealed), answer, by, now)


async def withdraw_dispute(
    tx: Tx, dispute_id: UUID, member_id: UUID, by: Actor, now: datetime
) -> Dispute | DisputeRefusal:
    """The member takes a dispute back. Again changes nothing."""
    found = await disputes.lock(tx, dispute_id)
    if found is None or found.member_id not in await members.family(tx, member_id):
        return DisputeRefusal.NOT_FOUND
    if found.outcome == "withdrawn":
        return found
    if found.answered_at is not None:
        return DisputeRefusal.ALREADY_ANSWERED
    return await _end(tx, found, Answer("withdrawn", ""), by, now)


async def _end(tx: Tx, found: Dispute, answer: Answer, by: Actor, now: datetime) -> Dispute:
    ended = replace(
        found,
        outcome=answer.outcome,
        answered_at=now,
        answered_by=by.person_id,
        correction_deposit_id=answer.correction_deposit_id,
    )
    await disputes.answer(tx, ended)
    event = DisputeAnswered(
        **_common(ended, now),
        outcome=answer.outcome,
        answered_by=by.person_id,
        answered_at=now,
        deposit_id=ended.deposit_id,
        correction_deposit_id=ended.correction_deposit_id,
    )
    await say(tx, [event])
    await _note(tx, "dispute_answered", ended, by, now)
    return ended


async def _corrects(tx: Tx, dispute: Dispute, correction_id: UUID) -> bool:
    """Whether a deposit really stands in place of the disputed one, or is that one and void, or is the missing one."""
    if dispute.deposit_id is None:
        missing = await reading.one(tx, correction_id)
        family = await members.family(tx, dispute.member_id)
        return missing is not None and missing.member_id in family and missing.state is State.RECORDED
    step = dispute.deposit_id
    for _ in range(_CORRECTIONS_MAX):
        deposit = await reading.one(tx, step)
        if deposit is None or deposit.state is not State.VOIDED:
            return False
        if correction_id in {step, deposit.replaced_by_deposit_id}:
            return True
        if deposit.replaced_by_deposit_id is None:
            return False
        step = deposit.replaced_by_deposit_id
    return False


def _common(dispute: Dispute, now: datetime) -> dict[str, Any]:
    return {
        "event_id": uuid7(),
        "recorded_at": now,
        "member_id": dispute.member_id,
        "dispute_id": dispute.dispute_id,
        "subdistrict_code": dispute.subdistrict_code,
        "waste_bank_id": dispute.waste_bank_id,
        "opened_at": dispute.opened_at,
        "due_at": dispute.due_at,
    }


async def _note(tx: Tx, action: str, dispute: Dispute, by: Actor, now: datetime) -> None:
    correction = dispute.correction_deposit_id
    after: dict[str, Any] = {"complaint": dispute.complaint, "assisted": dispute.assisted}
    if dispute.outcome is not None:
        after = {"outcome": dispute.outcome, "late": now >= dispute.due_at}
    if correction is not None:
        after["correction_deposit_id"] = str(correction)
    act = Act(
        action=action,
        subject_kind="dispute",
        subject_id=str(dispute.dispute_id),
        subdistrict_code=dispute.subdistrict_code,
        after=after,
        **by.done(),
    )
    await note(tx, [act], now)
