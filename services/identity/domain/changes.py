"""What a waste bank's tablets must hear about a member."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.identity.domain.cards import Card
from services.identity.domain.people import Member

Gone = Literal["moved", "merged", "erased"]


@dataclass(frozen=True, slots=True)
class Change:
    """A member as a bank's tablets must know them now, or the reason to forget them."""

    change_no: int
    member_id: UUID
    gone: Gone | None
    into_member_id: UUID | None
    member: Member | None
    cards: tuple[Card, ...]
