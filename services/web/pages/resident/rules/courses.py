"""Where a redemption stands, as a resident needs it: under way, ready to fetch, done, or the money is back."""

from datetime import datetime, timedelta
from enum import StrEnum

_DONE = frozenset({"succeeded", "settled", "late_success"})
_BY_MEMBER = "cancelled_by_member"
_AT_ONCE, _SOON = timedelta(minutes=1), timedelta(minutes=15)


class Course(StrEnum):
    """What a resident wants to know."""

    PROCESSING = "processing"
    FETCH = "fetch"
    DONE = "done"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    REFUSED = "refused"


def course_of(state: str, product_kind: str, reason: str | None = None) -> Course:
    """The course of a redemption in a state; a state that this page does not know is still under way."""
    if state in {"failed", "released"} and reason == _BY_MEMBER:
        return Course.CANCELLED
    if state in _DONE:
        return Course.DONE
    if state == "held" and product_kind == "cash":
        return Course.FETCH
    return {
        "refused": Course.REFUSED,
        "failed": Course.RETURNING,
        "released": Course.RETURNED,
        "reversed": Course.RETURNED,
    }.get(state, Course.PROCESSING)


def look_again_seconds(course: Course, requested_at: datetime, now: datetime) -> int | None:
    """After how long the page asks again by itself; None when there is nothing more to expect."""
    if course not in {Course.PROCESSING, Course.RETURNING}:
        return None
    age = now - requested_at
    if age < _AT_ONCE:
        return 4
    return 15 if age < _SOON else 60


def in_groups(digits: str) -> tuple[str, ...]:
    """The 20 digits of a token in five groups of four, whatever separators they came with."""
    bare = "".join(each for each in digits if each.isdigit())
    return tuple(bare[at : at + 4] for at in range(0, len(bare), 4))
