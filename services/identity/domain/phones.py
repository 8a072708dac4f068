"""Indonesian mobile numbers in their one canonical form, so that a number is found however it was typed."""

import re

_SEPARATORS = re.compile(r"[\s().-]+")
_MOBILE = re.compile(r"8[1-9][0-9]{7,10}")
_VISIBLE_HEAD = 6
_VISIBLE_TAIL = 3


def canonical_phone(typed: str) -> str | None:
    """`+628…` for any usual way to write a mobile number (`0812-…`, `62812…`, `+62 812 …`); None if it is none."""
    digits = _SEPARATORS.sub("", typed).removeprefix("+")
    for prefix in ("62", "0"):
        if digits.startswith(prefix):
            digits = digits.removeprefix(prefix)
            break
    return f"+62{digits}" if _MOBILE.fullmatch(digits) else None


def masked_phone(canonical: str) -> str:
    """Enough to recognise one's own number, too little to call a stranger's: `+62812*****345`."""
    hidden = len(canonical) - _VISIBLE_HEAD - _VISIBLE_TAIL
    return canonical[:_VISIBLE_HEAD] + "*" * hidden + canonical[-_VISIBLE_TAIL:]
