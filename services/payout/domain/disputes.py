"""When a dispute about a redemption is to be answered."""

from datetime import datetime, timedelta

from shared.kernel import wib


def due_at(opened_at: datetime, answer_days: int) -> datetime:
    """The end of the last of that many WIB calendar days after the day of opening."""
    return wib.start_of_day(wib.day(opened_at) + timedelta(days=answer_days + 1))
