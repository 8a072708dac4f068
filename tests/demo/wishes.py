"""The 25 redemptions of the day: what is wanted, for which number, and how it has to end.

The numbers that misbehave are the stand-in biller's (services/sandbox/README.md): entry NN is meter 140000000NN and
phone 0878000013NN. Every other number is simply sold to.
"""

import random
from dataclasses import dataclass

SETTLED = "settled"
RELEASED = "released"
REVERSED = "reversed"
LATE_SUCCESS = "late_success"
REFUSED = "refused"
NOT_EVEN_QUOTED = "not quoted"


@dataclass(frozen=True)
class Wish:
    """One redemption to be. `special` names what the script does with it beyond asking, buying and looking."""

    title: str
    product: str
    target: str
    ends: str = SETTLED
    special: str = ""

    @property
    def is_paid(self) -> bool:
        """Whether the resident's credit is spent in the end."""
        return self.ends == SETTLED


def _meter(number: int) -> str:
    return f"140000000{number:02}"


def _xl(number: int) -> str:
    return f"0878000013{number:02}"


def twenty_five(dice: random.Random) -> list[Wish]:
    """In the order in which they are asked for. The slowest first, so that its waiting is everybody's."""

    def phone(prefix: str) -> str:
        return f"{prefix}0000{dice.randrange(10_000):04}"

    def meter() -> str:
        return f"5600{dice.randrange(10_000_000):07}"

    return [
        Wish("token, the biller answers too late, but sold", "pln-20k", _meter(5), special="times out"),
        Wish("token for a household", "pln-20k", meter(), special="story"),
        Wish("token of 50,000", "pln-50k", meter()),
        Wish("token, serial without dashes", "pln-20k", _meter(31)),
        Wish("token, a slash in the owner's name", "pln-20k", _meter(33)),
        Wish("token, subsidised meter", "pln-20k", _meter(35)),
        Wish("token, pending and then sold", "pln-20k", _meter(3)),
        Wish("token, its digits come later than the sale", "pln-20k", _meter(8)),
        Wish("token, failed and much later sold after all", "pln-20k", _meter(27), LATE_SUCCESS),
        Wish("token, the purchase finds the number wrong", "pln-20k", _meter(28), RELEASED),
        Wish("pulsa Telkomsel", "pulsa-telkomsel-10k", phone("0812")),
        Wish("pulsa Indosat", "pulsa-indosat-10k", phone("0857")),
        Wish("pulsa Tri", "pulsa-tri-10k", phone("0896")),
        Wish("pulsa XL, pending and then failed", "pulsa-xl-10k", "087800001234", RELEASED),
        Wish("pulsa XL, finally failed", "pulsa-xl-10k", "087800001232", RELEASED),
        Wish("pulsa XL, the connection breaks, but sold", "pulsa-xl-10k", _xl(20)),
        Wish(
            "pulsa Telkomsel, tapped twice at once",
            "pulsa-telkomsel-20k",
            phone("0813"),
            special="double tap",
        ),
        Wish(
            "pulsa Smartfren, the same key for another amount",
            "pulsa-smartfren-10k",
            phone("0881"),
            special="key",
        ),
        Wish("data Telkomsel", "data-telkomsel-1gb-3d", phone("0821")),
        Wish("data XL, pending and then sold, told twice", "data-xl-3gb-7d", _xl(12)),
        Wish("data Axis", "data-axis-2gb-7d", phone("0838")),
        Wish("data Tri", "data-tri-2gb-3d", phone("0895")),
        Wish("data XL, sold and taken back by the biller", "data-xl-3gb-7d", _xl(6), REVERSED),
        Wish("token of 500,000 with too little credit", "pln-500k", meter(), REFUSED, special="too dear"),
        Wish(
            "token for a meter that does not exist",
            "pln-20k",
            _meter(2),
            NOT_EVEN_QUOTED,
            special="wrong meter",
        ),
    ]
