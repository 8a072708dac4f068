"""Quantities as people type them: `2,5` and `2.5` are both two and a half."""

import re

_WRITTEN = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?")
_PARTS = 1000
QUANTITY_MAX = 1_000_000_000


def read_quantity(text: str, unit: str) -> int | None:
    """Grams, millilitres or pieces; None if it is no quantity above zero. Pieces are whole."""
    bare = re.sub(r"\s+|(kg|l|liter|litre|buah|pcs)$", "", text.strip().lower())
    if not bare.isascii() or not _WRITTEN.fullmatch(bare):
        return None
    whole, _, part = bare.replace(",", ".").partition(".")
    if unit == "piece":
        quantity = int(whole) if not part.strip("0") else 0
    else:
        quantity = int(whole) * _PARTS + int(part.ljust(3, "0") or 0)
    return quantity or None
