"""What every event has in common: frozen, whole numbers, one type name, one topic, one partition key."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

# A negative amount of money or weight never travels; a cancelling fact is an event of its own.
Rupiah = Annotated[int, Field(ge=0, le=1_000_000_000_000)]
SignedRupiah = Annotated[int, Field(ge=-1_000_000_000_000, le=1_000_000_000_000)]
Quantity = Annotated[int, Field(ge=0, le=1_000_000_000)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class Part(BaseModel):
    """A part of an event, such as a line: frozen, and deaf to fields that a newer sender added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """A fact that happened. It never changes; a correction is a new fact.

    `event_id` is a UUIDv7 made when the fact was written down; `recorded_at` is when the server heard of it.
    """

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]

    event_id: UUID
    recorded_at: AwareDatetime

    @property
    def key(self) -> str:
        """The partition key: everything with one key is delivered in the order in which it was said."""
        raise NotImplementedError


class MemberEvent(Event):
    """A fact about one member's deposits or credit. Its key is the member, because money and order matter."""

    member_id: UUID

    @property
    def key(self) -> str:
        """The member's id in its canonical text form."""
        return str(self.member_id)
