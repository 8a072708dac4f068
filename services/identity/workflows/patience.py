"""How many wrong sign-ins are looked at from one place: enough for a village behind one address, too few for a flood.

It is counted in memory by every process for itself: it saves the cores, and is no lock. Locks are counted durably, by
whose PIN is tried (`guessing`). Codes that exist and codes that do not count alike.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

# A whole school behind one address may mistype this often in a row...
WRONG_AT_ONCE = 60
# ... and goes on at this pace, for as long as it likes.
WRONG_EVERY_SECONDS = 5.0
_PLACES_MAX = 20_000


class Patience:
    """For each place: until when the wrong sign-ins that were looked at are made up for."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made_up_at: OrderedDict[str, float] = OrderedDict()

    def seconds_to_wait(self, place: str) -> float:
        """For how long nothing more is looked at from there; 0 if it is."""
        owed = self._made_up_at.get(place, 0.0) - self._clock()
        return max(0.0, owed - (WRONG_AT_ONCE - 1) * WRONG_EVERY_SECONDS)

    def count_wrong(self, place: str) -> None:
        """One more that was looked at in vain."""
        now = self._clock()
        self._made_up_at[place] = max(self._made_up_at.get(place, now), now) + WRONG_EVERY_SECONDS
        self._made_up_at.move_to_end(place)
        if len(self._made_up_at) > _PLACES_MAX:
            self._made_up_at.popitem(last=False)
