"""Which PINs are refused because too many people choose them: whoever guesses begins with these.

Refused are: one digit or one pair or one half repeated (111111, 121212, 123123), any run up or down, also over the 9
(123456, 987654, 890123), two digits in threes (111222), mirrored (123321), doubled runs (112233), the keypad's
columns and other favourites of a short list, and days as people write their birthdays (DDMMYY, such as 170845). That is
3.6 % of all PINs, so one chosen by chance is refused once in 28 times.
"""

from itertools import pairwise

# Columns and diagonals of a keypad, and what stands high on published lists without a rule of its own.
SHORT_LIST = frozenset(
    [
        "147258",
        "258369",
        "159753",
        "147369",
        "159357",
        "741852",
        "852963",
        "102030",
        "112358",
        "696969",
        "246810",
        "135790",
        "135791",
    ]
)
# How many PINs are left to choose from; a test counts them.
ALLOWED = 964_215
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Births of people who are alive; the years between are read as the coming ones, in which nobody was born.
_BIRTH_YEARS = frozenset({*range(35, 100), *range(27)})
_STEPS = (0, 1, 9)


def is_common(pin: str) -> bool:
    """Whether a PIN of six digits is one that a guesser tries first."""
    return (
        pin in SHORT_LIST
        or pin in {pin[:1] * 6, pin[:2] * 3, pin[:3] * 2}
        or _is_patterned(pin)
        or _is_birthday(pin)
    )


def _is_patterned(pin: str) -> bool:
    digits = [int(each) for each in pin]
    steps = {(later - earlier) % 10 for earlier, later in pairwise(digits)}
    mirrored = pin == pin[::-1]
    in_threes = pin == pin[0] * 3 + pin[3] * 3
    doubled = pin == "".join(each * 2 for each in pin[::2])
    climbing = {(later - earlier) % 10 for earlier, later in pairwise(digits[::2])}
    return (
        (len(steps) == 1 and steps <= set(_STEPS))
        or mirrored
        or in_threes
        or (doubled and len(climbing) == 1)
    )


def _is_birthday(pin: str) -> bool:
    day, month, year = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    return 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1] and year in _BIRTH_YEARS
