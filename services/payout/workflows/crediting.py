"""What wallet says about the credit behind redemptions, in any order and however often it is said."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import CreditFact, State, after_credit
from services.payout.models import Redemption
from services.payout.store import people
from services.payout.store import redemptions as store
from services.payout.workflows.course import Course
from shared.contracts import CreditHeld, CreditRefused, CreditReleased, CreditSettled
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError

CreditEvent = CreditHeld | CreditRefused | CreditSettled | CreditReleased
_HEARD_AT = {
    CreditFact.HELD: "held_at",
    CreditFact.REFUSED: "refused_at",
    CreditFact.SETTLED: "settled_at",
    CreditFact.RELEASED: "released_at",
    CreditFact.GIVEN_BACK: "given_back_at",
}


async def hear_credit(tx: Tx, events: Sequence[CreditEvent], now: datetime) -> None:
    """Obey wallet. Raises UnacceptableEventError for a fact that contradicts what is known; a person is called then."""
    known = await store.lock_redemptions(tx, {event.redemption_id for event in events})
    courses: dict[UUID, Course] = {}
    for event in events:
        redemption = known.get(event.redemption_id)
        if redemption is None:
            raise UnacceptableEventError(f"there is no redemption {event.redemption_id}")
        if event.amount_rupiah != redemption.amount_rupiah or not await _is_theirs(tx, event, redemption):
            raise _contradiction(event, now, "names another member or amount")
        course = courses.setdefault(event.redemption_id, Course(redemption, now))
        fact = fact_of(event)
        new = after_credit(course.state, fact)
        if new is None:
            raise _contradiction(event, now, f"cannot follow {course.state}")
        _apply(course, event, fact, new)
    for course in courses.values():
        await course.save(tx)


def fact_of(event: CreditEvent) -> CreditFact:
    """The fact that an event states."""
    match event:
        case CreditHeld():
            return CreditFact.HELD
        case CreditRefused():
            return CreditFact.REFUSED
        case CreditSettled():
            return CreditFact.SETTLED
        case CreditReleased():
            return CreditFact.GIVEN_BACK if event.why == "reversed" else CreditFact.RELEASED


async def _is_theirs(tx: Tx, event: CreditEvent, redemption: Redemption) -> bool:
    """Whether the credit is the member's, be it under an id that was merged."""
    if event.member_id == redemption.member_id:
        return True
    return event.member_id in (await people.family_of(tx, redemption.member_id)).members


def _apply(course: Course, event: CreditEvent, fact: CreditFact, new: State) -> None:
    redemption = course.redemption
    _note(redemption, fact, course.now)
    if new is course.state:
        return
    if isinstance(event, CreditRefused):
        course.go(new, Reason(event.why))
    elif new is State.RELEASED:
        course.go(new, Reason(redemption.reason) if redemption.reason else None)
    else:
        course.go(new)
    if new is State.HELD:
        # The courier looks for it as soon as this transaction has committed; cash it takes back after its time.
        redemption.next_ask_at = redemption.hand_over_by or course.now


def _note(redemption: Redemption, fact: CreditFact, now: datetime) -> None:
    column = _HEARD_AT[fact]
    if getattr(redemption, column) is None:
        setattr(redemption, column, now)


def _contradiction(event: CreditEvent, now: datetime, why: str) -> UnacceptableEventError:
    async def review(tx: Tx) -> None:
        redemption = await store.lock_redemption(tx, event.redemption_id)
        if redemption is None or redemption.state == State.REVIEW:
            return
        course = Course(redemption, now)
        _note(redemption, fact_of(event), now)
        course.go(State.REVIEW, Reason.CONTRADICTION, note=f"{type(event).__name__} {why}")
        course.alarm(Reason.CONTRADICTION)
        redemption.next_ask_at = None
        await course.save(tx)

    return UnacceptableEventError(f"{type(event).__name__} for {event.redemption_id} {why}", then=review)
