"""Complaints about deposits: when an answer is due, and who may give it."""

from datetime import datetime, timedelta
from enum import StrEnum

from shared.kernel import wib


class DisputeRefusal(StrEnum):
    """Why a dispute was not opened or answered. The value is the problem's code."""

    CONFLICT = "dispute_conflict"
    NOT_FOUND = "dispute_not_found"
    DEPOSIT_NOT_FOUND = "deposit_not_found"
    COMPLAINT_DOES_NOT_FIT = "dispute_complaint_does_not_fit"
    PLACE_UNKNOWN = "dispute_place_unknown"
    ALREADY_OPEN = "dispute_already_open"
    ALREADY_ANSWERED = "dispute_already_answered"
    OWN_DEPOSIT = "dispute_own_deposit"
    NOT_CORRECTED = "dispute_not_corrected"
    NOT_YOUR_AREA = "not_your_area"
    SAID_WHEN = "dispute_said_when"


# What is older is settled by a person who looks into it, not by a form.
SAID_AGO_MAX = timedelta(days=60)
# Without a deposit there is nothing whose weight, item or price could be wrong.
WITHOUT_DEPOSIT = frozenset({"missing", "other"})
WITH_DEPOSIT = frozenset({"weight", "item_or_grade", "price", "not_mine", "other"})


def fits(complaint: str, *, names_deposit: bool) -> bool:
    """Whether a complaint makes sense about a deposit, or about one that is missing."""
    return complaint in (WITH_DEPOSIT if names_deposit else WITHOUT_DEPOSIT)


def may_have_been_said(said_at: datetime, now: datetime, *, assisted: bool) -> bool:
    """Whether a complaint may be dated back: only one that staff write down from paper, and not by long."""
    return assisted and now - SAID_AGO_MAX <= said_at <= now


def due_at(opened_at: datetime, answer_days: int) -> datetime:
    """The end of the last of that many WIB calendar days after the day of opening."""
    return wib.start_of_day(wib.day(opened_at) + timedelta(days=answer_days + 1))
