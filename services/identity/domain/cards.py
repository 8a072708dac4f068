"""What stands on a card: a number whose slips are noticed, a secret for machines, and a short code to type.

The number is ten random digits and two check digits (ISO 7064 MOD 97-10, as in an IBAN): every single wrong digit and
every two neighbours that changed places are noticed, on a tablet too. The secret, 26 letters with 130 random bits,
stands only in the QR part, `TMB1:<number>:<secret>`; the code, eight letters, is computed from it and printed.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Literal
from uuid import UUID

# Crockford's alphabet: no I, L, O, U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 5
_READ_AS = str.maketrans("OIL", "011")
SECRET_LENGTH = 26
CODE_LENGTH = 8
BODIES = 10**10
_MODULUS = 97
_CHECKED = 98
_NUMBER = re.compile(r"[0-9]{12}")

ReplacedReason = Literal["lost", "stolen", "damaged", "secret_seen"]
BlockedReason = Literal["lost", "stolen", "damaged", "secret_seen", "merged"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it is stored: without a member it is blank, with `blocked_at` it opens nothing."""

    id: UUID
    number: str
    waste_bank_id: str
    made_at: datetime
    member_id: UUID | None = None
    bound_at: datetime | None = None
    blocked_at: datetime | None = None
    blocked_why: BlockedReason | None = None
    replaced_by_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """What is printed on a card, known only while it is made."""

    id: UUID
    number: str
    secret: str = field(repr=False)

    @property
    def code(self) -> str:
        """The short code that a member types once on a browser that was not seen before."""
        return printed_code(self.secret)

    @property
    def qr(self) -> str:
        """What the QR part holds."""
        return f"TMB1:{self.number}:{self.secret}"


def numbered(body: int) -> str:
    """The card number, 12 digits, of a body below `BODIES`."""
    check = _CHECKED - body * 100 % _MODULUS
    return f"{body:010}{check:02}"


def number_is_whole(number: str) -> bool:
    """Whether the check digits fit the rest."""
    return _NUMBER.fullmatch(number) is not None and int(number) % _MODULUS == 1


def in_letters(number: int, length: int) -> str:
    """The lowest `length` times five bits of a number, as letters that do not look alike."""
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(_BITS * (length - 1), -1, -_BITS))


def printed_code(secret: str) -> str:
    """Eight letters, 40 bits, from which the secret cannot be had."""
    digest = blake2b(secret.encode(), digest_size=5, person=b"card code").digest()
    return in_letters(int.from_bytes(digest), CODE_LENGTH)


def as_typed(text: str) -> str:
    """A secret or code without blanks and hyphens, in capitals, with look-alikes read as what was printed."""
    return "".join(text.replace("-", " ").split()).upper().translate(_READ_AS)
