"""A weighing as a tablet tells it, and who handed it over."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import UUID7, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.config import JsonDict

from services.deposit.domain.areas import lies_within
from services.deposit.domain.bags import BagMark
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State, Why
from shared.contracts import DepositLine
from shared.contracts.deposits import Channel
from shared.kernel.words import Grade, ItemCode, Slug
from shared.runtime.http import Words

# A tablet whose clock is years off still has a day of weighing; beyond these a date is a mistake of writing.
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC))
]

_EXAMPLE: JsonDict = {
    "deposit_id": "01a201c0-db4e-7583-8dd8-604f33d0f213",
    "member_id": "01a1f2aa-0b10-7c55-9f3e-2a54c8d0b111",
    "waste_bank_id": "lubuk-pakam-induk",
    "channel": "assisted",
    "weighed_at": "2026-11-22T09:30:00+07:00",
    "price_list_id": "01a1e0c4-5a00-7b21-8c11-d4c1a95f0042",
    "lines": [{"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 1500, "shown_rupiah": 4500}],
}


class WeighedLine(DepositLine):
    """One item on the scale: grams for kg, millilitres for litre, a count for piece; and the rupiah shown for it."""

    model_config = ConfigDict(strict=True)

    item_code: ItemCode
    grade: Grade
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)]
    shown_rupiah: Annotated[int, Field(ge=0, le=1_000_000_000_000)]


class Replacement(BaseModel):
    """Which deposit a weighing corrects, and why. The corrected one is voided and stays readable."""

    model_config = ConfigDict(frozen=True, strict=True)

    deposit_id: UUID7
    reason: Words


class Weighing(BaseModel):
    """A deposit as it was weighed. Its id was made on the tablet, so that it may be sent again safely."""

    model_config = ConfigDict(frozen=True, strict=True)

    deposit_id: Annotated[
        UUID7, Field(description="A UUIDv7 that the tablet made when it saved the weighing")
    ]
    member_id: UUID
    waste_bank_id: Slug
    channel: Channel
    weighed_at: Annotated[Moment, Field(description="By the tablet's clock, with its offset from UTC")]
    price_list_id: Annotated[UUID, Field(description="The list whose prices were shown")]
    lines: Annotated[tuple[WeighedLine, ...], Field(min_length=1, max_length=60)]
    replaces: Annotated[Replacement | None, Field(description="Set when this corrects another deposit")] = (
        None
    )
    bag_ids: Annotated[
        tuple[UUID, ...], Field(max_length=20, description="The labelled bags that this weighing empties")
    ] = ()


LINES: TypeAdapter[tuple[DepositLine, ...]] = TypeAdapter(tuple[DepositLine, ...])


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: an operator at waste banks named one by one, the programme in sub-districts and regencies."""

    person_id: UUID
    role: str
    waste_bank_ids: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    def may_act_at(self, waste_bank_id: str, subdistrict_code: str) -> bool:
        """Whether what belongs to that waste bank, which stands in that sub-district, is this person's business."""
        return lies_within(self.waste_bank_ids, self.areas, waste_bank_id, subdistrict_code)

    def done(self) -> dict[str, Any]:
        """The actor's part of an audited act: `Act(..., **actor.done())`."""
        return {"actor_id": self.person_id, "actor_role": self.role}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who weighed, on which tablet, and how far its clock is off."""

    actor: Actor
    tablet_id: UUID
    clock_offset_ms: int
    # Of a signed weighing that somebody else hands over: who, and since when the tablet that signed it is lost.
    carrier: Actor | None = None
    tablet_revoked_at: datetime | None = None


class Handed(NamedTuple):
    """A weighing in the hands of its sender."""

    weighing: Weighing
    sender: Sender


class Outcome(NamedTuple):
    """What became of a weighing. `new` is false for a repeat; a refusal has no state.

    `duplicate_of` and `bags` ask a person to look; the weighing is taken in all the same.
    """

    new: bool
    state: State | None
    why: Why | None = None
    refusal: Refusal | None = None
    duplicate_of: UUID | None = None
    bags: tuple[tuple[UUID, BagMark], ...] = ()


def refused(refusal: Refusal) -> Outcome:
    """Nothing was done, and this is why."""
    return Outcome(new=False, state=None, refusal=refusal)
