"""Electricity meters: their numbers, their power, and how much a month may take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A meter has 11 digits, a subscriber id 12; either buys a token.
_NUMBER = re.compile(r"\d{11,12}")
_SEGMENT = re.compile(r"\s*([A-Z]+\d[A-Z]*)\s*/\s*0*(\d+)\s*(?:VA)?\s*", re.IGNORECASE)
HOURS_A_MONTH = 720


@dataclass(frozen=True, slots=True)
class Segment:
    """Tariff and power, such as R1M and 900."""

    tariff: str
    volt_ampere: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a kWh costs for a tariff and power, in hundredths of a rupiah, because prices have two decimals."""

    tariff: str
    volt_ampere: int
    hundredths_per_kwh: int


@dataclass(frozen=True, slots=True)
class MeterOwner:
    """What PLN says about a meter. The name is whole here, and nobody but its owner may see it so."""

    name: str
    segment: Segment | None


def read_meter(text: str) -> str | None:
    """The number without spaces, dots and dashes; None unless it has 11 or 12 digits."""
    digits = re.sub(r"[\s.-]+", "", text)
    return digits if digits.isascii() and _NUMBER.fullmatch(digits) else None


def read_segment(text: str) -> Segment | None:
    """`R1 /000001300`, `R1M/900VA`, …; None if it is anything else."""
    match = _SEGMENT.fullmatch(text)
    return Segment(match[1].upper(), int(match[2])) if match else None


def masked_name(name: str) -> str:
    """`DA*** PR***`: enough for a person to recognise, too little for a stranger to collect."""
    return " ".join(word[:2] + "***" for word in name.split()) or "***"


def exceeds_month(nominal_rupiah: int, segment: Segment | None, tariffs: Sequence[Tariff]) -> bool:
    """Whether a token could never be sold to this meter, because it is more than power x 720 hours.

    Without a known segment or tariff nothing is refused: the biller will say so itself.
    """
    if segment is None:
        return False
    price = next(
        (
            t.hundredths_per_kwh
            for t in tariffs
            if (t.tariff, t.volt_ampere) == (segment.tariff, segment.volt_ampere)
        ),
        None,
    )
    if price is None:
        return False
    # kWh = nominal x 100 / price; the month holds volt_ampere / 1000 x 720.
    return nominal_rupiah * 100 * 1000 > price * segment.volt_ampere * HOURS_A_MONTH
