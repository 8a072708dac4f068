"""What a waste bank can fetch ("Jemput Sampah"), on which days, in which slots and how often, as the file says it."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.kernel.words import PositiveInt, Word, Written


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @classmethod
    def of(cls, on: date) -> "Weekday":
        """The day of the week on which a day falls."""
        return list(cls)[on.weekday()]


class MinimumGrams(Written):
    """From how much on a kind of member is visited; what is absent is the waste bank's `minimum_grams`."""

    person: PositiveInt | None = None
    household: PositiveInt | None = None
    group: PositiveInt | None = None
    waste_bank_unit: PositiveInt | None = None


class PickUpSlot(Written):
    """A part of a day in which the waste bank goes round, and how many calls it can make then.

    Without `days` it is every day on which the waste bank fetches.
    """

    slot: Word
    begins_at: time
    ends_at: time
    capacity: Annotated[int, Field(strict=True, gt=0, le=500)]
    days: tuple[Weekday, ...] = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.begins_at >= self.ends_at:
            raise ValueError(f"slot {self.slot} ends before it begins")
        return self


class PickUp(Written):
    """What a waste bank can fetch: from how much on, when, and how many calls a day.

    A waste bank without slots goes round once, in the morning of its opening days.
    """

    minimum_grams: PositiveInt
    minimum_grams_of: MinimumGrams = MinimumGrams()
    calls_a_day: PositiveInt | None = None
    days: tuple[Weekday, ...] = ()
    slots: tuple[PickUpSlot, ...] = ()
    asked_days_ahead: Annotated[int, Field(strict=True, ge=1, le=90)] = 14
    open_for_one_member: Annotated[int, Field(strict=True, ge=1, le=50)] = 2

    @model_validator(mode="after")
    def _slots_are_apart(self) -> Self:
        names = [each.slot for each in self.slots]
        if len(set(names)) != len(names):
            raise ValueError("a pick-up slot stands twice")
        return self

    def minimum_for(self, member_kind: str | None) -> int:
        """From how many grams on a member of this kind is visited; an unknown kind has the general minimum."""
        own: int | None = getattr(self.minimum_grams_of, member_kind or "", None)
        return self.minimum_grams if own is None else own

    def slots_on(self, on: date, opening_days: tuple[Weekday, ...]) -> tuple[PickUpSlot, ...]:
        """The slots of a WIB day, in the order in which they begin."""
        weekday = Weekday.of(on)
        slots = self.slots or (
            PickUpSlot(slot="pagi", begins_at=time(8), ends_at=time(11), capacity=self.calls_a_day or 1),
        )
        return tuple(
            sorted(
                (slot for slot in slots if weekday in (slot.days or self.days or opening_days)),
                key=lambda slot: slot.begins_at,
            )
        )
