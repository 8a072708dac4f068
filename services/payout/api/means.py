"""What the doors need, and how a refusal becomes a problem."""

from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request

from services.payout.workflows.cash import CashCounter
from services.payout.workflows.disputing import Disputing
from services.payout.workflows.hinting import Hinting
from services.payout.workflows.looking import Looking
from services.payout.workflows.quoting import Quoting
from services.payout.workflows.redeeming import Redeeming
from services.payout.workflows.refusing import Refused
from services.payout.workflows.shelf import Shelf
from services.payout.workflows.spending import Buyer
from services.payout.workflows.staffing import Staffing
from shared.kernel.clock import Clock
from shared.runtime.database import Database
from shared.runtime.problems import Problem, prefers_english
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.tokens import Caller

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
class Means:
    """Made in main.py: the workflows, wired."""

    database: Database
    clock: Clock
    rollout: RolloutWatcher
    shelf: Shelf
    quoting: Quoting
    redeeming: Redeeming
    staffing: Staffing
    cash: CashCounter
    disputing: Disputing
    looking: Looking
    hinting: dict[str, Hinting]


def granted(answer: AnswerT | Refused) -> AnswerT:
    """The answer, or the refusal as a problem."""
    if isinstance(answer, Refused):
        raise Problem(answer.refusal, **answer.parameters)
    return answer


def member_of(who: Caller) -> UUID:
    """The member that a member's token names."""
    if who.member_id is None:
        raise Problem("not_allowed")
    return who.member_id


def buyer_of(who: Caller) -> Buyer:
    """Who asks, and at which counter's tablet they signed in, if at one."""
    return Buyer(member_of(who), who.tablet_id)


def must_spend(who: Caller) -> None:
    """Refuse a browser that was not seen before: it sees the balance, until the card's printed code was typed once."""
    if not who.may_spend:
        raise Problem("card_code_needed")
