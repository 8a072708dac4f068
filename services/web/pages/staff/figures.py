"""Figures as people type them: 2,5 and 2.5 kg, Rp12.500; never guessed."""

import re

from shared.kernel.units import Unit

_DECIMAL = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,3}))?")
_PERCENT = re.compile(r"([0-9]{1,3}) ?%?")
_WHOLE = 100
_RUPIAH = re.compile(r"-?[0-9]{1,3}(?:[. ][0-9]{3}){1,4}|-?[0-9]{1,15}")


def quantity_of(text: str, unit: str) -> int | None:
    """Grams, millilitres or pieces out of kg, litres or pieces; None if it is no such figure."""
    found = _DECIMAL.fullmatch(text.strip())
    if found is None or (unit == Unit.PIECE and found[2]):
        return None
    if unit == Unit.PIECE:
        return int(found[1])
    return int(found[1]) * Unit(unit).parts + int((found[2] or "").ljust(3, "0"))


def rupiah_of(text: str) -> int | None:
    """Whole rupiah out of `12500`, `12.500` or `Rp12.500`; None if it is no such figure."""
    bare = text.strip().removeprefix("Rp").strip()
    return int(re.sub(r"[. ]", "", bare)) if _RUPIAH.fullmatch(bare) else None


def percent_of(text: str) -> int | None:
    """A whole percentage out of `5` or `5 %`; None if it is none between 0 and 100."""
    found = _PERCENT.fullmatch(text.strip())
    return int(found[1]) if found and int(found[1]) <= _WHOLE else None


def typed(quantity: int, unit: str) -> str:
    """A quantity as it stands in a field: 2,5."""
    if unit == Unit.PIECE:
        return str(quantity)
    whole, rest = divmod(quantity, Unit(unit).parts)
    return f"{whole},{rest:03d}".rstrip("0").rstrip(",")
