"""Indonesian mobile numbers: many spellings in, one number out, and whose prefix it has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s().-]+")
# Libphonenumber 9.0.43: 8, then not 0 and not 4, in all 9 to 12 digits.
_NATIONAL = re.compile(r"8[1-35-9]\d{7,10}")


@dataclass(frozen=True, slots=True)
class Phone:
    """A mobile number; `national` is the part after +62."""

    national: str

    @property
    def dialled(self) -> str:
        """As people and billers write it: `081234567890`."""
        return "0" + self.national


def read_phone(text: str) -> Phone | None:
    """Read `08…`, `8…`, `628…` or `+628…` with spaces, dots, dashes or brackets; None if it is no mobile number."""
    digits = _SEPARATORS.sub("", text)
    for start in ("+62", "62", "0"):
        if digits.startswith(start):
            digits = digits[len(start) :].removeprefix("0") if start != "0" else digits[1:]
            break
    return Phone(digits) if digits.isascii() and _NATIONAL.fullmatch(digits) else None


def operator_of(phone: Phone, prefixes: Mapping[str, Sequence[str]]) -> str | None:
    """The operator with the longest prefix that fits, or None. A hint only: numbers can be ported one day."""
    fits = [
        (len(prefix), operator)
        for operator, its in prefixes.items()
        for prefix in its
        if phone.dialled.startswith(prefix)
    ]
    return max(fits)[1] if fits else None


def masked_number(number: str) -> str:
    """The number as others may see it: the first four and last three digits."""
    return number[:4] + "*" * max(len(number) - 7, 3) + number[-3:]
