"""Who takes part in the day: invented residents, each enrolled anew, so that every run has a fresh forty."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.identity.domain.pin_rules import is_common
from shared.kernel.ids import uuid7

MAIN_BANK = "lubuk-pakam-induk"
CEMARA = "lubuk-pakam-cemara"
TANJUNG_GARBUS = "lubuk-pakam-tanjung-garbus"
NOT_YET_OPEN = "batang-kuis-pekan"
BANKS = (MAIN_BANK, CEMARA, TANJUNG_GARBUS)

MEMBERS = 40
WITHOUT_PHONE = 4
LEARNT_LATER = 2
"""Of the forty, so many are enrolled on a tablet without a signal: the server meets their deposits first."""

_FIRST = ("Sari", "Togar", "Wagiman", "Nurlela", "Juminem", "Tiurma", "Rusdi", "Halimah", "Suyatno", "Efrida")
_LAST = (
    "Pohan",
    "Simbolon",
    "Daulay",
    "Saragi",
    "Lestari",
    "Barus",
    "Tanjung",
    "Siregar",
    "Ginting",
    "Utomo",
)

Kind = Literal["person", "household", "group"]


@dataclass
class Resident:
    """One of the forty. `code` is known once identity has enrolled them."""

    id: UUID
    name: str
    kind: Kind
    bank: str
    pin: str = field(repr=False)
    phone: str | None = field(repr=False)
    learnt_later: bool = False
    other_bank: str | None = None
    code: str = ""

    def enrolment(self, enrolled_at: datetime) -> dict[str, Any]:
        """What the tablet says to identity's door."""
        return {
            "member_id": str(self.id),
            "kind": self.kind,
            "waste_bank_id": self.bank,
            "enrolled_at": enrolled_at.isoformat(),
            "name": self.name,
            "phone": self.phone,
            "pin": self.pin,
        }


def forty(dice: random.Random) -> list[Resident]:
    """The residents of one day: one school class, one who goes to two banks, four without a phone, two learnt late."""
    residents = []
    for number in range(MEMBERS):
        school_class = number == 0
        residents.append(
            Resident(
                id=uuid7(),
                name=f"Kelas 5A SD Uji {dice.randrange(1000):03}"
                if school_class
                else f"{dice.choice(_FIRST)} {dice.choice(_LAST)}",
                kind="group" if school_class else dice.choice(("person", "person", "person", "household")),
                bank=BANKS[number % len(BANKS)],
                pin=hard_to_guess(dice),
                phone=None if number in _without_phone() else f"08120000{dice.randrange(10_000):04}",
                learnt_later=number >= MEMBERS - LEARNT_LATER,
            )
        )
    residents[1].other_bank = TANJUNG_GARBUS
    return residents


def hard_to_guess(dice: random.Random) -> str:
    """A PIN that identity does not refuse as too easy to guess."""
    while is_common(pin := f"{dice.randrange(1_000_000):06}"):
        pass
    return pin


def _without_phone() -> range:
    return range(5, 5 + WITHOUT_PHONE)
