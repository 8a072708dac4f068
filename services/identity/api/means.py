"""What identity's doors work with, and the shapes that several of them read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, Field, StringConstraints

from services.identity.domain.refusals import Refusal
from services.identity.workflows import Sealer
from services.identity.workflows.guessing import Locked
from services.identity.workflows.patience import Patience
from services.identity.workflows.pins import Pins
from services.identity.workflows.sessions import Issuing, Lifetimes
from services.identity.workflows.turns import Turns
from shared.kernel.clock import Clock
from shared.runtime.database import Database
from shared.runtime.other_doors import OtherDoor
from shared.runtime.problems import Problem
from shared.runtime.rollout import RolloutWatcher

Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")
]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00]*$")
]
PhoneNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=8, max_length=24, pattern=r"^[^\x00]*$")
]
CardSecret = Annotated[str, StringConstraints(min_length=8, max_length=40, pattern=r"^[A-Za-z0-9 -]+$")]
CardNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00]*$")]
Enrolled = Annotated[
    AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]


@dataclass(frozen=True, slots=True)
class Means:
    """What the door works with, made in main.py."""

    database: Database
    sealer: Sealer
    pins: Pins
    turns: Turns
    patience: Patience
    watcher: RolloutWatcher
    wallet: OtherDoor
    clock: Clock
    issuer: str
    lifetimes: Lifetimes
    jwks_max_age_seconds: int

    def issuing(self) -> Issuing:
        """With what tokens are made at this moment."""
        return Issuing(self.sealer, self.issuer, self.lifetimes, self.watcher.current)


T = TypeVar("T")


def settled(outcome: T | Refusal) -> T:
    """The outcome, unless it is a refusal: inside a transaction, that rolls back. Raises Problem."""
    if isinstance(outcome, Refusal):
        raise Problem(outcome.value)
    return outcome


def refuse_locked(refusal: Refusal, locked: Locked, now: datetime) -> Problem:
    """The refusal of a further try, with the minutes that are left."""
    seconds = max(1, int((locked.until - now).total_seconds()))
    problem = Problem(refusal.value, minutes=-(-seconds // 60))
    problem.headers = {"Retry-After": str(seconds)}
    return problem
