"""What the doors need, and how a refusal becomes a problem."""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request

from services.payout.workflows.hinting import Hinting
from services.payout.workflows.quoting import Quoting, Refused
from services.payout.workflows.redeeming import Redeeming
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.staffing import Staffing
from shared.kernel.clock import Clock
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from shared.runtime.problems import Problem, prefers_english
from shared.runtime.rollout import RolloutWatcher

AnswerT = TypeVar("AnswerT")

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key with the same request answers with the same result; it never expires",
    ),
]


def _english(request: Request) -> bool:
    return prefers_english(request.headers.get("accept-language"))


English = Annotated[bool, Depends(_english)]


@dataclass(frozen=True, slots=True)
class Counter:
    """The workflows, wired."""

    database: Database
    clock: Clock
    rollout: RolloutWatcher
    shelf: Shelf
    quoting: Quoting
    redeeming: Redeeming
    staffing: Staffing
    hinting: dict[str, Hinting]

    def rollout_now(self) -> Rollout:
        """The rollout in force."""
        return self.rollout.current


def granted(answer: AnswerT | Refused) -> AnswerT:
    """The answer, or the refusal as a problem."""
    if isinstance(answer, Refused):
        raise Problem(answer.refusal, **answer.parameters)
    return answer
