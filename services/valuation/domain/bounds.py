"""When a deposit is so heavy, so dear or so frequent that a second person has to look at it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from services.valuation.domain.pricing import GRAMS_MAX, RUPIAH_MAX, Reason, Worth
from shared.kernel.rollout import Caps


class DaySoFar(NamedTuple):
    """What one member has had valued for one WIB day of weighing."""

    deposits: int
    grams: int
    rupiah: int

    def plus(self, worth: Worth) -> "DaySoFar":
        """The day with one more valued deposit."""
        return DaySoFar(self.deposits + 1, self.grams + worth.grams, self.rupiah + worth.gross_rupiah)

    def minus(self, other: "DaySoFar") -> "DaySoFar":
        """The day without what another one holds."""
        return DaySoFar(self.deposits - other.deposits, self.grams - other.grams, self.rupiah - other.rupiah)


EMPTY_DAY = DaySoFar(0, 0, 0)
# A tablet's clock may be hours off. Further ahead, a weighing would hide from the bounds of the day on which it really
# happened, and stand in reports on a day that has not come.
AHEAD_MAX = timedelta(days=1)


def weighed_in_future(weighed_at: datetime, recorded_at: datetime) -> bool:
    """True if the tablet says that it weighed more than a day after the server heard of it. Both are aware instants."""
    return weighed_at - recorded_at > AHEAD_MAX


def bounds_of_a_day(caps: Iterable[Caps]) -> DaySoFar:
    """What a day may hold under the narrowest of these caps; a day within it breaks no bound of any."""
    all_of_them = list(caps)
    return DaySoFar(
        min(each.deposits_a_day for each in all_of_them),
        min(each.weight_grams_a_day for each in all_of_them),
        min(RUPIAH_MAX, *(each.value_rupiah_a_day for each in all_of_them)),
    )


def line_out_of_bounds(worth: Worth, caps: Caps) -> list[Reason]:
    """The bound that a single line breaks by itself."""
    return (
        [Reason.LINE_WEIGHT] if worth.heaviest_line_grams > min(caps.weight_grams_a_line, GRAMS_MAX) else []
    )


def out_of_bounds(worth: Worth, day: DaySoFar, caps: Caps) -> list[Reason]:
    """Every bound that the deposit breaks, alone or together with what its day already holds; empty if none.

    A bound is judged once, when the deposit is heard: what has been credited is not taken back for what came later.
    """
    reasons = line_out_of_bounds(worth, caps)
    if day.grams + worth.grams > caps.weight_grams_a_day:
        reasons.append(Reason.DAY_WEIGHT)
    if day.rupiah + worth.gross_rupiah > min(caps.value_rupiah_a_day, RUPIAH_MAX):
        reasons.append(Reason.DAY_VALUE)
    if day.deposits >= caps.deposits_a_day:
        reasons.append(Reason.DAY_DEPOSITS)
    return reasons
