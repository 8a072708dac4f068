"""The invented people of a demonstration, as the file names them that identity's seed wrote."""

import json
from pathlib import Path

import segno
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

MEMBER, OPERATOR, PROGRAMME, OFFICE = "member", "operator", "programme", "office"


class DemoPerson(BaseModel):
    """Somebody who does not exist, with all that proves it is them. Cards are the members'."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    code: str
    pin: str
    name: str
    kind: str = "person"
    phone: str | None = None
    waste_bank_id: str = ""
    waste_bank_ids: tuple[str, ...] = ()
    subdistrict_codes: tuple[str, ...] = ()
    card_number: str = ""
    card_secret: str = ""
    card_code: str = ""

    @property
    def bank(self) -> str:
        """The waste bank where one works, or to which one brings waste."""
        return self.waste_bank_ids[0] if self.waste_bank_ids else self.waste_bank_id

    @property
    def card_qr(self) -> Markup:
        """The QR part of the card as an SVG picture: what identity prints, `TMB1:<number>:<secret>`."""
        return qr_picture(f"TMB1:{self.card_number}:{self.card_secret}")


_PEOPLE = TypeAdapter(list[DemoPerson])


def read_people(file: Path) -> list[DemoPerson]:
    """Everybody in the file, in its order; nobody while it is not there yet or is not whole."""
    try:
        return _PEOPLE.validate_python(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return []


def qr_picture(text: str) -> Markup:
    """A QR code as inline SVG without a style of its own; it grows to the room it gets."""
    drawn = segno.make(text, micro=False, error="m").svg_inline(
        border=4, omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - segno draws it, out of modules alone
