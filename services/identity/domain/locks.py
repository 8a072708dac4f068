"""How long a guesser is kept waiting after wrong tries: longer with every try, and by itself open again.

A secret is counted for each way of trying it. A phone or browser that is known, a tablet that shows its secret and a
card whose printed secret was right have a counter of their own; everybody else shares one. So a stranger who types
wrong PINs for a day shuts out strangers, and the owner still signs in from the own phone or at the counter.
"""

from collections.abc import Iterator
from datetime import timedelta

FREE_TRIES = 4
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
_DOUBLINGS_MAX = 10
# A code that works once is not worth waiting for: after so many wrong tries it is spent, and a new one is made.
CODE_TRIES = 5


def lock_after(wrong_tries: int) -> timedelta | None:
    """How long to refuse every further try; None while mistyping is still likelier than guessing."""
    if wrong_tries <= FREE_TRIES:
        return None
    doublings = min(wrong_tries - FREE_TRIES - 1, _DOUBLINGS_MAX)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def tries_within(span: timedelta) -> int:
    """How many tries somebody has who never rests, from the first one on: what the table of brute force is made of."""
    return sum(1 for _ in _tries_until(span))


def _tries_until(span: timedelta) -> Iterator[timedelta]:
    at, tries = timedelta(), 0
    while at <= span:
        tries += 1
        yield at
        at += lock_after(tries) or timedelta()
