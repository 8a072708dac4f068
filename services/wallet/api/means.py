"""What the doors work with, and who may look at whose credit."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

from services.wallet.workflows.reading import Family
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime.database import Database
from shared.runtime.problems import Problem
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.tokens import Caller

Instant = Annotated[
    AwareDatetime, Query(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]


@dataclass(frozen=True, slots=True)
class Means:
    """Made in main.py."""

    database: Database
    rollout: RolloutWatcher
    clock: Clock


def only_concerned(who: Caller, family: Family, subdistrict_code: str | None) -> None:
    """Let a member see their own credit, staff that of their area, and a service what it asks for. Raises Problem.

    An account that is not open yet belongs to no sub-district: that it is empty may be seen by any staff.
    """
    if who.role is Role.MEMBER:
        if who.member_id not in family.ids:
            raise Problem("not_your_credit")
    elif who.role is not Role.SERVICE and subdistrict_code and not who.covers_subdistrict(subdistrict_code):
        raise Problem("unknown_credit")
