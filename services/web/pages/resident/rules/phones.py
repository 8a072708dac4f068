"""Phone numbers as people type them: whose they are, and in plain words what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_SEPARATORS = re.compile(r"[\s().-]+")
DIGITS_MIN, DIGITS_MAX = 10, 13


class Fault(StrEnum):
    """What is wrong with a number."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    NOT_MOBILE = "not_mobile"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Read:
    """A number as it is dialled (`08…`) and the operator by its prefix, or what is wrong with it."""

    dialled: str
    fault: Fault | None = None
    operator: str | None = None


def read_phone(text: str, prefixes: Mapping[str, Sequence[str]]) -> Read:
    """Read `08…`, `8…`, `628…` or `+628…` with spaces, dots, dashes or brackets."""
    bare = _SEPARATORS.sub("", text)
    digits = bare.removeprefix("+")
    if not digits:
        return Read("", Fault.EMPTY)
    if not (digits.isascii() and digits.isdigit()):
        return Read(bare, Fault.NOT_DIGITS)
    if digits.startswith("62"):
        digits = "0" + digits[2:].removeprefix("0")
    elif digits.startswith("8"):
        digits = "0" + digits
    return Read(digits, _fault(digits), operator_of(digits, prefixes))


def dialled(number: str | None) -> str:
    """`+628…` as people here write and dial it: `08…`; nothing for nobody's number."""
    return "" if number is None else "0" + number.removeprefix("+62") if number.startswith("+62") else number


def _fault(dialled: str) -> Fault | None:
    if not dialled.startswith("08"):
        return Fault.NOT_MOBILE
    if len(dialled) < DIGITS_MIN:
        return Fault.TOO_SHORT
    if len(dialled) > DIGITS_MAX:
        return Fault.TOO_LONG
    return Fault.NOT_MOBILE if dialled[2] in "04" else None


def operator_of(dialled: str, prefixes: Mapping[str, Sequence[str]]) -> str | None:
    """The operator with the longest prefix that fits, or None. A hint only: the member may know better."""
    fits = [
        (len(prefix), operator)
        for operator, its in prefixes.items()
        for prefix in its
        if dialled.startswith(prefix)
    ]
    return max(fits)[1] if fits else None
