"""The cards of the invented people: always the same, and no secret at all."""

from hashlib import blake2b

from services.identity.domain.cards import BODIES, SECRET_LENGTH, PrintedCard, in_letters, numbered
from services.identity.domain.people import Member
from shared.kernel.ids import derived_uuid


def seeded_card(member: Member) -> PrintedCard:
    """The card of an invented member."""
    drawn = int.from_bytes(blake2b(member.code.encode(), digest_size=32, person=b"seeded card").digest())
    return PrintedCard(
        id=derived_uuid(member.id, "card"),
        number=numbered((drawn >> 160) % BODIES),
        secret=in_letters(drawn, SECRET_LENGTH),
    )
