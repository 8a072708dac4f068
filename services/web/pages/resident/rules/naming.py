"""What somebody typed to say who they are: a phone number, a member's code, or a card's number."""

import re
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s().-]+")
_CARD_LENGTH = 12
_CHECK_MODULUS = 97
_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,31}")


@dataclass(frozen=True, slots=True)
class Named:
    """A field of identity's sign-in and what goes into it."""

    field: str
    value: str


def read_name(text: str) -> list[Named]:
    """The ways to understand it, the likeliest first; empty if it is nothing of the kind.

    What begins like a phone number and could be a card as well is first taken for a phone.
    """
    digits = _SEPARATORS.sub("", text).removeprefix("+")
    if digits.isascii() and digits.isdigit():
        card = [Named("card_number", digits)] if is_card_number(digits) else []
        phone = [Named("phone", digits)] if digits.startswith(("08", "628", "8")) else []
        # Hardly anybody leaves out both 0 and 62: then the check digits tell that it is a card.
        return card if card and not digits.startswith(("08", "628")) else [*phone, *card]
    code = text.strip().upper()
    return [Named("code", code)] if _CODE.fullmatch(code) else []


def is_card_number(digits: str) -> bool:
    """Twelve digits of which the last two check the others (ISO 7064 MOD 97-10)."""
    return (
        len(digits) == _CARD_LENGTH
        and digits.isascii()
        and digits.isdigit()
        and int(digits) % _CHECK_MODULUS == 1
    )
