"""What the doors work with, and how they tell where a list goes on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, Field

from services.valuation.domain.area import Area
from services.valuation.domain.refusals import Refusal
from services.valuation.workflows.valuing import PriceBooks
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from shared.runtime.problems import Problem
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.tokens import Caller

Instant = Annotated[
    AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]
ResultT = TypeVar("ResultT")


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


def area_of(who: Caller) -> Area:
    """What somebody's eyes and hands are limited to: an operator's waste banks, or sub-districts and regencies."""
    if who.role is Role.OPERATOR:
        return Area(waste_banks=who.waste_bank_ids)
    return Area(subdistricts=who.subdistrict_codes, regencies=who.regency_codes)


def may_price(who: Caller, rollout: Rollout, waste_bank_id: str | None) -> bool:
    """Whether a price list's scope lies in somebody's area; the list for all needs a whole regency."""
    if who.regency_codes and waste_bank_id is None:
        return True
    subdistrict = None if waste_bank_id is None else rollout.subdistrict_of(waste_bank_id)
    return subdistrict is not None and who.covers_subdistrict(subdistrict.kemendagri_code)
