"""How long a sign-in stays shut after wrong PINs: longer with every try, and by itself open again."""

from datetime import timedelta

FREE_TRIES = 4
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
_DOUBLINGS_MAX = 10


def lock_after(wrong_tries: int) -> timedelta | None:
    """How long to refuse every further try; None while mistyping is still likelier than guessing."""
    if wrong_tries <= FREE_TRIES:
        return None
    doublings = min(wrong_tries - FREE_TRIES - 1, _DOUBLINGS_MAX)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)
