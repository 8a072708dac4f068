"""Asking a biller: what is committed before the call, and what its answer does. Between them no transaction is open."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.payout.domain.answers import BillerAnswer, Case, Meaning, Patience, Verdict, judge, may_confirm
from services.payout.domain.polling import PollPlan, may_still_ask
from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import OPEN, State
from services.payout.domain.references import reference_of
from services.payout.domain.sealed import redemption_field
from services.payout.models import Attempt, Redemption
from services.payout.providers.base import Purchase
from services.payout.providers.known_codes import metric_code
from services.payout.store import offers, redemptions
from services.payout.workflows import metrics
from services.payout.workflows.course import Course
from shared.runtime.database import Tx
from shared.runtime.sealing import SealBrokenError, Sealer

log = structlog.get_logger()

_DELIVERED = frozenset({State.SUCCEEDED, State.SETTLED, State.LATE_SUCCESS})
_GIVEN_UP = frozenset({State.FAILED, State.RELEASED})
# Answers that say nothing about the purchase: it did not come, or the biller did not look.
_NO_NEWS = frozenset({Meaning.UNKNOWN, Meaning.THROTTLED, Meaning.OUR_FAULT})


@dataclass(frozen=True, slots=True)
class Pace:
    """When to ask again, and for how long a replica has a redemption to itself."""

    plan: PollPlan
    patience: Patience
    funds: timedelta
    watch_failed: tuple[timedelta, ...]
    watch_delivered: tuple[timedelta, ...]
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Ask:
    """One call that is due: committed, leased, and safe to make until the lease ends."""

    redemption_id: UUID
    attempt_no: int
    provider: str
    purchase: Purchase


async def begin_asks(tx: Tx, now: datetime, most: int, pace: Pace, sealer: Sealer) -> list[Ask]:
    """Take what is due: write down that it is being asked, under which reference, before anybody calls.

    Another replica gets other redemptions. After a crash a lease ends by itself and the same reference is asked again.
    """
    asks = []
    for redemption in await redemptions.lock_due(tx, now, most):
        course = Course(redemption, now)
        ask = await _begin_ask(tx, course, pace, sealer)
        await course.save(tx)
        if ask is not None:
            asks.append(ask)
    return asks


async def _begin_ask(tx: Tx, course: Course, pace: Pace, sealer: Sealer) -> Ask | None:
    redemption, now = course.redemption, course.now
    number = _number_of(redemption, sealer)
    if not _is_still_asked(course, number) or number is None:
        redemption.next_ask_at = None
        return None
    redemption.asks += 1
    redemption.first_asked_at = redemption.first_asked_at or now
    redemption.last_asked_at = now
    redemption.leased_until = now + pace.lease
    # If this process dies now, the next one asks; not before the lease is over, nor sooner than the biller allows.
    redemption.next_ask_at = now + max(pace.lease, pace.plan.least)
    reference = reference_of(redemption.redemption_id, redemption.attempt_no)
    await redemptions.begin_attempt(
        tx,
        Attempt(
            redemption_id=redemption.redemption_id,
            attempt_no=redemption.attempt_no,
            provider=redemption.provider,
            sku=redemption.sku,
            reference=reference,
            begun_at=now,
        ),
    )
    purchase = Purchase(reference, redemption.sku, number, redemption.price_rupiah_max)
    return Ask(redemption.redemption_id, redemption.attempt_no, redemption.provider, purchase)


def _number_of(redemption: Redemption, sealer: Sealer) -> str | None:
    """The number to ask about. One that does not open holds up nobody else's purchase: it counts as forgotten."""
    if redemption.target_sealed is None:
        return None
    try:
        return sealer.open(
            redemption.target_sealed, redemption_field(redemption.redemption_id, "target_sealed")
        )
    except SealBrokenError as error:
        log.error("number_does_not_open", redemption_id=str(redemption.redemption_id), error=str(error))  # noqa: TRY400
        return None


def _is_still_asked(course: Course, number: str | None) -> bool:
    """Whether a biller is asked at all; where not, the redemption goes where it belongs instead."""
    redemption = course.redemption
    if redemption.product_kind == "cash":
        # No biller stands behind it; what is due is the end of the time in which it could be fetched.
        if course.state is State.HELD:
            course.go(State.FAILED, Reason.NOT_COLLECTED)
        return False
    if number is None:
        # The number is forgotten: nobody can be asked any more, and a person ends what has not ended.
        if course.state in OPEN | {State.HELD, State.WAITING_FOR_FUNDS}:
            course.go(State.REVIEW, Reason.NO_ANSWER)
            course.alarm(Reason.NO_ANSWER)
        return False
    if course.state in {State.HELD, State.WAITING_FOR_FUNDS}:
        redemption.attempt_no = max(redemption.attempt_no, 1)
        # However long it waited for funds, nothing of it was begun: the day after which a person decides begins now.
        redemption.first_asked_at = None
        # It is tried every few minutes: the timeline tells that it waits, and then what came of it.
        waited = course.state is State.WAITING_FOR_FUNDS
        course.go(State.SUBMITTING, Reason.FLOAT_EMPTY if waited else None, listed=not waited)
    elif not may_confirm(case_of(redemption)) or not may_still_ask(redemption.first_asked_at, course.now):
        if course.state in OPEN:
            course.go(State.REVIEW, Reason.TOO_LONG)
            course.alarm(Reason.TOO_LONG)
        return False
    return True


async def note_answer(
    tx: Tx, ask: Ask, answer: BillerAnswer, now: datetime, pace: Pace, sealer: Sealer
) -> None:
    """Do what an answer means. Hearing the same answer again changes nothing; older news never undoes newer."""
    metrics.ANSWERS.labels(ask.provider, answer.meaning, metric_code(ask.provider, answer.code)).inc()
    redemption = await redemptions.lock_redemption(tx, ask.redemption_id)
    if redemption is None:
        return
    await redemptions.answer_attempt(tx, ask.redemption_id, ask.attempt_no, answer.meaning, answer.code, now)
    if answer.balance_rupiah is not None:
        metrics.FLOAT.labels(ask.provider).set(answer.balance_rupiah)
        await offers.note_balance(tx, ask.provider, answer.balance_rupiah, now)
    course = Course(redemption, now)
    if ask.attempt_no == redemption.attempt_no:
        _take_answer(course, answer, pace, sealer)
    elif answer.meaning is Meaning.SUCCESS and course.state is not State.REVIEW:
        # An attempt that was declared dead sold after all: a person must find out whether both did.
        course.go(State.REVIEW, Reason.CONTRADICTION, code=answer.code)
        course.alarm(Reason.CONTRADICTION)
    await course.save(tx)


def case_of(redemption: Redemption) -> Case:
    """A redemption as the rules about answers see it."""
    return Case(
        state=State(redemption.state),
        reason=Reason(redemption.reason) if redemption.reason else None,
        needs_serial=redemption.product_kind == "pln_token",
        created=redemption.created,
        asks=redemption.asks,
        attempt_no=redemption.attempt_no,
        throttled=redemption.throttled,
        suspected_at=redemption.suspected_at,
        suspect_asks=redemption.suspect_asks,
        first_asked_at=redemption.first_asked_at,
    )


def _take_answer(course: Course, answer: BillerAnswer, pace: Pace, sealer: Sealer) -> None:
    redemption, now = course.redemption, course.now
    case = case_of(redemption)
    verdict = judge(case, answer, pace.patience, now)
    # Noted before, where the database broke off in the middle of the commit.
    again = redemption.leased_until is None
    redemption.leased_until = None
    redemption.last_code = answer.code or redemption.last_code
    redemption.created = redemption.created or answer.created
    redemption.throttled = answer.meaning is Meaning.THROTTLED
    if answer.meaning is Meaning.SUSPECT:
        redemption.suspect_asks += 1 if redemption.suspected_at else 0
        redemption.suspected_at = redemption.suspected_at or now
    if answer.meaning is Meaning.SUCCESS:
        _note_sale(course, answer, sealer)
    if verdict.new_attempt:
        _renew(redemption)
    if verdict.state is State.WAITING_FOR_FUNDS:
        # The question left nothing behind, so it is none of those after which one asks more and more seldom.
        redemption.asks -= 1
    if verdict.state is not None:
        waits_on = verdict.state is State.WAITING_FOR_FUNDS and redemption.reason == Reason.FLOAT_EMPTY
        course.go(verdict.state, _shown(verdict), code=answer.code or None, listed=not waits_on)
    elif State(redemption.state) in OPEN:
        redemption.reason = verdict.reason
    if verdict.alarm:
        course.alarm(verdict.reason)
    if again and verdict.state is None and State(redemption.state) in _DELIVERED | _GIVEN_UP:
        # The looks that are still to come were counted then.
        return
    told = verdict.state is not None or answer.meaning not in _NO_NEWS
    redemption.next_ask_at = _next_ask_at(redemption, now, pace, told=told)


def _note_sale(course: Course, answer: BillerAnswer, sealer: Sealer) -> None:
    redemption = course.redemption
    if answer.serial:
        place = redemption_field(redemption.redemption_id, "serial_sealed")
        redemption.serial_sealed = sealer.seal(answer.serial, place)
    if redemption.delivered_at is None:
        # What wallet was told that it cost is what comes back, should the biller take it back.
        redemption.cost_rupiah = answer.price_rupiah or redemption.cost_rupiah
        if course.cost_rupiah > redemption.price_rupiah_max:
            # It is paid, and booked as it is; but the biller was told not to take so much.
            course.alarm(Reason.PRICE_MOVED)


def _renew(redemption: Redemption) -> None:
    """A new reference: nothing that is known about the old one counts for it."""
    redemption.attempt_no += 1
    redemption.asks = 0
    redemption.created = redemption.throttled = False
    redemption.suspected_at, redemption.suspect_asks = None, 0


def _shown(verdict: Verdict) -> Reason | None:
    """A delivered product needs no reason."""
    return None if verdict.state in {State.SUCCEEDED, State.LATE_SUCCESS} else verdict.reason


def _next_ask_at(redemption: Redemption, now: datetime, pace: Pace, *, told: bool) -> datetime | None:
    state = State(redemption.state)
    at: datetime | None = None
    if state is State.WAITING_FOR_FUNDS:
        at = now + pace.funds
    elif state in OPEN:
        at = _again(redemption, now, pace)
    elif not told and state in _DELIVERED | _GIVEN_UP:
        # Whether an end still stands was asked, and not answered: that is no look, and it is not one of the few.
        at = max(_again(redemption, now, pace), redemption.next_ask_at or now)
    elif state in _DELIVERED:
        at = _watch(redemption, pace.watch_delivered, now)
    elif state in _GIVEN_UP and redemption.suspected_at is not None:
        # These billers' time-outs are the ones that turn out sold later.
        at = _watch(redemption, pace.watch_failed, now)
    hinted = redemption.hinted_at is not None and (
        redemption.last_asked_at is None or redemption.hinted_at > redemption.last_asked_at
    )
    if hinted and may_confirm(case_of(redemption)):
        soonest = pace.plan.soonest(redemption.last_asked_at, now)
        at = soonest if at is None else min(at, soonest)
    return at


def _again(redemption: Redemption, now: datetime, pace: Pace) -> datetime:
    return pace.plan.next_at(redemption.asks, now, random.random())  # noqa: S311 - spreads calls, keeps no secret


def _watch(redemption: Redemption, watches: tuple[timedelta, ...], now: datetime) -> datetime | None:
    if redemption.watches >= len(watches):
        return None
    redemption.watches += 1
    return now + watches[redemption.watches - 1]
