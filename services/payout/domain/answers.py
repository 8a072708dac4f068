"""What a biller's answer means for a redemption. Not knowing is never failing."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import OPEN, State

# The first throttled question, and the one that is asked once more.
_THROTTLED_ASKS = 2


class Meaning(StrEnum):
    """The class of an answer; each biller's adapter maps its own codes to these."""

    SUCCESS = "success"
    PENDING = "pending"
    SUSPECT = "suspect"  # officially failed, yet often sold: ask again before believing it
    THROTTLED = "throttled"
    OUR_FAULT = "our_fault"
    FLOAT_EMPTY = "float_empty"
    RESIDENT_INPUT = "resident_input"
    PRODUCT = "product"
    IDENTITY = "identity"
    REVERSAL = "reversal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BillerAnswer:
    """One answer about one purchase, in our words. `created`: the biller has a transaction with our reference.

    `price_rupiah` and `balance_rupiah` are None where the biller did not say.
    """

    meaning: Meaning
    code: str
    reason: Reason
    created: bool = False
    serial: str = ""
    price_rupiah: int | None = None
    balance_rupiah: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to doubt an official failure, how long to ask at all, how many new attempts a throttle may cost."""

    suspect_grace: timedelta = timedelta(minutes=10)
    suspect_asks: int = 2
    review_after: timedelta = timedelta(hours=24)
    attempts_max: int = 5


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about a redemption when an answer comes in. `asks` counts this attempt's calls, this one too."""

    state: State
    reason: Reason | None
    needs_serial: bool
    created: bool
    asks: int
    attempt_no: int
    throttled: bool = False
    suspected_at: datetime | None = None
    suspect_asks: int = 0
    first_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state to take (None: stay), why, and whether to ask again or begin a new attempt."""

    state: State | None
    reason: Reason
    ask_again: bool = False
    new_attempt: bool = False
    alarm: bool = False


def judge(case: Case, answer: BillerAnswer, patience: Patience, now: datetime) -> Verdict:
    """Decide what the answer does. It is safe to judge the same answer again, and answers that come out of order."""
    if case.state in OPEN:
        return _overdue(case, _judge_open(case, answer, patience, now), patience, now)
    if case.state in {State.SUCCEEDED, State.SETTLED}:
        return _judge_delivered(answer)
    if case.state in {State.FAILED, State.RELEASED}:
        # The credit may be with the resident again: a delivery now is the programme's loss.
        late = answer.meaning is Meaning.SUCCESS
        return (
            Verdict(State.LATE_SUCCESS, answer.reason, alarm=True) if late else Verdict(None, answer.reason)
        )
    if case.state is State.REVIEW and case.reason is Reason.TOO_LONG and _is_delivered(case, answer):
        return Verdict(State.SUCCEEDED, answer.reason)
    if (case.state, answer.meaning) in {
        (State.LATE_SUCCESS, Meaning.REVERSAL),
        (State.REVERSED, Meaning.SUCCESS),
    }:
        return Verdict(State.REVIEW, Reason.CONTRADICTION, alarm=True)
    return Verdict(None, answer.reason)


def _overdue(case: Case, verdict: Verdict, patience: Patience, now: datetime) -> Verdict:
    """An open end that has been open for too long goes to a person, whatever the last answer was."""
    stays_open = verdict.state is None or verdict.state in OPEN
    asked = case.first_asked_at
    if stays_open and asked is not None and now - asked >= patience.review_after:
        return Verdict(State.REVIEW, Reason.TOO_LONG, alarm=True)
    return verdict


def _is_delivered(case: Case, answer: BillerAnswer) -> bool:
    return answer.meaning is Meaning.SUCCESS and bool(answer.serial or not case.needs_serial)


def _judge_open(known: Case, answer: BillerAnswer, patience: Patience, now: datetime) -> Verdict:
    match answer.meaning:
        case Meaning.SUCCESS:
            if _is_delivered(known, answer):
                return Verdict(State.SUCCEEDED, answer.reason)
            return _stay(known, State.PENDING, Reason.SERIAL_AWAITED)
        case Meaning.PENDING:
            return _stay(known, State.PENDING, Reason.IN_PROGRESS)
        case Meaning.SUSPECT:
            return _judge_suspect(known, answer, patience, now)
        case Meaning.THROTTLED:
            return _judge_throttled(known, patience)
        case Meaning.IDENTITY:
            return Verdict(State.REVIEW, Reason.REFERENCE_CONFLICT, alarm=True)
        case _:
            return _judge_refused(known, answer)


def _judge_refused(case: Case, answer: BillerAnswer) -> Verdict:
    exists = case.created or case.state is State.PENDING
    if answer.meaning is Meaning.UNKNOWN or (exists and not answer.created):
        # A refusal that left nothing behind says nothing about the transaction that we know exists.
        return _stay(case, State.UNKNOWN, Reason.NO_ANSWER)
    if answer.meaning is Meaning.FLOAT_EMPTY:
        return Verdict(State.WAITING_FOR_FUNDS, Reason.FLOAT_EMPTY, ask_again=True, alarm=True)
    if answer.meaning is Meaning.OUR_FAULT and case.asks > 1:
        # Signature and account are looked at before the reference: an earlier call may still have bought.
        return replace(_stay(case, State.UNKNOWN, Reason.NO_ANSWER), alarm=True)
    return Verdict(State.FAILED, answer.reason, alarm=answer.meaning is Meaning.OUR_FAULT)


def _judge_suspect(case: Case, answer: BillerAnswer, patience: Patience, now: datetime) -> Verdict:
    if case.suspected_at is None:
        return Verdict(_unless(case, State.SUSPECT), answer.reason, ask_again=True)
    waited = now - case.suspected_at >= patience.suspect_grace
    if waited and case.suspect_asks >= patience.suspect_asks:
        return Verdict(State.FAILED, answer.reason)
    return Verdict(_unless(case, State.SUSPECT), answer.reason, ask_again=True)


def _judge_throttled(case: Case, patience: Patience) -> Verdict:
    """Ask once more; a reference that is still throttled is dead, and only then may another one buy.

    Unless a question about it was lost, be it before or in between: that one may have bought, and a throttle does not
    say whether anybody looked.
    """
    lost = case.asks > _THROTTLED_ASKS
    if lost or not case.throttled or case.state not in {State.SUBMITTING, State.UNKNOWN}:
        return _stay(case, State.UNKNOWN, Reason.BILLER_BUSY)
    if case.attempt_no >= patience.attempts_max:
        return Verdict(State.FAILED, Reason.BILLER_BUSY)
    return Verdict(_unless(case, State.SUBMITTING), Reason.BILLER_BUSY, ask_again=True, new_attempt=True)


def _judge_delivered(answer: BillerAnswer) -> Verdict:
    if answer.meaning is Meaning.REVERSAL:
        return Verdict(State.REVERSED, Reason.BILLER_REFUNDED, alarm=True)
    failed = {Meaning.SUSPECT, Meaning.RESIDENT_INPUT, Meaning.PRODUCT}
    if answer.created and answer.meaning in failed:
        return Verdict(State.REVIEW, Reason.CONTRADICTION, alarm=True)
    return Verdict(None, answer.reason)


def _stay(case: Case, wanted: State, reason: Reason) -> Verdict:
    """Take an open state if the table allows it from here, else keep what is known; ask again either way."""
    keeps = wanted is State.UNKNOWN and case.state is not State.SUBMITTING
    kept_reason = case.reason if keeps and case.reason is not None else reason
    return Verdict(None if keeps else _unless(case, wanted), kept_reason, ask_again=True)


def _unless(case: Case, wanted: State) -> State | None:
    return None if case.state is wanted else wanted


def may_confirm(case: Case) -> bool:
    """Whether a hint may be looked into by asking: with these billers, asking for an unknown reference buys.

    While the redemption is open a purchase is what we want; after its end only a reference that the biller is known
    to have may be asked.
    """
    return case.state in OPEN or (case.created and case.state not in _NEVER_ASKED)


_NEVER_ASKED = frozenset({State.REQUESTED, State.REFUSED, State.HELD, State.WAITING_FOR_FUNDS})
