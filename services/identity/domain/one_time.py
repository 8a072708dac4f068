"""Codes that work once and are read aloud: 50 random bits in ten letters that do not look alike."""

from services.identity.domain.cards import as_typed, in_letters

BITS = 50
HEAD_BITS = 20
_HEAD = 4
_HALF = 5


def one_time_code(number: int) -> str:
    """`K7Q2F-94WMA` for 50 bits."""
    letters = in_letters(number, 2 * _HALF)
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def tablet_code(head: int, number: int) -> str:
    """`8ZP3-K7Q2F-94WMA`: the first four letters find the tablet and are no secret, the rest is 50 bits of one."""
    return f"{in_letters(head, _HEAD)}-{one_time_code(number)}"


def parted(typed: str) -> tuple[str, str]:
    """A tablet's code as it was typed: (head, secret part)."""
    letters = as_typed(typed)
    return letters[:_HEAD], letters[_HEAD:]
