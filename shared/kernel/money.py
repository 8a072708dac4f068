"""Rupiah are whole numbers; this is how they are written for people."""


def rupiah_text(amount_rupiah: int) -> str:
    """The amount as residents read it: `Rp12.500`, or `-Rp12.500` below zero."""
    sign = "-" if amount_rupiah < 0 else ""
    return f"{sign}Rp{abs(amount_rupiah):,}".replace(",", ".")
