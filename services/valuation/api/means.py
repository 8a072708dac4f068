"""What the doors work with, and how they tell where a list goes on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.valuation.domain.refusals import Refusal
from services.valuation.workflows.valuing import PriceBooks
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime.database import Database
from shared.runtime.problems import Problem
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.tokens import Caller

Instant = Annotated[
    AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]
PageSize = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=80, description="`next` of the page before")]
ResultT = TypeVar("ResultT")
_PLACE = TypeAdapter(tuple[Instant, UUID])


class Asked(BaseModel):
    """A request's body: unknown fields are a mistake."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Means:
    """Made in main.py."""

    database: Database
    books: PriceBooks
    watcher: RolloutWatcher
    clock: Clock


def granted(result: ResultT | Refusal) -> ResultT:
    """The result, unless it is a refusal: that goes out as a problem."""
    if isinstance(result, Refusal):
        raise Problem(result.value)
    return result


def banks_of(who: Caller) -> frozenset[str] | None:
    """The waste banks that somebody's eyes and hands are limited to; None is no limit."""
    return None if who.role in {Role.PROGRAMME, Role.OFFICE} else who.waste_bank_ids


def cursor(place: tuple[datetime, UUID]) -> str:
    """Where a page ends, as the next request names it."""
    return f"{place[0].isoformat()}_{place[1]}"


def place_of(text: str | None) -> tuple[datetime, UUID] | None:
    """What a cursor says. Raises Problem for one that no page gave out."""
    if text is None:
        return None
    try:
        # A plus sign that was not escaped arrives as a blank.
        return _PLACE.validate_python(tuple(text.replace(" ", "+").rsplit("_", 1)))
    except ValidationError as error:
        raise Problem("invalid_request") from error
