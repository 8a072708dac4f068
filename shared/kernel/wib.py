"""Days and quarters as people in Deli Serdang count them: western Indonesian time, UTC+7 all the year."""

from datetime import UTC, date, datetime, time, timedelta, timezone

# Fixed, not from the time-zone database: there is no daylight saving, and a slim image may lack the database.
WIB = timezone(timedelta(hours=7), "WIB")
QUARTERS_A_YEAR = 4
MONTHS_A_QUARTER = 3


def day(instant: datetime) -> date:
    """The WIB day on which an aware instant falls. A naive one is a bug and raises ValueError."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone has no day")
    return instant.astimezone(WIB).date()


def start_of_day(on: date) -> datetime:
    """The instant, in UTC, at which a WIB day begins."""
    return datetime.combine(on, time(), WIB).astimezone(UTC)


def quarter(on: date) -> str:
    """The quarter of a day as it is written in the rollout file, such as `2026-Q4`."""
    return f"{on.year}-Q{(on.month - 1) // MONTHS_A_QUARTER + 1}"


def quarter_bounds(name: str) -> tuple[date, date]:
    """First day of the quarter and first day of the next one. A malformed name raises ValueError."""
    year_text, _, number_text = name.partition("-Q")
    year, number = int(year_text), int(number_text)
    if not 1 <= number <= QUARTERS_A_YEAR:
        raise ValueError(f"{name} is not a quarter")
    first = date(year, (number - 1) * MONTHS_A_QUARTER + 1, 1)
    if number == QUARTERS_A_YEAR:
        return first, date(year + 1, 1, 1)
    return first, date(year, number * MONTHS_A_QUARTER + 1, 1)
