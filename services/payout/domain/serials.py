"""The token inside a biller's serial, in all the shapes that were seen live."""

import re
from dataclasses import dataclass

TOKEN_DIGITS = 20
_LEADING = re.compile(r"[\d -]+")
_KWH = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(?:KWH)?\s*", re.IGNORECASE)
_POWER = re.compile(r"\s*0*(\d+)\s*VA\s*|\s*(0{2,}\d+)\s*", re.IGNORECASE)
_TARIFF = re.compile(r"\s*[A-Z]+\d[A-Z]*\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlnToken:
    """A token of 20 digits and what came with it; what the serial does not say is None."""

    digits: str
    kwh: str | None
    tariff: str | None
    volt_ampere: int | None
    name: str | None

    @property
    def shown(self) -> str:
        """The digits as a meter's keypad takes them: `1234 5678 9012 3456 7890`."""
        return " ".join(self.digits[i : i + 4] for i in range(0, TOKEN_DIGITS, 4))


def read_token(serial: str) -> PlnToken | None:
    """Read a serial; None unless it begins with exactly 20 digits. The raw serial must be kept all the same."""
    leading = _LEADING.match(serial)
    digits = re.sub(r"\D", "", leading[0]) if leading else ""
    if leading is None or len(digits) != TOKEN_DIGITS:
        return None
    parts = serial[leading.end() :].strip().lstrip("/").split("/") if leading.end() < len(serial) else []
    kwh = _take(parts, _KWH)
    power = _take(parts, _POWER)
    tariff = _take(parts, _TARIFF)
    name = "/".join(parts).strip() or None
    return PlnToken(
        digits=digits,
        kwh=kwh.replace(",", ".") if kwh else None,
        tariff=tariff.strip().upper() if tariff else None,
        volt_ampere=int(power) if power else None,
        name=name,
    )


def _take(parts: list[str], shape: re.Pattern[str]) -> str | None:
    """Take the last part off the list if it has the shape."""
    match = shape.fullmatch(parts[-1]) if parts else None
    if match is None:
        return None
    parts.pop()
    return next((group for group in match.groups() if group), match[0])
